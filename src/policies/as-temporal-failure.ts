import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { withNext } from '../core/with-next.ts';
import { FAILURES, failure, type FailureType } from './failures.ts';

/** What a failure says, wherever it came from. */
export interface Said {
  readonly type: FailureType;
  readonly sentence: string;
  readonly next: string | null;
  /** What the activity added for programs; null where it added nothing. */
  readonly facts: unknown;
}

/** Only a `TemporalFailure` ends a workflow; anything else is a fault of our own, named as such. */
export function asTemporalFailure(error: unknown): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return failure('Fault', `Switchyard itself failed: ${cause.message}.`, {
    next: 'Report it with the history of this run.',
    cause,
  });
}

/** The failure that a run ends with: sentence and next step on the first screen of the Temporal UI, the report for programs (A3). */
export function lastFailure(
  said: Pick<Said, 'type' | 'sentence' | 'next'>,
  report: unknown,
  cause: unknown,
): ApplicationFailure {
  return ApplicationFailure.create({
    type: said.type,
    message: withNext(said),
    nonRetryable: true,
    details: [report],
    cause: asTemporalFailure(cause),
  });
}

/** Reads type, sentence and next step out of any failure that a workflow can meet. */
export function whatItSays(error: unknown): Said {
  const root = error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
  if (root instanceof ApplicationFailure) return saidByUs(root);
  if (root instanceof TimeoutFailure) return timedOut(activityOf(error));
  if (root instanceof CancelledFailure)
    return { ...said('Aborted', 'cancelled through Temporal'), facts: root.details[0] ?? null };
  return said('Fault', root instanceof Error ? root.message : String(root));
}

const BLIND = said('Inconclusive', 'nothing could be watched for longer than a hold may be blind'); // no data is not a pass (D7)

/** What it means that an activity has had no answer in time, where that is more than that somebody is away. */
const TIMED_OUT: Readonly<Partial<Record<string, Said>>> = {
  awaitInsync: said('NotInSync', 'Route 53 did not bring the change in sync in time'),
  watchEndpoints: BLIND,
  watchRecords: BLIND,
};

function timedOut(activity: string): Said {
  return TIMED_OUT[activity] ?? said('Unavailable', `the activity ${activity} had no answer in time`);
}

function saidByUs(error: ApplicationFailure): Said {
  const type = error.type !== undefined && error.type !== null && isFailureType(error.type) ? error.type : 'Fault';
  const details = error.details?.[0];
  if (!isDetails(details)) return said(type, error.message);
  return { type, sentence: details.sentence, next: details.next, facts: details.facts };
}

function said(type: FailureType, sentence: string): Said {
  return { type, sentence, next: null, facts: null };
}

function activityOf(error: unknown): string {
  return error instanceof ActivityFailure ? error.activityType : 'unknown';
}

/** Whether it is one of ours. */
export function isFailureType(type: string): type is FailureType {
  return Object.hasOwn(FAILURES, type);
}

function isDetails(value: unknown): value is { sentence: string; next: string | null; facts: unknown } {
  return typeof value === 'object' && value !== null && 'sentence' in value && 'next' in value && 'facts' in value;
}
