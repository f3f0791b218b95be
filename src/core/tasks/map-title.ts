import { cleanLine } from './clean-line.ts';
import { cutLine } from './cut-line.ts';
import type { SourceTask } from './model.ts';

export interface MappedTitle {
  readonly title: string;
  /** The whole title where it had to be cut. */
  readonly whole: string | null;
}

/**
 * The title of a copy, of at most `max` UTF-16 units and never empty. A sub-task is a task of its own in To Do, so its parent's title
 * stands in front; where both do not fit, the parent's is cut first, for the task's own says what is to be done.
 */
export function mapTitle(task: SourceTask, max: number): MappedTitle {
  const own = named(cleanLine(task.content));
  const parent = cleanLine(task.parentTitle ?? '');
  const whole = below(parent, own);
  if (whole.length <= max) return { title: whole, whole: null };
  return { title: cutLine(below(cutLine(parent, Math.floor(max / 3)), own), max), whole };
}

const below = (parent: string, own: string): string => (parent === '' ? own : `${parent} › ${own}`);

/** A title of nothing but fillers and selectors would show as an empty line. */
function named(title: string): string {
  return /^[\p{Default_Ignorable_Code_Point}\s]*$/u.test(title) ? '(no title)' : title;
}
