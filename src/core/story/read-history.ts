import { numberAt, textAt, timeAt, valueAt } from './read-loosely.ts';

/** One event of a history, with what travelled in it decoded. */
export interface HistoryEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly id: number;
  /** The name of its attributes without their ending: `activityTaskScheduled`. */
  readonly kind: string;
  /** Its attributes; a list of payloads is the list of their values. */
  readonly facts: unknown;
  /** What the workflow called it. */
  readonly summary: string | null;
}

/** The history of one execution. */
export interface History {
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** How many values could not be read, and by what encodings they are kept: `binary/encrypted`. */
  readonly unreadable: { readonly count: number; readonly encodings: readonly string[] };
}

/**
 * Reads a history as the server hands it out and as `temporal workflow show -o json` prints it: the two differ in how they write times,
 * long numbers and bytes. Null where it is none.
 */
export function readHistory(document: unknown): History | null {
  const events = Array.isArray(document) ? document : valueAt(document, 'events');
  if (!Array.isArray(events)) return null;
  const lost: string[] = [];
  const read = events.flatMap((event: unknown) => readEvent(event, lost));
  if (read[0]?.kind !== STARTED) return null;
  return { events: read, unreadable: { count: lost.length, encodings: [...new Set(lost)].sort() } };
}

/** The first event of every history. */
export const STARTED = 'workflowExecutionStarted';

const ATTRIBUTES = 'EventAttributes';

function readEvent(event: unknown, lost: string[]): readonly HistoryEvent[] {
  if (typeof event !== 'object' || event === null) return [];
  const found = Object.entries(event as Readonly<Record<string, unknown>>).find(
    ([name, value]) => name.endsWith(ATTRIBUTES) && typeof value === 'object' && value !== null,
  );
  const at = timeAt(event, 'eventTime');
  if (found === undefined || at === null) return [];
  const [name, attributes] = found;
  const summary = decode(valueAt(event, 'userMetadata', 'summary'), [], 0);
  return [
    {
      at,
      id: numberAt(event, 'eventId') ?? 0,
      kind: name.slice(0, -ATTRIBUTES.length),
      facts: decode(attributes, lost, 0),
      summary: typeof summary === 'string' ? summary : null,
    },
  ];
}

/** Deeper than anything that Temporal nests: causes of failures. */
const DEEPEST = 60;

/** A copy of plain values, with the payloads in it read; `lost` takes the encodings of those that cannot be. */
function decode(value: unknown, lost: string[], depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (depth > DEEPEST) return undefined;
  if (numberAt({ value }, 'value') !== null) return numberAt({ value }, 'value');
  if (Array.isArray(value)) return value.map((one) => decode(one, lost, depth + 1));
  const { payloads } = value as { readonly payloads?: unknown };
  if (Array.isArray(payloads)) return payloads.map((one) => decode(one, lost, depth + 1));
  const encoding = encodingOf(value);
  if (encoding !== null) return readPayload(value, encoding, lost);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one, lost, depth + 1)]));
}

function encodingOf(payload: object): string | null {
  const encoding = valueAt(payload, 'metadata', 'encoding');
  return encoding === undefined ? null : (asText(encoding) ?? 'unknown');
}

function readPayload(payload: object, encoding: string, lost: string[]): unknown {
  if (encoding === 'binary/null') return null;
  const text = encoding === 'json/plain' ? asText(valueAt(payload, 'data')) : null;
  try {
    if (text !== null) return JSON.parse(text) as unknown;
  } catch {
    // Not JSON after all: counted below like every other value that cannot be read.
  }
  lost.push(encoding.slice(0, 60));
  return undefined;
}

/** Bytes as the server sends them, or in base64 as JSON has them. */
function asText(bytes: unknown): string | null {
  try {
    if (bytes instanceof Uint8Array) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (typeof bytes !== 'string') return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** The type of the workflow whose history it is. */
export const workflowTypeOf = ({ events }: History): string =>
  textAt(events[0]?.facts, 'workflowType', 'name') ?? 'unknown';
