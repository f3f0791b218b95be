/**
 * What Todoist, Microsoft To Do or the sign-in did to a request, and whether it may have been obeyed all the same.
 *
 * - A1 No token and no text of a task is in it: a service's own message is kept by its code alone.
 */
import type { ApplicationFailure } from '@temporalio/common';
import { failure, type FailureType } from './failures.ts';

export type ServiceName = 'Todoist' | 'Microsoft To Do' | 'the Microsoft sign-in';

export type ServiceErrorKind =
  | 'throttled'
  /** No token, or one that is not accepted (any more). */
  | 'unauthorized'
  /** The token is fine, and may not do this. */
  | 'forbidden'
  | 'not-found'
  /** Something else was written in between (HTTP 409, 412). */
  | 'conflict'
  | 'invalid'
  | 'unavailable';

export interface ServiceErrorFacts {
  readonly service: ServiceName;
  readonly kind: ServiceErrorKind;
  /** What was asked, without ids or text of tasks: `GET /me/todo/lists`. */
  readonly request: string;
  /** `unknown`: it may have been obeyed, or may still be; only a look can tell. */
  readonly outcome: 'not-run' | 'unknown';
  readonly status: number | null;
  /** The service's own error code, or the system's: `ErrorInvalidIdMalformed`, `ECONNRESET`. */
  readonly code: string | null;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** The next thing to do, where it is not plain from the kind. */
  readonly next?: string;
}

/** A request that was not answered with what was asked for. */
export class ServiceError extends Error {
  readonly facts: ServiceErrorFacts;
  constructor(facts: ServiceErrorFacts) {
    super(sentenceOf(facts));
    this.name = 'ServiceError';
    this.facts = facts;
  }
}

const TYPES = {
  throttled: 'Throttled',
  unauthorized: 'SignInNeeded',
  forbidden: 'Unauthorized',
  'not-found': 'NotFound',
  conflict: 'Changed',
  invalid: 'Invalid',
  unavailable: 'Unavailable',
} as const satisfies Record<ServiceErrorKind, FailureType>;

/** The failure that an activity throws for it. */
export function asServiceFailure({ facts }: ServiceError): ApplicationFailure {
  return failure(TYPES[facts.kind], sentenceOf(facts), {
    ...(facts.next === undefined ? {} : { next: facts.next }),
    ...(facts.retryAfterMs === null ? {} : { retryAfterMs: facts.retryAfterMs }),
    details: { service: facts.service, kind: facts.kind, status: facts.status, code: facts.code },
  });
}

function sentenceOf(facts: ServiceErrorFacts): string {
  return `${facts.service}: ${facts.request}: ${SAYS[facts.kind](facts)}.`;
}

const shown = ({ status, code }: ServiceErrorFacts): string => {
  const parts = [status === null ? null : `HTTP ${status}`, code].filter((part) => part !== null);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const SAYS: Readonly<Record<ServiceErrorKind, (facts: ServiceErrorFacts) => string>> = {
  throttled: (facts) => `too many requests${wait(facts)}`,
  unauthorized: (facts) => `the token is missing or not accepted${shown(facts)}`,
  forbidden: (facts) => `the account may not do this${shown(facts)}`,
  'not-found': (facts) => `not found${shown(facts)}`,
  conflict: (facts) => `changed by somebody else in between${shown(facts)}`,
  invalid: (facts) => `refused as invalid${shown(facts)}`,
  unavailable: (facts) => `no usable answer${shown(facts)}`,
};

function wait({ retryAfterMs }: ServiceErrorFacts): string {
  return retryAfterMs === null ? '' : `, asked to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
}
