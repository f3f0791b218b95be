import type { SourceTask } from './model.ts';

/** Which occurrence of a task is mirrored: its due date as Todoist says it, for closing must not skip one (S3). Null without a date. */
export function occurrenceOf(task: SourceTask): string | null {
  return task.due?.date ?? null;
}
