import { told } from './date-time-time-zone.ts';
import type { Json } from './json.ts';
import type { Link, Step, Task, TodoList } from './task.ts';

/** How a task is told. */
export interface Telling {
  readonly zone: string;
  /** The one extension that the request expands; null: none. */
  readonly extension: string | null;
}

export function taskEntity(task: Task, { zone, extension }: Telling): Json {
  const { title, importance, status, hasAttachments, categories, body, id } = task;
  return {
    '@odata.etag': task.etag,
    ...{ id, title, importance, status, isReminderOn: task.reminderOn, hasAttachments, categories, body },
    createdDateTime: task.createdAt,
    lastModifiedDateTime: task.modifiedAt,
    bodyLastModifiedDateTime: task.bodyModifiedAt,
    ...timesOf(task, zone),
    ...(task.recurrence && { recurrence: task.recurrence }),
    ...childrenOf(task),
    ...extensionOf(task, extension),
  };
}

export function listEntity(list: TodoList): Json {
  const { etag, ...members } = list;
  return { '@odata.etag': etag, ...members };
}

export function linkEntity(link: Link): Json {
  return { ...link };
}

export function stepEntity({ id, displayName, isChecked, createdAt, checkedAt }: Step): Json {
  const checked = checkedAt === null ? {} : { checkedDateTime: checkedAt };
  return { id, displayName, isChecked, createdDateTime: createdAt, ...checked };
}

export function extensionEntity(name: string, content: Json): Json {
  const id = EXTENSION_ID + name;
  return { '@odata.type': '#microsoft.graph.openTypeExtension', id, extensionName: name, ...content };
}

/** An extension answers to its name, and to the id that Graph makes of it. */
export function extensionName(nameOrId: string): string {
  return nameOrId.startsWith(EXTENSION_ID) ? nameOrId.slice(EXTENSION_ID.length) : nameOrId;
}

const EXTENSION_ID = 'microsoft.graph.openTypeExtension.';

function timesOf({ due, start, reminder, completed }: Task, zone: string): Json {
  const times = { dueDateTime: due, startDateTime: start, reminderDateTime: reminder, completedDateTime: completed };
  const set = Object.entries(times).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(set.map(([key, utc]) => [key, told(utc, zone)]));
}

/** The key of an empty collection is absent. */
function childrenOf({ link, steps }: Task): Json {
  return {
    ...(link && { linkedResources: [linkEntity(link)] }),
    ...(steps.length > 0 && { checklistItems: steps.map(stepEntity) }),
  };
}

function extensionOf({ extensions }: Task, name: string | null): Json {
  const content = name === null ? undefined : extensions[name];
  return name === null || content === undefined ? {} : { extensions: [extensionEntity(name, content)] };
}
