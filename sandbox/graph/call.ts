import type { Answer } from './answer.ts';
import type { DeltaTokens } from './delta-tokens.ts';
import { ianaOf } from './date-time-time-zone.ts';
import { objectIn } from './json.ts';
import type { Json } from './json.ts';
import type { Hand, Mailbox } from './mailbox.ts';
import { invalid, Refusal } from './refusal.ts';
import type { Task } from './task.ts';

/** One request to a mailbox, taken apart; a step of a `$batch` is one as well. */
export interface Call {
  readonly mailbox: Mailbox;
  /** The open parts of the path, decoded. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The text of the body. */
  readonly text: string;
  /** What links in answers begin with: the address that was asked, without a query. */
  readonly address: string;
  readonly hand: Hand;
  readonly deltas: DeltaTokens;
}

export type Operation = (call: Call) => Answer;

/** @throws Refusal 400 where it is no JSON object. */
export function bodyOf({ text, headers }: Call): Json {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    throw new Refusal({ status: 415, code: 'InvalidContentType' }, 'A body needs the content type application/json.');
  return objectIn(parsed(text), 'the body');
}

export function listIdOf({ ids }: Call): string {
  return ids[0] ?? '';
}

/** The task that the path names, as it stands. @throws Refusal 404, 400 for a malformed id. */
export function taskOf({ mailbox, ids }: Call): Task {
  return mailbox.task(ids[0] ?? '', ids[1] ?? '');
}

/** @throws Refusal 412 where the task is another by now; 500 for what is no etag, as the real service does. */
export function checkIfMatch({ headers }: Call, etag: string): void {
  const asked = headers['if-match'];
  if (asked === undefined || asked === '*' || asked === etag) return;
  if (!/^W\/"[^"]+"$/.test(asked)) throw new Refusal({ status: 500, code: 'UnknownError' }, 'The etag is malformed.');
  throw new Refusal(
    { status: 412, code: 'ErrorIrresolvableConflict' },
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}

/** `Prefer: odata.maxpagesize=N`: at most 200, and 50 where this request does not say it. */
export function pageSizeOf({ headers }: Call): number {
  const asked = /odata\.maxpagesize\s*=\s*(\d+)/.exec(headers['prefer'] ?? '')?.[1];
  return asked === undefined ? 50 : Math.max(1, Math.min(200, Number(asked)));
}

/** `Prefer: outlook.timezone="Europe/London"`, else UTC. @throws Refusal 400 for an unknown one. */
export function zoneOf({ headers }: Call): string {
  const asked = /outlook\.timezone\s*=\s*"([^"]+)"/.exec(headers['prefer'] ?? '')?.[1];
  if (asked !== undefined) ianaOf(asked);
  return asked ?? 'UTC';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Unable to read JSON request payload.', 'BadRequest');
  }
}
