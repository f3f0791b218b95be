/** What operators are told of sign-ins: what stands there, and what to type. Never a token (A1). */

export const signInAgain = (pair: string): string => `Sign in again: ./switchyard login ${pair}`;

export const notSignedIn = (pair: string): string =>
  `Nobody is signed in for it here: ./switchyard login ${pair}, with the worker's SWITCHYARD_TOKEN_DIR.`;

/** The file is sealed, and this worker cannot open it. */
export function lockedAway(pair: string, why: 'no-key' | 'other-key'): string {
  const found =
    why === 'no-key'
      ? 'The kept sign-in is encrypted and SWITCHYARD_TOKEN_KEY is not set.'
      : 'The kept sign-in is encrypted with another key than SWITCHYARD_TOKEN_KEY.';
  return `${found} Set the key with which it was written, or sign in again: ./switchyard login ${pair}`;
}

export const otherApplication = (pair: string): string =>
  'The kept sign-in belongs to another SWITCHYARD_MICROSOFT_CLIENT_ID or SWITCHYARD_MICROSOFT_AUTHORITY. ' +
  signInAgain(pair);

export function otherAccount({ pair, found, wanted }: { pair: string; found: string; wanted: string }): string {
  return `${found} is signed in, the pair names ${wanted}. Sign in as ${wanted}: ./switchyard login ${pair}`;
}

/** Names of accounts do not know large and small letters. */
export const isAccount = (found: string, wanted: string): boolean => found.toLowerCase() === wanted.toLowerCase();
