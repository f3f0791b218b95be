/** Reads what a client sends for a task, as strictly as Graph does. */
import { instantIn, midnightIn } from './date-time-time-zone.ts';
import { newId } from './ids.ts';
import { arrayIn, booleanIn, objectIn, oneOf, stringIn, without } from './json.ts';
import type { Json } from './json.ts';
import { checkRecurrence } from './recurrence.ts';
import { invalid } from './refusal.ts';
import { extensionName } from './task-entity.ts';
import { IMPORTANCES, STATUSES } from './task.ts';
import type { Link, Step, Task } from './task.ts';

export interface InputRules {
  /** UTF-16 units. */
  readonly titleMax: number;
  /** What the service makes of the content of a body. */
  readonly rewriteBody: (content: string) => string;
}

export type TaskFields = Partial<Omit<Task, 'id' | 'listId' | 'etag'>>;

/** What a POST or PATCH sets. @throws Refusal 400 for anything that a task does not have. */
export function readFields(body: Json, rules: InputRules): TaskFields {
  return readMembers(body, 'todoTask', (key) => {
    const read = FIELDS[key];
    return read && ((value) => read(value, rules));
  });
}

/** The children that a POST may bring inline: at most one linked resource, steps, open extensions. */
export function readChildren(body: Json, now: string): Pick<Task, 'link' | 'steps' | 'extensions'> {
  const links = arrayIn(body['linkedResources'] ?? [], 'linkedResources');
  if (links.length > 1) throw invalid('Only one item in linkedResources is allowed.');
  const steps = arrayIn(body['checklistItems'] ?? [], 'checklistItems');
  const extensions = arrayIn(body['extensions'] ?? [], 'extensions');
  return {
    link: links.length === 0 ? null : newLink(objectIn(links[0], 'linkedResources')),
    steps: steps.map((step) => newStep(objectIn(step, 'checklistItems'), now)),
    extensions: Object.fromEntries(extensions.map((each) => readExtension(objectIn(each, 'extensions')))),
  };
}

export function newLink(body: Json): Link {
  const none = { applicationName: null, displayName: null, externalId: null, webUrl: null };
  return { ...none, ...readLink(body), id: newId() };
}

export function readLink(body: Json): Partial<Link> {
  return readMembers(body, 'linkedResource', (key) => LINK[key]);
}

export function newStep(body: Json, now: string): Step {
  const read = readStep(body);
  if (read.displayName === undefined) throw invalid('A checklistItem needs a displayName.');
  const isChecked = read.isChecked ?? false;
  return { id: newId(), displayName: read.displayName, isChecked, createdAt: now, checkedAt: isChecked ? now : null };
}

export function readStep(body: Json): Partial<Step> {
  return readMembers(body, 'checklistItem', (key) => STEP[key]);
}

/** Its name and what it holds. */
export function readExtension(body: Json): readonly [name: string, content: Json] {
  const { '@odata.type': type, extensionName: name } = body;
  if (typeof type !== 'string' || !/^#?microsoft\.graph\.openTypeExtension$/.test(type))
    throw invalid('An extension needs @odata.type microsoft.graph.openTypeExtension.');
  if (typeof name !== 'string' || name === '') throw invalid('An extension needs an extensionName.');
  return [extensionName(name), without(body, '@odata.type', 'extensionName', 'id')];
}

type Reader<T> = (value: unknown) => Partial<T>;

function readMembers<T>(body: Json, type: string, readerOf: (key: string) => Reader<T> | undefined): Partial<T> {
  let read: Partial<T> = {};
  for (const [key, value] of Object.entries(body)) {
    if (key.startsWith('@') || CHILDREN.has(key)) continue;
    const reader = readerOf(key);
    const message = `The property '${key}' does not exist on type 'microsoft.graph.${type}'.`;
    if (reader === undefined) throw invalid(message, 'RequestBodyRead');
    read = { ...read, ...reader(value) };
  }
  return read;
}

const CHILDREN = new Set(['linkedResources', 'checklistItems', 'extensions']);

const orNull = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === null ? null : read(value));

const FIELDS: Readonly<Record<string, (value: unknown, rules: InputRules) => TaskFields>> = {
  title: (value, rules) => ({ title: titleOf(value, rules) }),
  body: (value, rules) => ({ body: bodyOf(value, rules) }),
  status: (value) => ({ status: oneOf(value, 'status', STATUSES) }),
  importance: (value) => ({ importance: oneOf(value, 'importance', IMPORTANCES) }),
  categories: (value) => ({ categories: arrayIn(value, 'categories').map((each) => stringIn(each, 'categories')) }),
  isReminderOn: (value) => ({ reminderOn: booleanIn(value, 'isReminderOn') }),
  dueDateTime: (value) => ({ due: orNull(value, (sent) => midnightIn(sent, 'dueDateTime')) }),
  startDateTime: (value) => ({ start: orNull(value, (sent) => midnightIn(sent, 'startDateTime')) }),
  reminderDateTime: (value) => ({ reminder: orNull(value, (sent) => instantIn(sent, 'reminderDateTime')) }),
  completedDateTime: (value) => ({ completed: orNull(value, (sent) => midnightIn(sent, 'completedDateTime')) }),
  recurrence: (value) => ({ recurrence: orNull(value, checkRecurrence) }),
};

const LINK: Readonly<Record<string, Reader<Link>>> = {
  applicationName: (value) => ({ applicationName: orNull(value, (text) => stringIn(text, 'applicationName')) }),
  displayName: (value) => ({ displayName: orNull(value, (text) => stringIn(text, 'displayName')) }),
  externalId: (value) => ({ externalId: orNull(value, (text) => stringIn(text, 'externalId')) }),
  webUrl: (value) => ({ webUrl: orNull(value, (text) => stringIn(text, 'webUrl')) }),
};

const STEP: Readonly<Record<string, Reader<Step>>> = {
  displayName: (value) => ({ displayName: stringIn(value, 'displayName') }),
  isChecked: (value) => ({ isChecked: booleanIn(value, 'isChecked') }),
};

/** The real limit is not documented; 255 is what its applications allow. */
function titleOf(value: unknown, { titleMax }: InputRules): string {
  const title = stringIn(value, 'title').trim();
  if (title === '') throw invalid("The property 'title' must not be empty.");
  if (title.length > titleMax) throw invalid(`The property 'title' is longer than ${titleMax} characters.`);
  return title;
}

function bodyOf(value: unknown, { rewriteBody }: InputRules): Task['body'] {
  const { content, contentType } = objectIn(value, 'body');
  return {
    content: rewriteBody(stringIn(content, 'body.content').replaceAll(/\r?\n/g, '\r\n')),
    contentType: oneOf(contentType ?? 'text', 'body.contentType', ['text', 'html']),
  };
}
