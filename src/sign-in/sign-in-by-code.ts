import { setTimeout as sleep } from 'node:timers/promises';
import { AuthError } from '@azure/msal-node';
import type { DeviceCodeRequest, INetworkModule, NetworkResponse, PublicClientApplication } from '@azure/msal-node';
import type { MicrosoftConfig } from '../config.ts';
import type { ServiceError } from '../policies/service-error.ts';
import type { KeptSignIn } from './kept-sign-in.ts';
import { openMicrosoftNetwork, type LastAnswer, type MicrosoftNetwork } from './microsoft-network.ts';
import { DELEGATED_SCOPES, mustBeRegistered, publicClient } from './msal-clients.ts';
import { ownError, signInError } from './sign-in-error.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What a person types where. */
export interface ShownCode {
  readonly address: string;
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface CodeOptions {
  readonly microsoft: MicrosoftConfig;
  readonly now: () => number;
  readonly show: (code: ShownCode) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Between two looks while Microsoft does not answer or asks for less, in milliseconds; 5,000 unless told otherwise (RFC 8628, 3.5). */
  readonly backOffMs?: number;
}

/**
 * Lets a person sign in on any device (RFC 8628); nothing is kept.
 *
 * @throws ServiceError with code `authorization_declined` or `expired_token` where nobody signed in. Rethrows the reason of `signal`.
 */
export async function signInByCode(options: CodeOptions): Promise<KeptSignIn> {
  const { signal, now } = options;
  const microsoft = mustBeRegistered(options.microsoft, REQUEST);
  const network = openMicrosoftNetwork({ ca: microsoft.ca });
  const client = publicClient(microsoft, patient(network, options.backOffMs ?? 5_000));
  const request = requestFor(options);
  const cancel = (): void => void (request.cancel = true);
  signal.addEventListener('abort', cancel);
  try {
    const result = await unlessAborted(client.acquireTokenByDeviceCode(request), signal);
    const { username, homeAccountId } = mustHaveAccount(result?.account ?? null);
    const { clientId, authority } = microsoft;
    return { account: username, homeAccountId, signedInAt: now(), clientId, authority, cache: cacheOf(client) };
  } catch (cause) {
    signal.throwIfAborted();
    throw notSignedIn(cause, network.last());
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const REQUEST = 'sign-in by code';

function requestFor({ now, show }: CodeOptions): DeviceCodeRequest {
  return {
    scopes: [...DELEGATED_SCOPES],
    deviceCodeCallback: ({ verificationUri, userCode, expiresIn }) =>
      show({ address: verificationUri, code: userCode, expiresAt: now() + expiresIn * 1_000 }),
  };
}

const cacheOf = (client: PublicClientApplication): string => client.getTokenCache().serialize();

function mustHaveAccount<T>(account: T | null): T {
  if (account !== null) return account;
  throw ownError({ kind: 'unavailable', request: REQUEST, code: 'NO_ACCOUNT' });
}

/**
 * MSAL gives up at the first answer that is not `authorization_pending` (measured), although a person may still be typing: while the code
 * lives, a service that is away or asks for less is asked again later.
 */
function patient(network: MicrosoftNetwork, backOffMs: number): INetworkModule {
  const post: INetworkModule['sendPostRequestAsync'] = async <T>(
    ...sent: Parameters<typeof network.sendPostRequestAsync>
  ) => {
    const isPoll = sent[1]?.body?.includes('device_code') === true && sent[0].includes('/token');
    try {
      const answer = await network.sendPostRequestAsync<T>(...sent);
      if (!isPoll || !mayPass(network.last())) return answer;
    } catch (cause) {
      if (!isPoll) throw cause;
    }
    await sleep(Math.max(backOffMs, network.last()?.retryAfterMs ?? 0));
    return PENDING as NetworkResponse<T>;
  };
  return { ...network, sendPostRequestAsync: post };
}

const PENDING = { status: 400, headers: {}, body: { error: 'authorization_pending' } };

const mayPass = (last: LastAnswer | null): boolean =>
  last?.code === 'slow_down' || last?.status === 429 || (last?.status ?? 0) >= 500;

function notSignedIn(cause: unknown, last: LastAnswer | null): ServiceError {
  const isOver = cause instanceof AuthError && cause.errorCode === 'device_code_expired'; // by MSAL's own clock
  const code = isOver ? 'expired_token' : (last?.code ?? '');
  const next = NEXT[code];
  if (next !== undefined) return ownError({ kind: 'unauthorized', request: REQUEST, code, next });
  return signInError(cause, { request: REQUEST, last, signIn: 'Run the command again.' });
}

const DECLINED = 'The sign-in was declined. Run the command again if that was a mistake.';

const NEXT: Readonly<Record<string, string>> = {
  expired_token: 'Nobody signed in before the code expired. Run the command again for a new one.',
  authorization_declined: DECLINED,
  access_denied: DECLINED, // the word of RFC 8628
};
