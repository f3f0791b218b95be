/** How a task comes to be and changes, whoever does it; recurring ones do it in To Do's surprising ways. */
import { utcMidnight } from './date-time-time-zone.ts';
import { newId } from './ids.ts';
import { isJson } from './json.ts';
import type { Json } from './json.ts';
import type { Hand, Mailbox } from './mailbox.ts';
import { nextDue } from './recurrence.ts';
import { invalid, notFound } from './refusal.ts';
import { readChildren, readFields } from './task-input.ts';
import type { TaskFields } from './task-input.ts';
import type { Task } from './task.ts';

/** @throws Refusal 400; 404 where the list has been gone for a while. */
export function createTask(mailbox: Mailbox, hand: Hand, sent: { readonly listId: string; readonly body: Json }): Task {
  const { listId, body } = sent;
  mailbox.tasksOf(listId);
  const fields = readFields(body, mailbox.settings);
  if (fields.title === undefined) throw invalid("The property 'title' is required.");
  if (!mailbox.takesTasks(listId)) throw notFound();
  const now = mailbox.timestamp();
  const empty = { ...EMPTY, id: newId(), listId, title: fields.title, createdAt: now, bodyModifiedAt: now };
  const task = { ...empty, etag: '', modifiedAt: now, ...readChildren(body, now) };
  return mailbox.put(hand, null, settled({ ...task, ...fields }, mailbox));
}

/** Changes a task, and answers what stands under its id then. @throws Refusal 400. */
export function patchTask(mailbox: Mailbox, hand: Hand, sent: { readonly task: Task; readonly body: Json }): Task {
  const { task, body } = sent;
  refuseInPatch(body);
  const fields = readFields(body, mailbox.settings);
  if (task.recurrence !== null && fields.recurrence !== null) return patchSeries(mailbox, hand, { task, fields });
  return mailbox.put(hand, task, changed(task, fields, mailbox));
}

/** A person's: the task gets another id in the other list. */
export function moveTask(mailbox: Mailbox, hand: Hand, sent: { readonly task: Task; readonly listId: string }): Task {
  mailbox.list(sent.listId);
  const moved = mailbox.put(hand, null, { ...sent.task, id: newId(), listId: sent.listId });
  mailbox.drop(hand, sent.task);
  return moved;
}

const EMPTY = {
  body: { content: '', contentType: 'text' },
  status: 'notStarted',
  importance: 'normal',
  ...{ due: null, start: null, reminder: null, reminderOn: false, completed: null, recurrence: null },
  ...{ categories: [], hasAttachments: false },
} as const;

function refuseInPatch(body: Json): void {
  const nested = ['linkedResources', 'checklistItems', 'extensions'].filter((key) => key in body);
  if (nested.length > 0) throw invalid(`'${nested.join("', '")}' cannot be changed by a PATCH of the task.`);
  const recurrence = body['recurrence'];
  const range = isJson(recurrence) ? recurrence['range'] : undefined;
  if (isJson(range) && 'startDate' in range) throw invalid('The range cannot be changed.', 'InvalidModel');
}

function changed(task: Task, fields: TaskFields, mailbox: Mailbox): Task {
  const bodyModifiedAt = fields.body === undefined ? task.bodyModifiedAt : mailbox.timestamp();
  return settled({ ...task, ...fields, bodyModifiedAt }, mailbox);
}

/** What follows from other fields: the day of completion, and a due day for what has a start or recurs. */
function settled(task: Task, { settings }: Mailbox): Task {
  const today = utcMidnight(settings.now());
  const completed = task.status === 'completed' ? (task.completed ?? today) : null;
  const due = task.due ?? task.start ?? (task.recurrence === null ? null : today);
  return { ...task, completed, due };
}

/**
 * Completing a recurring task keeps the id open with the next due day, and leaves a completed copy under a new id. Setting its due day moves
 * the series on as well, and opens a second task for the day that was set.
 */
function patchSeries(
  mailbox: Mailbox,
  hand: Hand,
  { task, fields }: { readonly task: Task; readonly fields: TaskFields },
): Task {
  const after = changed(task, fields, mailbox);
  const completes = after.status === 'completed';
  const setsDue = fields.due !== undefined && fields.due !== null;
  const rule = after.recurrence;
  if (rule === null || (!completes && !setsDue)) return mailbox.put(hand, task, after);
  mailbox.put(hand, null, occurrence(after, mailbox));
  const due = nextDue(task.due ?? utcMidnight(mailbox.settings.now()), rule);
  return mailbox.put(hand, task, { ...after, status: 'notStarted', completed: null, due });
}

/** Whether Graph hands link and extension on to it is not known: an option says it. */
function occurrence(task: Task, mailbox: Mailbox): Task {
  const now = mailbox.timestamp();
  const own = { ...task, id: newId(), recurrence: null, createdAt: now };
  if (mailbox.settings.recurrenceCopies === 'bare') return { ...own, link: null, extensions: {} };
  return { ...own, link: task.link && { ...task.link, id: newId() } };
}
