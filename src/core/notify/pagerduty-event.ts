import { sha256 } from '../sha256.ts';
import type { Notice, Severity } from './notice.ts';

/** An event of PagerDuty's Events API v2, but for its routing key: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export type PagerDutyEvent = TriggerEvent | ResolveEvent;

interface TriggerEvent {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly client: 'Switchyard';
  readonly client_url?: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severity;
    readonly timestamp: string;
    readonly class: string;
    readonly custom_details: Readonly<Record<string, string>>;
  };
}

interface ResolveEvent {
  readonly event_action: 'resolve';
  readonly dedup_key: string;
}

/** One incident a workflow id: what is told again while it stands adds to it, and its end resolves it. */
export function pagerDutyEvent(notice: Notice, action: 'trigger' | 'resolve'): PagerDutyEvent {
  const dedup_key = dedupKey(notice.key);
  if (action === 'resolve') return { event_action: 'resolve', dedup_key };
  const { event, subject, severity, title, sentence, stands, next, at, id, link } = notice;
  return {
    event_action: 'trigger',
    dedup_key,
    client: 'Switchyard',
    ...(link === null ? {} : { client_url: link }),
    payload: {
      summary: cut(`${title}: ${sentence}`, LONGEST_SUMMARY),
      source: subject,
      severity,
      timestamp: new Date(at).toISOString(),
      class: event,
      custom_details: { sentence, ...(stands === null ? {} : { stands }), ...(next === null ? {} : { next }), id },
    },
  };
}

/** PagerDuty refuses longer ones. */
const LONGEST_SUMMARY = 1_024;
const LONGEST_KEY = 255;

function dedupKey(key: string): string {
  return key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY - 65)}-${sha256(key)}`;
}

/** Counted in UTF-16 units, and never half a character. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
