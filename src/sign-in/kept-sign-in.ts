import { z } from 'zod';
import { isSealed, unseal } from './seal.ts';

/** One person's sign-in for one pair, as it is kept. */
export interface KeptSignIn {
  /** `me@example.com` */
  readonly account: string;
  /** MSAL's own id of the account. */
  readonly homeAccountId: string;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
  /** The application and the authority that gave the tokens: no other can renew them. */
  readonly clientId: string;
  readonly authority: string;
  /** MSAL's cache, with the refresh token in it. */
  readonly cache: string;
}

/** A file of the token folder, as far as it can be read. "It cannot be opened" is not "it is broken". */
export type ReadSignIn =
  | { readonly kind: 'kept'; readonly signIn: KeptSignIn; readonly sealed: boolean }
  | { readonly kind: 'locked'; readonly why: 'no-key' | 'other-key' }
  | { readonly kind: 'damaged' };

const schema = z.object({
  account: z.string().min(1),
  homeAccountId: z.string().min(1),
  signedInAt: z.number(),
  clientId: z.string(),
  authority: z.string(),
  cache: z.string().refine(isJsonObject),
});

/** Reads the text of a file; a plain one is read whether or not there is a key. */
export function readKeptSignIn(text: string, key: Buffer | null): ReadSignIn {
  const outer = parsed(text);
  if (!isSealed(outer)) return keptIn(outer, false);
  const opened = unseal(outer, key);
  return opened.kind === 'open' ? keptIn(parsed(opened.text), true) : opened;
}

function keptIn(value: unknown, sealed: boolean): ReadSignIn {
  const { success, data } = schema.safeParse(value);
  return success ? { kind: 'kept', signIn: data, sealed } : { kind: 'damaged' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isJsonObject(text: string): boolean {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
