import { ApplicationFailure } from '@temporalio/common';

/** Every way in which a remote service or the world can fail us, and whether asking again can help. */
export const FAILURES = {
  Throttled: 'retry',
  Unavailable: 'retry',
  /** Another change of the same zone is being processed. */
  ZoneBusy: 'retry',
  /** A record set protection refuses every change. */
  Protected: 'stop',
  Unauthorized: 'stop',
  /** The request names a role that this process's configuration does not have (A4). */
  RoleUnknown: 'stop',
  /** A token is missing, expired or revoked: somebody has to sign in or to renew it. */
  SignInNeeded: 'stop',
  NotFound: 'stop',
  /** Something else was written in between: look again, then decide again. */
  Changed: 'retry',
  Invalid: 'stop',
  /** No such zone, or several: the sentence lists them. */
  ZoneUnclear: 'stop',
  /** The record is not what this run read or wrote: somebody else is here (D4). */
  Foreign: 'stop',
  /** A reset put the declared default back: this run writes nothing more. */
  Superseded: 'stop',
  /** An authoritative server answers something else than what was written. */
  WrongAnswer: 'stop',
  /** A change was not in sync in time. */
  NotInSync: 'stop',
  Unhealthy: 'stop',
  Inconclusive: 'stop',
  Refused: 'stop',
  StartedTooLate: 'stop',
  Aborted: 'stop',
  /** No cutover begins in a freeze. */
  Frozen: 'stop',
  /** Somebody who may decide said no. */
  Rejected: 'stop',
  /** Nobody who may decide said yes in time. */
  NotApproved: 'stop',
  DeadlineExceeded: 'stop',
  PausedTooLong: 'stop',
  NotRestored: 'stop',
  /** A guard of a sync: nothing was removed (S4). */
  StoppedByGuard: 'stop',
  /** What was built is not what a gate wants: it is kept, and not published (P2). */
  GatesFailed: 'stop',
  /** The folder of a build is not on its worker any more: all of its stages begin anew. */
  WorkspaceLost: 'stop',
  /** A service has not let a run move on for as long as was allowed; the next run goes on. */
  GaveUp: 'stop',
  /** Looks that never find nothing to do: something keeps changing what was written. */
  NotConverging: 'stop',
  /** An unexpected error of our own code: ends the run (and rolls back) instead of retrying a workflow task for ever. */
  Fault: 'stop',
} as const;

export type FailureType = keyof typeof FAILURES;

export interface FailureOptions {
  /** The next thing to do, as a sentence or a command. */
  readonly next?: string;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly details?: unknown;
  readonly cause?: Error;
}

/**
 * A failure with its type, a sentence with the facts, and the next thing to do (A3).
 * Activities never say that it is final: the policy of the caller decides.
 */
export function failure(type: FailureType, sentence: string, options: FailureOptions = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: options.next === undefined ? sentence : `${sentence} ${options.next}`,
    details: [{ sentence, next: options.next ?? null, facts: options.details ?? null }],
    ...(options.retryAfterMs === undefined ? {} : { nextRetryDelay: options.retryAfterMs }),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  });
}

/** The same failure with facts for programs, for the workflow that judges it; anything else is handed on as it is. */
export function withFacts(error: unknown, facts: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof ApplicationFailure)) return error;
  const [details = {}] = (error.details ?? []) as { sentence?: string; next?: string | null }[];
  const { sentence, next } = details;
  const delay: unknown = error.nextRetryDelay; // milliseconds, as `failure` gives it
  return ApplicationFailure.create({
    ...(typeof error.type === 'string' ? { type: error.type } : {}),
    message: error.message,
    details: [{ sentence: sentence ?? error.message, next: next ?? null, facts }],
    ...(typeof delay === 'number' ? { nextRetryDelay: delay } : {}),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}
