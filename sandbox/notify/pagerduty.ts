/** PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2/overview/ */
import type { Reply } from '../faulted-server.ts';
import type { FaultedRequest } from '../faults.ts';

export interface Incident {
  readonly state: 'triggered' | 'resolved';
  /** Summaries of all triggers, oldest first. */
  readonly summaries: readonly string[];
}

export interface PagerDuty {
  readonly routingKey: string;
  /** Every event that was accepted, oldest first: `trigger deploy:www.example.com`. */
  readonly events: readonly string[];
  incident(dedupKey: string): Incident | undefined;
  readonly answer: (request: FaultedRequest) => Reply;
}

interface Event {
  readonly routing_key?: unknown;
  readonly event_action?: unknown;
  readonly dedup_key?: unknown;
  readonly payload?: { readonly summary?: unknown; readonly source?: unknown; readonly severity?: unknown };
}

export function createPagerDuty(): PagerDuty {
  const routingKey = 'R0SANDBOXSANDBOXSANDBOXSANDBOX00';
  const events: string[] = [];
  const incidents = new Map<string, Incident>();
  const answer = ({ body }: FaultedRequest): Reply => {
    const event = parsed(body);
    const errors = event === null ? ['Event object is not JSON'] : errorsIn(event, routingKey);
    if (event === null || errors.length > 0)
      return json(400, { status: 'invalid event', message: 'Event object is invalid', errors });
    const key = String(event.dedup_key);
    events.push(`${String(event.event_action)} ${key}`);
    const next = after(incidents.get(key), event);
    if (next !== undefined) incidents.set(key, next);
    return json(202, { status: 'success', message: 'Event processed', dedup_key: key });
  };
  return { routingKey, events, incident: (key) => incidents.get(key), answer };
}

/** A trigger of an open incident adds to it, one of a resolved incident opens another; resolving nothing changes nothing. */
function after(before: Incident | undefined, { event_action, payload }: Event): Incident | undefined {
  if (event_action === 'resolve') return before === undefined ? undefined : { ...before, state: 'resolved' };
  return { state: 'triggered', summaries: [...(before?.summaries ?? []), String(payload?.summary)] };
}

const SEVERITIES: readonly unknown[] = ['critical', 'error', 'warning', 'info'];

function errorsIn({ routing_key, event_action, dedup_key, payload }: Event, routingKey: string): readonly string[] {
  const wrong: (string | false)[] = [
    !isText(routing_key, 32) && "Length of 'routing_key' is incorrect (should be 32 characters)",
    routing_key !== routingKey && 'Invalid routing key',
    event_action !== 'trigger' && event_action !== 'resolve' && "'event_action' is invalid",
    !isText(dedup_key, 255) && "Length of 'dedup_key' is incorrect",
  ];
  if (event_action === 'trigger') {
    wrong.push(
      !isText(payload?.summary, 1_024) && "Length of 'payload.summary' is incorrect",
      !isText(payload?.source, 255) && "'payload.source' is missing or blank",
      !SEVERITIES.includes(payload?.severity) && "'payload.severity' is invalid",
    );
  }
  return wrong.filter((error) => error !== false);
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}

function parsed(body: string): Event | null {
  try {
    return JSON.parse(body) as Event | null;
  } catch {
    return null;
  }
}

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
