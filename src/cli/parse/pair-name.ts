import { problem } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

const IN_FRONT = 'sync/';

/** The name of a pair, with or without `sync/` in front. */
export function parsePairName(text: string): Parsed<string> {
  const name = pairIn(text) ?? text;
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return parsed(name);
  return rejected(problem(`${quoted(text)} is no name of a pair`, 'small letters, digits and -, such as tasks'));
}

/** What stands behind `sync/`, where verbs take records as well; null where it is none. */
export function pairIn(text: string): string | null {
  return text.startsWith(IN_FRONT) ? text.slice(IN_FRONT.length) : null;
}

/** How a pair is called where records are called by their names. */
export const asSubject = (pair: string): string => `${IN_FRONT}${pair}`;
