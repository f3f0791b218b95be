import type { Answer } from './answer.ts';
import { bodyOf, listIdOf } from './call.ts';
import type { Call } from './call.ts';
import { deltaOf, pageOf } from './collection.ts';
import { stringIn } from './json.ts';
import { allowOptions } from './query-options.ts';
import { invalid } from './refusal.ts';
import { listEntity } from './task-entity.ts';
import type { TodoList } from './task.ts';

export function getUser({ mailbox, query }: Call): Answer {
  allowOptions(query, '$select');
  return { status: 200, body: mailbox.user };
}

export function getLists(call: Call): Answer {
  allowOptions(call.query, '$top', '$skip');
  return pageOf(call, call.mailbox.lists.everyShown(), listEntity);
}

export function getListsDelta(call: Call): Answer {
  return deltaOf(call, { scope: 'lists', shelf: call.mailbox.lists, tell: listEntity });
}

export function getList({ mailbox, query, ids: [id = ''] }: Call): Answer {
  allowOptions(query);
  return { status: 200, body: listEntity(mailbox.list(id)) };
}

export function postList(call: Call): Answer {
  const list = call.mailbox.addList(call.hand, nameIn(call));
  return { status: 201, body: listEntity(list) };
}

/** If-Match is ignored, as the real service does. */
export function patchList(call: Call): Answer {
  const list = ownList(call);
  return { status: 200, body: listEntity(call.mailbox.renameList(call.hand, list, nameIn(call))) };
}

export function deleteList(call: Call): Answer {
  call.mailbox.removeList(call.hand, ownList(call));
  return { status: 204 };
}

function ownList(call: Call): TodoList {
  const list = call.mailbox.list(listIdOf(call));
  if (list.wellknownListName !== 'none') throw invalid('A well-known list cannot be changed.');
  return list;
}

/** Two lists may have the same name. */
function nameIn(call: Call): string {
  const body = bodyOf(call);
  const unknown = Object.keys(body).filter((key) => key !== 'displayName' && !key.startsWith('@'));
  if (unknown.length > 0) throw invalid(`A list cannot be given '${unknown.join("', '")}'.`, 'RequestBodyRead');
  const name = stringIn(body['displayName'], 'displayName').trim();
  if (name === '') throw invalid("The property 'displayName' must not be empty.");
  return name;
}
