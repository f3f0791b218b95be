import { problem } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

const IN_FRONT = 'group/';

/** What stands behind `group/`, where verbs take records as well; null where it is none. */
export function groupIn(text: string): string | null {
  return text.startsWith(IN_FRONT) ? text.slice(IN_FRONT.length) : null;
}

/** `group/G`, as a verb takes it. */
export function parseGroupName(text: string): Parsed<string> {
  const name = groupIn(text) ?? text;
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return parsed(name);
  return rejected(problem(`${quoted(text)} is no name of a group`, 'small letters, digits and -, such as group/shop'));
}

/** How a group is called where records are called by their names. */
export const asGroupSubject = (group: string): string => `${IN_FRONT}${group}`;
