import { AuthError, ServerError } from '@azure/msal-node';
import { ServiceError, type ServiceErrorFacts } from '../policies/service-error.ts';
import type { LastAnswer } from './microsoft-network.ts';

/** What was asked for, and what to do where Microsoft does not accept it. */
export interface Asking {
  /** As sentences name it: `token for pair tasks`. */
  readonly request: string;
  /** Null where nothing was sent. */
  readonly last: LastAnswer | null;
  /** Where the sign-in itself is good no longer: usually `./switchyard login PAIR`. */
  readonly signIn: string;
}

type Verdict = Pick<ServiceErrorFacts, 'kind' | 'code' | 'retryAfterMs' | 'next'>;

/** What stands wherever the sign-in answers for itself: nothing of a sync has run. */
const PLAIN = {
  service: 'the Microsoft sign-in',
  outcome: 'not-run',
  status: null,
  code: null,
  retryAfterMs: null,
} as const;

/** A failure of our own side of the sign-in: no sign-in, another account, a file that cannot be read. */
export function ownError(
  facts: Pick<ServiceErrorFacts, 'kind' | 'request'> &
    Partial<Pick<ServiceErrorFacts, 'code' | 'next' | 'retryAfterMs'>>,
): ServiceError {
  return new ServiceError({ ...PLAIN, ...facts });
}

/**
 * What MSAL threw, judged by its codes alone: its messages may hold names, claims and correlation ids (A1).
 * `invalid_grant` comes as two classes, and a throttle of MSAL's own as a ServerError without a code (measured).
 */
export function signInError(cause: unknown, asking: Asking): ServiceError {
  if (cause instanceof ServiceError) return cause;
  const { request, last } = asking;
  return new ServiceError({ ...PLAIN, request, status: last?.status ?? null, ...verdictOn(cause, asking) });
}

function verdictOn(cause: unknown, { last, signIn }: Asking): Verdict {
  const code = codeOf(cause, last);
  const shown = last?.number == null ? code : `${code} AADSTS${last.number}`;
  const base = { code: shown, retryAfterMs: last?.retryAfterMs ?? null };
  if (last?.status === 429 || isOwnThrottle(cause))
    return { ...base, kind: 'throttled', retryAfterMs: base.retryAfterMs ?? USUAL_PAUSE_MS };
  if (SIGN_IN_AGAIN.has(code)) return { ...base, kind: 'unauthorized', next: signIn };
  // Before anything was sent, and not in MSAL's own words: it stumbled over what is kept.
  if (last === null && !(cause instanceof AuthError)) return { ...base, kind: 'unauthorized', next: signIn };
  if (REGISTRATION.has(code)) return { ...base, kind: 'forbidden', next: CHECK_REGISTRATION };
  if (isAway(code, last)) return { ...base, kind: 'unavailable' };
  return { ...base, kind: 'invalid', next: CHECK_REGISTRATION };
}

/** OAuth's own word where Microsoft said one, else MSAL's. */
function codeOf(cause: unknown, last: LastAnswer | null): string {
  if (last !== null && last.code !== null) return last.code;
  if (cause instanceof AuthError && cause.errorCode !== '') return cause.errorCode;
  return cause instanceof Error ? cause.name : 'unknown';
}

/** After a 429 or 5xx MSAL refuses by itself for a while, by default 60 s. */
const isOwnThrottle = (cause: unknown): boolean => cause instanceof ServerError && cause.errorCode === '';
const USUAL_PAUSE_MS = 60_000;

const isAway = (code: string, last: LastAnswer | null): boolean =>
  (last !== null && (last.status === null || last.status >= 500)) || AWAY.has(code);

const AWAY: ReadonlySet<string> = new Set([
  'GARBLED',
  'network_error',
  'token_parsing_error',
  'temporarily_unavailable',
  'service_unavailable',
  'server_error',
]);

const SIGN_IN_AGAIN: ReadonlySet<string> = new Set([
  'invalid_grant',
  'interaction_required',
  'login_required',
  'consent_required',
  'no_tokens_found',
  'no_account_found',
]);

const REGISTRATION: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client', 'access_denied']);
const CHECK_REGISTRATION =
  'Check the app registration: its id (SWITCHYARD_MICROSOFT_CLIENT_ID), its tenant (SWITCHYARD_MICROSOFT_AUTHORITY), "Allow public client flows" ' +
  'for sign-ins of persons, and a secret, certificate or federated token that is added to it and has not expired for application access.';
