import type { Notice, NoticeEvent } from './notice.ts';

/** Whom to tell, of what, and in which format. Secrets by name: never a text of theirs (A1). */
export type NotifyTarget =
  /** The address of the incoming webhook is itself the secret. */
  | (Chosen & { readonly format: 'slack'; readonly secret: string })
  /** The secret is the routing key of an integration. */
  | (Chosen & { readonly format: 'pagerduty'; readonly url: string; readonly secret: string })
  /** The secret signs each message; null: unsigned. */
  | (Chosen & { readonly format: 'webhook'; readonly url: string; readonly secret: string | null });

interface Chosen {
  /** As the file calls it. */
  readonly name: string;
  readonly on: readonly NoticeEvent[];
}

/** What PagerDuty keeps an incident of: it pages, so it is told of trouble alone, and of its end by itself. */
export const TROUBLES = ['rolled-back', 'blocked', 'guard', 'token'] as const satisfies readonly NoticeEvent[];

/** Events of a target that names none: people are not told of every step, and whoever is paged of nothing that is over already. */
export const DEFAULT_EVENTS: Readonly<Record<NotifyTarget['format'], readonly NoticeEvent[]>> = {
  slack: ['started', 'waiting', 'rolled-back', 'blocked', 'promoted', 'guard', 'token'],
  pagerduty: ['blocked', 'guard', 'token'],
  webhook: ['started', 'waiting', 'step', 'rolled-back', 'blocked', 'promoted', 'guard', 'token'],
};

/** Where PagerDuty takes events, unless the file says otherwise. */
export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

export type Telling = 'tell' | 'trigger' | 'resolve';

/**
 * What a target is told of a notice; null: nothing. An incident is resolved wherever its beginning may have been told, by this run or by an earlier
 * one: resolving one that does not stand changes nothing.
 */
export function tellingOf({ format, on }: Pick<NotifyTarget, 'format' | 'on'>, notice: Notice): Telling | null {
  const asked = on.includes(notice.event);
  if (format !== 'pagerduty') return asked ? 'tell' : null;
  if (asked && notice.begins) return 'trigger';
  return notice.ends.some((event) => on.includes(event)) ? 'resolve' : null;
}
