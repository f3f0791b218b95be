import type { Notice, NoticeEvent, Severity } from './notice.ts';

/** The JSON that a generic webhook is sent; published as schema/notice.schema.json. */
export interface WebhookMessage {
  readonly schemaVersion: 1;
  /** Also the header `webhook-id`: the same whenever the same notice comes again. */
  readonly id: string;
  readonly event: NoticeEvent;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly title: string;
  readonly sentence: string;
  readonly stands: string | null;
  readonly next: string | null;
  readonly outcome: string | null;
  /** Null where nobody has to look. */
  readonly trouble: 'begins' | 'ends' | null;
  /** What trouble is filed under: the beginning and the end of one have the same. */
  readonly key: string;
  readonly link: string | null;
}

export function webhookMessage(notice: Notice): WebhookMessage {
  const { id, event, at, subject, severity, title, sentence, stands, next, outcome, begins, ends, key, link } = notice;
  const over = ends.length > 0 ? 'ends' : null;
  return {
    schemaVersion: 1,
    id,
    event,
    at: new Date(at).toISOString(),
    subject,
    severity,
    title,
    sentence,
    stands,
    next,
    outcome,
    trouble: begins ? 'begins' : over,
    key,
    link,
  };
}
