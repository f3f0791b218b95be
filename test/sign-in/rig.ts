import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../sandbox/endpoints/certificate-authority.ts';
import {
  startMicrosoft,
  type Account,
  type MicrosoftOptions,
  type MicrosoftStandIn,
} from '../../sandbox/microsoft/stand-in.ts';
import type { MicrosoftConfig } from '../../src/config.ts';
import { ServiceError } from '../../src/policies/service-error.ts';
import { signInByCode } from '../../src/sign-in/sign-in-by-code.ts';
import { rememberSignIn } from '../../src/sign-in/sign-in-file.ts';
import { signInTokens, type SignInOptions } from '../../src/sign-in/sign-in-tokens.ts';

export const ME: Account = { upn: 'me@example.com', oid: '00000000-0000-0000-0000-0000000000aa' };
export const OTHER: Account = { upn: 'other@example.com', oid: '00000000-0000-0000-0000-0000000000bb' };
export const PAIR = 'tasks';

/** One authority for all: every TLS context of another one reads the runtime's own authorities anew. */
const authority = createAuthority('Switchyard sandbox CA');

export interface Rig {
  readonly microsoft: MicrosoftStandIn;
  readonly config: MicrosoftConfig;
  /** The folder that holds the token folder. */
  readonly folder: string;
  /** Of the pair's sign-in. */
  readonly file: string;
  /** Access tokens that were given out. */
  readonly given: string[];
  signIn(account?: Account, config?: MicrosoftConfig): Promise<void>;
  tokens(options?: Partial<SignInOptions>): RigTokens;
  /** How often a grant was asked for. */
  refreshes(): number;
  close(): Promise<void>;
}

export interface RigTokens {
  /** With `fresh`, the one after it: as if Graph had refused it. */
  get(fresh?: boolean): Promise<string>;
  /** Another one than this. */
  refuse(token: string): Promise<string>;
}

export async function startRig(options: MicrosoftOptions = {}): Promise<Rig> {
  const given: string[] = [];
  const microsoft = await startMicrosoft({
    ca: authority,
    pollSeconds: 0.02,
    onToken: ({ token }) => void given.push(token),
    ...options,
  });
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-sign-in-'));
  const config = configFor(microsoft, join(folder, 'tokens'));
  return {
    microsoft,
    config,
    folder,
    file: join(config.tokenDir, `${PAIR}.json`),
    given,
    signIn: async (account = ME, at = config) => {
      const signIn = await signInByCode({
        microsoft: at,
        now: Date.now,
        show: ({ code }) => microsoft.approve(code, account),
        signal: new AbortController().signal,
      });
      await rememberSignIn({ microsoft: at, pair: PAIR }, signIn);
    },
    tokens: (more = {}) => {
      const tokens = signInTokens({ microsoft: config, pair: PAIR, account: ME.upn, now: Date.now, ...more });
      const { signal } = new AbortController();
      const refuse = (refused: string): Promise<string> => tokens.accessToken(signal, { refused });
      return {
        get: async (fresh = false) => (fresh ? refuse(await tokens.accessToken(signal)) : tokens.accessToken(signal)),
        refuse,
      };
    },
    refreshes: () => microsoft.faults.seen.filter(({ operation }) => operation === 'token').length,
    close: async () => {
      await microsoft.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function configFor(microsoft: MicrosoftStandIn, tokenDir: string): MicrosoftConfig {
  return {
    authority: microsoft.authority,
    clientId: microsoft.clientId,
    clientSecret: null,
    clientCertificate: null,
    federatedTokenFile: null,
    mailboxes: [],
    tokenDir,
    tokenKey: null,
    ca: microsoft.ca,
  };
}

/** The refusal, which must hold no token (A1). */
export async function refusalOf(work: Promise<unknown>): Promise<ServiceError> {
  const cause: unknown = await work.then(
    (value) => new Error(`expected a refusal, got ${String(value)}`),
    (error: unknown) => error,
  );
  if (!(cause instanceof ServiceError)) throw cause;
  expect(`${cause.message} ${JSON.stringify(cause.facts)} ${cause.stack ?? ''}`).not.toMatch(/secret-|eyJ/);
  return cause;
}

export const namesIn = (folder: string): readonly string[] => readdirSync(folder).sort();
export const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
export const textOf = (path: string): string => readFileSync(path, 'utf8');
