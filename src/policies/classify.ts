/**
 * Names what Route 53, or the way to it, did to a request. A table by error name, never by HTTP status first: throttling is a 400.
 *
 * - A1 No account number, ARN or token of an error's text gets into a failure.
 * - D2 Says whether a write that failed may still have been applied: only a read can tell then.
 */
import type { ApplicationFailure } from '@temporalio/common';
import { cleanText } from '../core/clean-text.ts';
import { failure, type FailureType } from './failures.ts';
import { wasNeverSent, type NetworkError } from './never-sent.ts';
import { RoleNotAssumed } from './role-not-assumed.ts';

/** The request that failed, in the service's own words. */
export interface Request {
  /** `ChangeResourceRecordSets`: also the name of the permission that it needs. */
  readonly action: string;
  /** `www.example.com`, or the zone where no record is concerned. */
  readonly subject: string;
}

export interface Named {
  readonly type: FailureType;
  /** True where the service may have done, or may still do, what was asked. */
  readonly outcomeUnknown: boolean;
  readonly sentence: string;
  readonly next: string | null;
  /** What `Retry-After` asked for, in milliseconds; never more than 30 s. */
  readonly retryAfterMs: number | null;
}

/** The failure that an activity throws for `error`. */
export function asFailure(error: unknown, request: Request): ApplicationFailure {
  const { type, sentence, next, retryAfterMs } = classify(error, request);
  return failure(type, sentence, {
    ...(next === null ? {} : { next }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

/** What `error`, thrown by the AWS SDK for `request`, means. */
export function classify(error: unknown, request: Request): Named {
  if (error instanceof RoleNotAssumed) return withoutRole(error, request);
  const facts = factsOf(error);
  const kind: Kind = KINDS[kindOf(facts)];
  return {
    type: kind.type,
    outcomeUnknown: kind.outcomeUnknown,
    sentence: `${request.action} for ${request.subject}: ${kind.says(facts, request)}.`,
    next: kind.next?.(request) ?? null,
    retryAfterMs: facts.retryAfterMs,
  };
}

/** Nothing was sent to Route 53: only whether asking the token service again can help is in question. */
function withoutRole({ role, cause }: RoleNotAssumed, request: Request): Named {
  const facts = factsOf(cause);
  const { type } = KINDS[kindOf(facts)];
  const passes = type === 'Throttled' || type === 'Unavailable';
  const why = passes
    ? `AWS STS gives no credentials now (${facts.code || facts.name})`
    : `AWS STS refuses to give credentials (${facts.name})`;
  return {
    type: passes ? type : 'Unauthorized',
    outcomeUnknown: false,
    sentence: `${request.action} for ${request.subject}: the role ${role} cannot be assumed: ${why}.`,
    next: passes
      ? 'Check the network and AWS_ENDPOINT_URL_STS.'
      : `Grant sts:AssumeRole on the ARN of ${role}, and let its trust policy name the identity that runs Switchyard, and its external id.`,
    retryAfterMs: facts.retryAfterMs,
  };
}

interface Kind {
  readonly type: FailureType;
  readonly outcomeUnknown: boolean;
  readonly says: (facts: Facts, request: Request) => string;
  readonly next?: (request: Request) => string;
}

const KINDS = {
  throttled: { type: 'Throttled', outcomeUnknown: false, says: () => 'Route 53 throttles (rate exceeded)' },
  zoneBusy: {
    type: 'ZoneBusy',
    outcomeUnknown: false,
    says: () => 'Route 53 is still processing another change of the same zone',
  },
  denied: {
    type: 'Unauthorized',
    outcomeUnknown: false,
    says: (_facts, { action }) => `access denied, the permission route53:${action} is missing`,
    next: ({ action }) => `Grant route53:${action} to the identity that runs Switchyard.`,
  },
  badCredentials: {
    type: 'Unauthorized',
    outcomeUnknown: false,
    says: ({ name }) => `AWS does not accept the credentials (${name})`,
    next: () => 'Renew the credentials of the identity that runs Switchyard.',
  },
  wrongClock: {
    type: 'Unavailable', // the SDK has read AWS's time off the refusal, and signs the next attempt with it
    outcomeUnknown: false,
    says: ({ name }) => `AWS does not accept the time of the signature (${name}): the clock of this machine is wrong`,
    next: () => 'Synchronise the clock of the worker (NTP).',
  },
  noCredentials: {
    type: 'Unauthorized',
    outcomeUnknown: false,
    says: () => 'no AWS credentials were found, or they could not be loaded',
    next: () => 'Give AWS credentials to the process that runs Switchyard (AWS_PROFILE, AWS_ACCESS_KEY_ID or a role).',
  },
  noZone: {
    type: 'ZoneUnclear',
    outcomeUnknown: false,
    says: () => 'there is no such hosted zone in this account',
    next: () => 'Check the zone id and the account of the credentials.',
  },
  noChange: {
    type: 'NotInSync',
    outcomeUnknown: false,
    says: () => 'Route 53 does not know this change (any more)',
    next: () => 'Read the record again: the change may have to be made once more.',
  },
  protected: {
    type: 'Protected',
    outcomeUnknown: false,
    says: ({ message }) => `a record set protection refuses the change: ${message}`,
    next: () => 'Remove the protection, or leave the record as it is.',
  },
  staleBatch: {
    type: 'Foreign',
    outcomeUnknown: true,
    says: ({ message }) => `the record is not what the change expects: ${message}`,
  },
  invalid: {
    type: 'Invalid',
    outcomeUnknown: true, // only a read can tell whether an earlier attempt of the same batch is why
    says: ({ message }) => `Route 53 refuses the request: ${message}`,
  },
  unreachable: {
    type: 'Unavailable',
    outcomeUnknown: false,
    says: ({ code }) => `Route 53 cannot be reached (${code})`,
    next: () => 'Check the network and AWS_ENDPOINT_URL_ROUTE_53.',
  },
  lostAnswer: {
    type: 'Unavailable',
    outcomeUnknown: true,
    says: ({ code, status, name }) => `no usable answer (${status === null ? code || name : `HTTP ${status}`})`,
  },
} as const satisfies Record<string, Kind>;

type KindName = keyof typeof KINDS;

const BY_NAME: Readonly<Record<string, KindName>> = {
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  RequestThrottled: 'throttled',
  RequestThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  BandwidthLimitExceeded: 'throttled',
  LimitExceededException: 'throttled',
  SlowDown: 'throttled',
  PriorRequestNotComplete: 'zoneBusy',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  NotAuthorizedException: 'denied',
  UnauthorizedOperation: 'denied',
  ExpiredToken: 'badCredentials',
  ExpiredTokenException: 'badCredentials',
  InvalidClientTokenId: 'badCredentials',
  UnrecognizedClientException: 'badCredentials',
  SignatureDoesNotMatch: 'badCredentials',
  MissingAuthenticationToken: 'badCredentials',
  IncompleteSignature: 'badCredentials',
  RequestExpired: 'wrongClock',
  RequestInTheFuture: 'wrongClock',
  RequestTimeTooSkewed: 'wrongClock',
  OptInRequired: 'badCredentials',
  CredentialsProviderError: 'noCredentials',
  TokenProviderError: 'noCredentials',
  NoSuchHostedZone: 'noZone',
  HostedZoneNotFound: 'noZone',
  NoSuchChange: 'noChange',
  InvalidInput: 'invalid',
  MalformedInput: 'invalid',
  InvalidArgument: 'invalid',
  InvalidDomainName: 'invalid',
  ValidationError: 'invalid',
};

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html, wordings of the real service. */
const STALE = /do not match the current values|but it was not found|but it already exists/i;
const PROTECTION = /protect/i;
/** Of a signature that is right, five minutes too late or too early: "Signature expired: …", "Signature not yet current: …". */
const AT_ANOTHER_TIME = /^signature (expired|not yet current)/i;

function kindOf(facts: Facts): KindName {
  if (facts.name === 'InvalidChangeBatch') return batchKind(facts.message);
  if (AT_ANOTHER_TIME.test(facts.message)) return 'wrongClock';
  const byName = BY_NAME[facts.name];
  if (byName !== undefined) return byName;
  if (facts.neverSent) return 'unreachable';
  if (facts.status === 429) return 'throttled';
  if (facts.status === 403 || facts.status === 401) return 'denied';
  if (facts.status !== null && facts.status >= 400 && facts.status < 500) return 'invalid';
  return 'lostAnswer';
}

/** A protection first: a batch that it refuses is also said to find what it meant to delete. */
function batchKind(message: string): KindName {
  if (PROTECTION.test(withoutNames(message))) return 'protected';
  return STALE.test(message) ? 'staleBatch' : 'invalid';
}

/** The message without the names that it quotes: `data-protection.example.com` protects nothing. */
function withoutNames(message: string): string {
  return message
    .replace(/'[^']*'|"[^"]*"/g, '')
    .replace(/\[name=[^\]]*\]/g, '')
    .replace(/\b(?:name|zone) [^\s,\]]+/gi, '')
    .replace(/[^\s,:[\]]+\.[^\s,:[\]]+/g, '');
}

interface Facts {
  readonly name: string;
  readonly code: string;
  readonly neverSent: boolean;
  readonly message: string;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
}

/** Reads an error of the SDK without trusting its shape: what it throws for garbled bodies is a plain `Error` (measured). */
function factsOf(error: unknown): Facts {
  const from = (error ?? {}) as NetworkError & {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown };
    readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> };
  };
  const status = from.$metadata?.httpStatusCode;
  return {
    name: text(from.name) || 'Error',
    code: text(from.code),
    neverSent: wasNeverSent(from),
    message: discreet(text(from.message)),
    status: typeof status === 'number' ? status : null,
    retryAfterMs: retryAfter(text(from.$response?.headers?.['retry-after'])),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A proxy that asks for an hour must not hold a rollback back for an hour (D8). */
const LONGEST_PAUSE_MS = 30_000;

/** Seconds, as AWS sends them; a date would need a clock, and nothing in front of Route 53 sends one. */
function retryAfter(header: string): number | null {
  return /^\d{1,9}$/.test(header) ? Math.min(LONGEST_PAUSE_MS, Number(header) * 1_000) : null;
}

const LONGEST_MESSAGE = 500;

function discreet(message: string): string {
  return cleanText(
    message
      .replace(/arn:[^\s'",\]]+/g, '(an ARN)')
      .replace(/\b\d{12}\b/g, '(an account)')
      .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '(a key)'),
    LONGEST_MESSAGE,
  );
}
