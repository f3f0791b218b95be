import { canonicalJson } from '../canonical-json.ts';
import { hasRung } from './has-rung.ts';
import type { Fields } from './model.ts';

/**
 * Whether a copy has to be written again (S2). A wanted reminder that has rung matches one that has rung or is switched off: To Do
 * switches it off, and switching it on again would ring twice. It does not match one that is still going to ring.
 */
export function differs(found: Fields, wanted: Fields, now: number): boolean {
  if (remindersDiffer(found.reminder, wanted.reminder, now)) return true;
  return canonicalJson({ ...found, reminder: null }) !== canonicalJson({ ...wanted, reminder: null });
}

function remindersDiffer(found: string | null, wanted: string | null, now: number): boolean {
  if (found === wanted) return false;
  if (wanted === null || !hasRung(wanted, now)) return true;
  return found !== null && !hasRung(found, now);
}
