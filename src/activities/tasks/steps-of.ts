/**
 * What an action asks of Microsoft Graph: steps that are sent in this order, in one batch, each only after the one before it.
 *
 * - S1 A copy and its marker are created by one request.
 * - S3 A completion of ours is marked before the status is written; an opening is marked after it. So no state in between looks like a
 *   completion that a person made. The status is written only where nobody has touched the task since.
 */
import { assertNever } from '../../core/assert-never.ts';
import { changeMarker, EXTENSION, OUR_EXTENSION, readMarker, writeLink, writeMarker } from '../../core/tasks/marker.ts';
import type { Mirror } from '../../core/tasks/mirrored.ts';
import { isSettled, type Copy, type Fields, type Marker, type Zone } from '../../core/tasks/model.ts';
import type { Action, CreateAction } from '../../core/tasks/plan.ts';
import { writeFields, type TodoTaskBody } from '../../core/tasks/write-fields.ts';
import type { GraphStep } from './services.ts';

export interface StepContext {
  readonly pair: string;
  readonly zone: Zone;
  /** Id of the list that a new task goes to. */
  readonly listId: string;
  readonly mirror: Mirror;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The steps of an action's first round. */
export function stepsOf(action: Action, context: StepContext): readonly GraphStep[] {
  switch (action.kind) {
    case 'create':
    case 'move':
      return [create(action, context)];
    case 'update':
      return [patchTask(action.copy, bodyOf(action, context)), mark(action.copy, action.marker)];
    case 'reopen':
      return [
        patchTask(action.copy, { ...bodyOf(action, context), status: 'notStarted' }),
        mark(action.copy, action.marker),
      ];
    case 'complete':
      if (isMarked(action.copy)) return [completeTask(action.copy, action.copy.etag)];
      // The mark changes the task's etag: both are read again, so that the second round completes what is marked and nothing else.
      return [mark(action.copy, action.marker), readMarked(action.copy)];
    case 'close':
      return [mark(action.copy, action.marker)];
    case 'remove':
      return [{ method: 'GET', path: pathOf(action.copy), name: 'GET task' }];
    case 'adopt':
      return [
        addExtension(pathOf(action.stranger), action.marker),
        addLink(pathOf(action.stranger), context.pair, action.source),
      ];
    case 'repair':
      return [
        ...(action.marker === null ? [] : [mark(action.copy, action.marker)]),
        ...(action.link ? [addLink(pathOf(action.copy), context.pair, action.source)] : []),
      ];
    default:
      return assertNever(action);
  }
}

/** The steps of its second round, made from what the first one read last; none where the task is another by now. */
export function stepsAfter(action: Action, read: unknown): readonly GraphStep[] {
  const etag = (read as { readonly '@odata.etag'?: unknown } | null)?.['@odata.etag'];
  if (typeof etag !== 'string') return [];
  if (action.kind === 'complete') return isKnown(read) ? [completeTask(action.copy, etag)] : [];
  // Graph ignores If-Match on a DELETE (facts B2): comparing just before is all that can be done.
  const same = action.kind === 'remove' && etag === action.copy.etag;
  return same ? [{ method: 'DELETE', path: pathOf(action.copy), name: 'DELETE task' }] : [];
}

/** Not where a plan is late, and marked a turn that has passed: the copy was opened again since, and this would look like a person's. */
function isKnown(read: unknown): boolean {
  const marker = readMarker((read as { readonly extensions?: unknown }).extensions);
  return marker !== null && isSettled(marker);
}

function create(action: CreateAction, context: StepContext): GraphStep {
  const { source, marker } = action;
  const marks = { linkedResources: [writeLink(context.pair, source)], extensions: [writeMarker(marker)] };
  const path = `/todo/lists/${encodeURIComponent(context.listId)}/tasks`;
  return { method: 'POST', path, body: { ...bodyOf(action, context), ...marks }, name: 'POST task' };
}

function bodyOf({ fields }: { readonly fields: Fields }, { zone, mirror, now }: StepContext): TodoTaskBody {
  return writeFields(fields, zone, { mirror, now });
}

function patchTask(copy: Copy, body: unknown): GraphStep {
  return { method: 'PATCH', path: pathOf(copy), body, ifMatch: copy.etag, name: 'PATCH task' };
}

/** Whether a look has shown the mark already: where reads lag, only such a look has the etag that goes with it. */
export function isMarked({ marker }: Copy): boolean {
  return marker !== null && isSettled(marker);
}

function completeTask(copy: Copy, etag: string): GraphStep {
  return { ...patchTask(copy, { status: 'completed' }), ifMatch: etag };
}

function readMarked(copy: Copy): GraphStep {
  const path = `${pathOf(copy)}?$expand=${encodeURIComponent(OUR_EXTENSION)}`;
  return { method: 'GET', path, name: 'GET task' };
}

function mark(copy: Copy, marker: Marker): GraphStep {
  if (copy.marker === null) return addExtension(pathOf(copy), marker);
  const path = `${pathOf(copy)}/extensions/${EXTENSION}`;
  return { method: 'PATCH', path, body: changeMarker(marker), name: 'PATCH extension' };
}

function addExtension(task: string, marker: Marker): GraphStep {
  return { method: 'POST', path: `${task}/extensions`, body: writeMarker(marker), name: 'POST extension' };
}

function addLink(task: string, pair: string, source: string): GraphStep {
  return {
    method: 'POST',
    path: `${task}/linkedResources`,
    body: writeLink(pair, source),
    name: 'POST linkedResource',
  };
}

function pathOf({ id, listId }: { readonly id: string; readonly listId: string }): string {
  return `/todo/lists/${encodeURIComponent(listId)}/tasks/${encodeURIComponent(id)}`;
}
