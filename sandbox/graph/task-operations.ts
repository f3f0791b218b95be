import type { Answer } from './answer.ts';
import { bodyOf, checkIfMatch, listIdOf, taskOf, zoneOf } from './call.ts';
import type { Call } from './call.ts';
import { deltaOf, pageOf, replicaOf } from './collection.ts';
import { allowOptions, expansionOf, filterOf, inOrder } from './query-options.ts';
import { notFound, unreadableQuery } from './refusal.ts';
import { createTask, patchTask } from './task-changes.ts';
import { taskEntity } from './task-entity.ts';
import type { Telling } from './task-entity.ts';
import type { Task } from './task.ts';
import { wellFormed } from './ids.ts';

export function getTasks(call: Call): Answer {
  const { query, mailbox } = call;
  allowOptions(query, '$filter', '$expand', '$orderby', '$top', '$skip');
  const telling = tellingOf(call);
  const [shelf, isWanted] = [mailbox.tasksOf(listIdOf(call)), filterOf(query.get('$filter'))];
  const found = shelf.everyShown(replicaOf(call, shelf)).filter(isWanted);
  return pageOf(call, inOrder(found, query.get('$orderby')), (task) => taskEntity(task, telling));
}

/** Whole tasks, never differences; never what an extension holds. */
export function getTasksDelta(call: Call): Answer {
  const listId = listIdOf(call);
  const telling = { zone: zoneOf(call), extension: null };
  const shelf = call.mailbox.tasksOf(listId);
  return deltaOf(call, { scope: listId, shelf, tell: (task) => taskEntity(task, telling) });
}

export function getTask(call: Call): Answer {
  const { query, mailbox, ids } = call;
  allowOptions(query, '$expand');
  const telling = tellingOf(call);
  const task = mailbox.tasksOf(listIdOf(call)).shown(wellFormed(ids[1] ?? ''));
  if (task === undefined) throw notFound();
  return told(200, task, telling);
}

export function postTask(call: Call): Answer {
  const { mailbox, hand } = call;
  return told(201, createTask(mailbox, hand, { listId: listIdOf(call), body: bodyOf(call) }), IN_UTC);
}

export function patchTaskOperation(call: Call): Answer {
  const task = taskOf(call);
  checkIfMatch(call, task.etag);
  return told(200, patchTask(call.mailbox, call.hand, { task, body: bodyOf(call) }), IN_UTC);
}

/** If-Match is ignored, as the real service does. */
export function deleteTask(call: Call): Answer {
  call.mailbox.drop(call.hand, taskOf(call));
  return { status: 204 };
}

const IN_UTC: Telling = { zone: 'UTC', extension: null };

function tellingOf(call: Call): Telling {
  const { linkedResources, extension } = expansionOf(call.query);
  if (linkedResources && call.mailbox.settings.linkedResourcesExpand === 'refused')
    throw unreadableQuery("Parsing OData Select and Expand failed: 'linkedResources'.");
  return { zone: zoneOf(call), extension };
}

function told(status: number, task: Task, telling: Telling): Answer {
  return { status, body: taskEntity(task, telling) };
}
