import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../sha256.ts';
import { MAPPING_VERSION } from './map-task.ts';
import type { Fields } from './model.ts';

/**
 * 32 hex digits that are equal where the fields and the version of the mapping are; fit for a marker, a history and a log (A1). The last
 * eight are the reminder's alone.
 */
export function hashFields({ reminder, ...others }: Fields): string {
  const rest = sha256(canonicalJson([MAPPING_VERSION, others])).slice(0, REST);
  return `${rest}${sha256(reminder ?? '').slice(0, 8)}`;
}

/** Whether two hashes are of the same but for the reminder: To Do switches one off by itself when it has rung. */
export function sameButReminder(a: string, b: string): boolean {
  return a.slice(0, REST) === b.slice(0, REST);
}

const REST = 24;
