/**
 * Access tokens out of a person's sign-in, renewed for as long as Microsoft lets it be, by several workers at once.
 *
 * - S4 The sign-in of another account than the pair names is not used.
 * - A1 No token is in any error, and none leaves the folder but to Microsoft.
 *
 * Refresh tokens rotate: the file is read, exchanged and replaced within one lock. A worker that dies between Microsoft's answer and the
 * new file leaves the old refresh token, which Microsoft takes for a while longer, or else asks for a new sign-in.
 */
import type { AccountInfo, PublicClientApplication } from '@azure/msal-node';
import type { MicrosoftConfig } from '../config.ts';
import type { ServiceError } from '../policies/service-error.ts';
import { isGood, keepToken, type IsRefused, type Token } from './keep-token.ts';
import type { KeptSignIn, ReadSignIn } from './kept-sign-in.ts';
import { openMicrosoftNetwork, type MicrosoftNetwork } from './microsoft-network.ts';
import { DELEGATED_SCOPES, mustBeRegistered, publicClient, type Registered } from './msal-clients.ts';
import { ownError, signInError } from './sign-in-error.ts';
import { exclusively, moveAside, readSignIn, stampOf, writeSignIn } from './sign-in-file.ts';
import { isAccount, lockedAway, notSignedIn, otherAccount, otherApplication, signInAgain } from './sign-in-words.ts';
import type { Tokens } from './tokens.ts';

export interface SignInOptions {
  readonly microsoft: MicrosoftConfig;
  readonly pair: string;
  /** Who must be signed in; null: whoever is. */
  readonly account: string | null;
  readonly now: () => number;
  /** For each request to Microsoft, in milliseconds; 15,000 unless told otherwise. */
  readonly timeoutMs?: number;
}

/** @throws ServiceError from `accessToken`; `unauthorized` wherever somebody has to sign in. */
export function signInTokens(options: SignInOptions): Tokens {
  let stamp: string | null = null;
  return keepToken({
    now: options.now,
    isCurrent: async () => (await stampOf(options)) === stamp,
    renew: async (isRefused) => {
      await mustExist(options); // before the lock, which would make a folder where there is none
      return exclusively(options, async () => {
        const token = await renew(options, isRefused);
        stamp = await stampOf(options);
        return token;
      });
    },
  });
}

/** Another worker may have renewed it meanwhile: then its token will do, unless that is the one that was refused. */
async function renew(options: SignInOptions, isRefused: IsRefused): Promise<Token> {
  const { signIn, sealed } = await mustBeReadable(options);
  const opened = await mustOpen(options, signIn);
  const kept = await ask(options, opened, 'kept or new');
  const isEnough = !kept.fromCache || (!isRefused(kept.token.value) && isGood(kept.token, options.now()));
  const { token } = isEnough ? kept : await ask(options, opened, 'new');
  const cache = opened.client.getTokenCache().serialize();
  const mustSeal = options.microsoft.tokenKey !== null && !sealed;
  if (cache !== signIn.cache || mustSeal) await writeSignIn(options, { ...signIn, cache });
  return token;
}

/** A client that knows this sign-in and nothing else. */
interface Opened {
  readonly client: PublicClientApplication;
  readonly network: MicrosoftNetwork;
  readonly account: AccountInfo;
}

async function mustOpen(options: SignInOptions, signIn: KeptSignIn): Promise<Opened> {
  const microsoft = mustFit(options, signIn);
  const { timeoutMs } = options;
  const network = openMicrosoftNetwork({ ca: microsoft.ca, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const client = publicClient(microsoft, network);
  const account = await accountIn(client, signIn);
  if (account === null) throw await damaged(options);
  return { client, network, account };
}

/** Null where MSAL does not understand what is kept: it throws whatever it stumbles over (measured). */
async function accountIn(client: PublicClientApplication, signIn: KeptSignIn): Promise<AccountInfo | null> {
  try {
    client.getTokenCache().deserialize(signIn.cache);
    return await client.getTokenCache().getAccountByHomeId(signIn.homeAccountId);
  } catch {
    return null;
  }
}

async function ask(options: SignInOptions, { client, network, account }: Opened, how: 'kept or new' | 'new') {
  try {
    const request = { account, scopes: [...DELEGATED_SCOPES], forceRefresh: how === 'new' };
    const { accessToken, expiresOn, fromCache } = await client.acquireTokenSilent(request);
    return { token: { value: accessToken, expiresAt: expiresOn?.getTime() ?? 0 }, fromCache };
  } catch (cause) {
    const asking = { request: requestOf(options), last: network.last(), signIn: signInAgain(options.pair) };
    throw signInError(cause, asking);
  }
}

async function mustExist(options: SignInOptions): Promise<void> {
  if ((await stampOf(options)) === null) throw notUsable(options, 'NOT_SIGNED_IN', notSignedIn(options.pair));
}

async function mustBeReadable(options: SignInOptions): Promise<Extract<ReadSignIn, { kind: 'kept' }>> {
  const found = await readSignIn(options);
  if (found === null) throw notUsable(options, 'NOT_SIGNED_IN', notSignedIn(options.pair)); // logged out since
  if (found.kind === 'kept') return found;
  if (found.kind === 'locked') throw notUsable(options, 'LOCKED_AWAY', lockedAway(options.pair, found.why));
  throw await damaged(options);
}

async function damaged(options: SignInOptions): Promise<ServiceError> {
  const aside = await moveAside(options, options.now());
  const found = `The kept sign-in was damaged; it was moved aside as ${aside}.`;
  return notUsable(options, 'DAMAGED', `${found} ${signInAgain(options.pair)}`);
}

/** The application of this worker, where it is the one that was signed in with, by the account that the pair names (S4). */
function mustFit(options: SignInOptions, signIn: KeptSignIn): Registered {
  const microsoft = mustBeRegistered(options.microsoft, requestOf(options));
  if (signIn.clientId !== microsoft.clientId || signIn.authority !== microsoft.authority)
    throw notUsable(options, 'OTHER_APPLICATION', otherApplication(options.pair));
  const { account, pair } = options;
  if (account !== null && !isAccount(signIn.account, account))
    throw notUsable(options, 'OTHER_ACCOUNT', otherAccount({ pair, found: signIn.account, wanted: account }));
  return microsoft;
}

const requestOf = ({ pair }: SignInOptions): string => `token for pair ${pair}`;

const notUsable = (options: SignInOptions, code: string, next: string): ServiceError =>
  ownError({ kind: 'unauthorized', request: requestOf(options), code, next });
