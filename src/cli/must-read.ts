import { EXIT } from './exit-codes.ts';
import { asGroupSubject, groupIn, parseGroupName } from './parse/group-name.ts';
import type { Parsed } from './parse/parsed.ts';
import { parseRecordName } from './parse/record-name.ts';
import { Stop } from './stop.ts';

/** @throws Stop with exit 2 where it is rejected. */
export function must<T>(read: Parsed<T>): T {
  if (read.ok) return read.value;
  throw new Stop(EXIT.usage, read.problems);
}

/** What most verbs act on: a record, or a group as `group/shop`, by its canonical name. */
export const mustBeSubject = (text: string): string =>
  groupIn(text) === null ? mustBeRecord(text) : asGroupSubject(must(parseGroupName(text)));

export const mustBeRecord = (text: string): string => must(parseRecordName(text)).record;
