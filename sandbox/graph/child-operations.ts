/** Links, steps and extensions of a task. Any change of one gives the task a new etag and time. */
import type { Answer } from './answer.ts';
import { bodyOf, taskOf } from './call.ts';
import type { Call } from './call.ts';
import { wellFormed } from './ids.ts';
import { without } from './json.ts';
import type { Json } from './json.ts';
import { invalid, notFound, Refusal } from './refusal.ts';
import { extensionEntity, extensionName, linkEntity, stepEntity } from './task-entity.ts';
import { newLink, newStep, readExtension, readLink, readStep } from './task-input.ts';
import type { Link, Step, Task } from './task.ts';

export function getLinks(call: Call): Answer {
  const { link } = taskOf(call);
  return { status: 200, body: { value: link === null ? [] : [linkEntity(link)] } };
}

export function getLink(call: Call): Answer {
  return { status: 200, body: linkEntity(linkOf(call)) };
}

export function postLink(call: Call): Answer {
  const task = taskOf(call);
  if (task.link !== null)
    throw invalid('The number of linked resources of the task exceeds the limit.', 'LinkedResourceSizeExceeded');
  const link = newLink(bodyOf(call));
  keep(call, task, { link });
  return { status: 201, body: linkEntity(link) };
}

export function patchLink(call: Call): Answer {
  const link = { ...linkOf(call), ...readLink(bodyOf(call)) };
  keep(call, taskOf(call), { link });
  return { status: 200, body: linkEntity(link) };
}

export function deleteLink(call: Call): Answer {
  linkOf(call);
  keep(call, taskOf(call), { link: null });
  return { status: 204 };
}

export function getSteps(call: Call): Answer {
  return { status: 200, body: { value: taskOf(call).steps.map(stepEntity) } };
}

export function getStep(call: Call): Answer {
  return { status: 200, body: stepEntity(stepOf(call)) };
}

export function postStep(call: Call): Answer {
  const task = taskOf(call);
  const step = newStep(bodyOf(call), call.mailbox.timestamp());
  keep(call, task, { steps: [...task.steps, step] });
  return { status: 201, body: stepEntity(step) };
}

/** A PATCH that does not say `isChecked` unchecks the step, as measured. */
export function patchStep(call: Call): Answer {
  const step = { ...stepOf(call), isChecked: false, ...readStep(bodyOf(call)) };
  const after = { ...step, checkedAt: step.isChecked ? (step.checkedAt ?? call.mailbox.timestamp()) : null };
  const task = taskOf(call);
  keep(call, task, { steps: task.steps.map((each) => (each.id === after.id ? after : each)) });
  return { status: 200, body: stepEntity(after) };
}

export function deleteStep(call: Call): Answer {
  const { id } = stepOf(call);
  const task = taskOf(call);
  keep(call, task, { steps: task.steps.filter((each) => each.id !== id) });
  return { status: 204 };
}

export function getExtension(call: Call): Answer {
  const { name, content } = extensionOf(call);
  return { status: 200, body: extensionEntity(name, content) };
}

/** What Graph says to a name that is there already is not known; 409 is what it says elsewhere. */
export function postExtension(call: Call): Answer {
  const task = taskOf(call);
  const [name, content] = readExtension(bodyOf(call));
  if (task.extensions[name] !== undefined)
    throw new Refusal({ status: 409, code: 'nameAlreadyExists' }, 'An extension already exists with given id.');
  keep(call, task, { extensions: { ...task.extensions, [name]: content } });
  return { status: 201, body: extensionEntity(name, content) };
}

/** Sets the keys that are sent, and leaves the others. */
export function patchExtension(call: Call): Answer {
  const { name, content } = extensionOf(call);
  const merged = { ...content, ...without(bodyOf(call), '@odata.type', 'extensionName', 'id') };
  const task = taskOf(call);
  keep(call, task, { extensions: { ...task.extensions, [name]: merged } });
  return { status: 200, body: extensionEntity(name, merged) };
}

export function deleteExtension(call: Call): Answer {
  const { name } = extensionOf(call);
  const task = taskOf(call);
  keep(call, task, { extensions: without(task.extensions, name) });
  return { status: 204 };
}

function keep(
  { mailbox, hand }: Call,
  task: Task,
  children: Partial<Pick<Task, 'link' | 'steps' | 'extensions'>>,
): void {
  mailbox.put(hand, task, { ...task, ...children });
}

function linkOf(call: Call): Link {
  const { link } = taskOf(call);
  if (link?.id !== wellFormed(call.ids[2] ?? '')) throw notFound();
  return link;
}

function stepOf(call: Call): Step {
  const id = wellFormed(call.ids[2] ?? '');
  const step = taskOf(call).steps.find((each) => each.id === id);
  if (step === undefined) throw notFound();
  return step;
}

function extensionOf(call: Call): { readonly name: string; readonly content: Json } {
  const name = extensionName(call.ids[2] ?? '');
  const content = taskOf(call).extensions[name];
  if (content === undefined) throw notFound();
  return { name, content };
}
