import { readSignIn, type SignInPlace } from './sign-in-file.ts';
import { lockedAway, notSignedIn, signInAgain } from './sign-in-words.ts';

/** What is kept for a pair, without a question to Microsoft. */
export type SignInState =
  | {
      readonly kind: 'signed-in';
      readonly account: string;
      /** Milliseconds since the epoch. */
      readonly since: number;
      readonly encrypted: boolean;
    }
  | { readonly kind: 'signed-out' | 'unreadable'; readonly next: string };

/** For `doctor` and the worker's first line; null: it cannot be looked at. Changes nothing, a damaged file included. */
export async function signInState(place: SignInPlace): Promise<SignInState | null> {
  const found = await readSignIn(place).catch(() => 'unseen' as const);
  if (found === 'unseen') return null;
  if (found === null) return { kind: 'signed-out', next: notSignedIn(place.pair) };
  switch (found.kind) {
    case 'kept':
      return {
        kind: 'signed-in',
        account: found.signIn.account,
        since: found.signIn.signedInAt,
        encrypted: found.sealed,
      };
    case 'locked':
      return { kind: 'unreadable', next: lockedAway(place.pair, found.why) };
    case 'damaged':
      return { kind: 'unreadable', next: `The kept sign-in is damaged. ${signInAgain(place.pair)}` };
  }
}
