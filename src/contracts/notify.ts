import type { Notice } from '../core/notify/notice.ts';
import type { NotifyTarget } from '../core/notify/target.ts';

/** Whom a run tells, as its request carries it; a request without it tells nobody. */
export interface NotifyRequest {
  readonly targets: readonly NotifyTarget[];
  /** Where the Temporal UI is, for links; null where nobody said so. */
  readonly ui: string | null;
  readonly pace: NotifyPace;
}

/** Every pace and limit of telling, in milliseconds: part of the request, so that a history explains itself. */
export interface NotifyPace {
  /** Between two notices of a rollback that stays blocked. */
  readonly remindMs: number;
  /** One notice to one target is given up after this. */
  readonly giveUpAfterMs: number;
  /** How long a run that has ended otherwise lets its last notices go out. */
  readonly lastWordsMs: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const DEFAULT_NOTIFY_PACE: NotifyPace = {
  remindMs: 15 * MINUTE,
  giveUpAfterMs: 5 * MINUTE,
  lastWordsMs: 30 * SECOND,
  retry: { firstMs: SECOND, maxMs: 30 * SECOND },
};

export interface NotifyInput {
  readonly target: NotifyTarget;
  readonly notice: Notice;
}

export interface NotifyActivities {
  /** Tells one target of one notice; answers with the HTTP status that accepted it. */
  notify(input: NotifyInput): Promise<{ readonly status: number }>;
}
