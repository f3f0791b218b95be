import {
  ActivityCancellationType,
  proxyActivities,
  type ActivityFunction,
  type ActivityOptions,
} from '@temporalio/workflow';

/** Activities, each called with what the Temporal UI shows for it in the timeline: the best visible place there is. */
export type Labelled<T> = {
  readonly [Name in keyof T]: T[Name] extends (input: infer Input) => infer Result
    ? (summary: string, input: Input, limits?: ActivityOptions) => Result
    : never;
};

/**
 * Cancelling a write waits for its end: an undo must never overlap the write that it undoes (D3). What only looks is not waited
 * for, so that an abort acts at once wherever it finds the run.
 */
const WHEN_CANCELLED = {
  writes: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  looks: ActivityCancellationType.TRY_CANCEL,
} as const;

/** Says of every activity whether it writes, or only looks. */
type Kinds<T> = Readonly<Record<keyof T, keyof typeof WHEN_CANCELLED>>;

export function labelled<T>(options: ActivityOptions, kinds: Kinds<T>): Labelled<T> {
  const calls = Object.entries<keyof typeof WHEN_CANCELLED>(kinds).map(([name, kind]) => {
    const cancellationType = WHEN_CANCELLED[kind];
    const { [name]: activity } = proxyActivities<Record<string, ActivityFunction>>({ ...options, cancellationType });
    const call = (summary: string, input: unknown, limits?: ActivityOptions) =>
      activity?.executeWithOptions(summarised(summary, limits), [input]);
    return [name, call];
  });
  return Object.fromEntries(calls) as Labelled<T>;
}

/** The longest text that the UI's timeline shows (bytes; Temporal's own limit is 400). */
const SUMMARY_MAX = 200;

/** Limits of one call, and what the timeline shows for it. */
export function summarised(summary: string, limits?: ActivityOptions): ActivityOptions {
  return { ...limits, summary: summary.slice(0, SUMMARY_MAX) };
}
