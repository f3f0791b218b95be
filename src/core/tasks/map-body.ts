import { cleanBody } from './clean-body.ts';
import { cleanLine } from './clean-line.ts';
import { cutLine } from './cut-line.ts';
import type { SourceTask, Zone } from './model.ts';
import type { Due } from './read-due.ts';
import { taskUrl } from './task-url.ts';

/** What the body is made from beside the task. */
export interface BodyFacts {
  /** The whole title where it had to be cut. */
  readonly whole: string | null;
  readonly due: Due | null;
  readonly zone: Zone;
}

/** The description as plain text, then what To Do has no field for, and last the way back to the task. */
export function mapBody(task: SourceTask, facts: BodyFacts): string {
  const footer = [facts.whole, dueLine(task, facts), deadlineLine(task), durationLine(task), taskUrl(task.id)];
  const parts = [cleanBody(task.description), footer.filter((line) => line !== null).join('\n')];
  return cleanBody(parts.filter((part) => part !== '').join('\n\n'));
}

/**
 * The rule of a recurring task as its user typed it, in any language; else the time of day. The text of a single date is left out:
 * `tomorrow` is wrong by tomorrow.
 */
function dueLine(task: SourceTask, { due, zone }: BodyFacts): string | null {
  const rule = task.due?.recurring === true ? shown(task.due.text) : '';
  if (rule !== '') return `Due: ${rule}`;
  const instant = due?.instant ?? null;
  return instant === null ? null : `Due: ${zone.localOf(instant).slice(0, 16).replace('T', ' ')}`;
}

function deadlineLine({ deadline }: SourceTask): string | null {
  const day = shown(deadline ?? '');
  return day === '' ? null : `Deadline: ${day}`;
}

function durationLine({ duration }: SourceTask): string | null {
  if (duration === null || !Number.isFinite(duration.amount) || duration.amount <= 0) return null;
  const { amount, unit } = duration;
  if (unit === 'minute') return `Duration: ${amount} min`;
  return `Duration: ${amount} ${amount === 1 ? 'day' : 'days'}`;
}

const LONGEST_NOTE = 255;
const shown = (text: string): string => cutLine(cleanLine(text), LONGEST_NOTE);
