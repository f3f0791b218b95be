import type { Reply } from '../faulted-server.ts';
import type { Account } from './account.ts';
import type { Zone } from './zone.ts';
import { outOfBounds } from './refusal.ts';
import { writeDocument } from './xml.ts';
import type { XmlContent } from './xml-content.ts';

/** One request to the API, taken apart. */
export interface Call {
  readonly account: Account;
  /** The parts of the path that the route left open. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  /** The access key id of the caller. */
  readonly by: string;
  readonly settings: Settings;
}

/** What tests can turn while the stand-in runs. */
export interface Settings {
  insyncAfterMs: number;
  processingMs: number;
}

export type Operation = (call: Call) => Reply | Promise<Reply>;

/** A successful answer. */
export function answer(root: string, content: XmlContent, reply: Partial<Reply> = {}): Reply {
  return { status: 200, ...reply, body: writeDocument(root, content) };
}

/** The zone that the first open part of the path names. @throws Refusal NoSuchHostedZone. */
export function zoneOf({ account, path }: Call): Zone {
  return account.zone(path[0] ?? '');
}

/** A page size: a number above the most that the API returns means the most. @throws Refusal InvalidInput. */
export function pageSize(query: URLSearchParams, parameter: string, most: number): number {
  const asked = query.get(parameter) ?? String(most);
  if (!/^[1-9][0-9]*$/.test(asked))
    throw outOfBounds([
      `Value '${asked}' at '${parameter}' failed to satisfy constraint: Member must be a positive number`,
    ]);
  return Math.min(Number(asked), most);
}
