/** Applies what fits into an attempt, as long as it counts, and keeps what came of it. */
import { cleanText } from '../../core/clean-text.ts';
import type { Zone } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import { failure } from '../../policies/failures.ts';
import { applyActions, type ActionEnd } from './apply-actions.ts';
import type { Chunk } from './open-chunk.ts';
import { noteThrottle, setAside } from './progress.ts';
import type { Services } from './services.ts';

/** @throws what kept the rest from being sent. */
export async function applyChunk(
  chunk: Chunk,
  actions: readonly Action[],
  at: { readonly services: Services; readonly zone: Zone },
): Promise<void> {
  const { input, pulse, progress } = chunk;
  let moved = 0;
  await chunk.lease.renew();
  if (chunk.lease.lost()) throw cutOff(chunk);
  progress.doing = `applying ${actions.length}`;
  const stopped = await applyActions(actions, {
    services: at.services,
    spec: input.spec,
    zone: at.zone,
    now: pulse.now,
    signal: pulse.signal,
    pause: (ms) => throttle(chunk, ms),
    mustStop: () => pulse.signal.aborted || chunk.lease.lost(),
    hasWritten: () => Object.values(progress.applied).some((count) => count > 0),
    madeList: (list) => chunk.madeLists.push(list),
    sending: (action) => chunk.patience.sent(action, pulse.now()),
    ended: (action, end) => {
      if (end.kind === 'done') moved += 1;
      note(chunk, action, end);
    },
  });
  await pulse.sleep(0); // rejects where the work was cancelled meanwhile
  if (chunk.lease.lost()) throw cutOff(chunk);
  if (stopped !== null) throw stopped;
  if (moved > 0) chunk.troubleSince = null;
}

function note(chunk: Chunk, action: Action, end: ActionEnd): void {
  const { progress, patience, pulse, tries } = chunk;
  if (end.kind !== 'skipped') tries.set(action.source, (tries.get(action.source) ?? 0) + 1);
  if (end.kind === 'done') {
    progress.applied[action.kind] += 1;
    chunk.applied += 1;
    if ('removal' in action && action.removal) progress.removed += 1;
    patience.done(action, pulse.now());
    return;
  }
  if (end.kind === 'refused') setAside(progress, { id: action.source, reason: end.reason });
  if (end.kind === 'unclear') {
    progress.retried += 1;
    patience.sent(action, pulse.now()); // it may have left only now: requests wait for their turn
  } else patience.notDone(action);
  // A task that is not as it was read when it should be closed is another in Todoist, not in To Do.
  if (end.kind === 'changed' && action.kind !== 'close') patience.refused(action, pulse.now());
}

async function throttle({ progress, pulse }: Chunk, ms: number): Promise<void> {
  noteThrottle(progress, ms);
  await pulse.sleep(ms);
}

function cutOff({ lease }: Chunk) {
  const trouble = lease.trouble();
  if (trouble === null)
    return failure(
      'Unavailable',
      'For Temporal this attempt is over, or it was asleep for so long that it may be: it stops here, and the next goes on.',
    );
  return failure('Unavailable', `Temporal cannot be asked whether this attempt counts (${cleanText(trouble, 200)}).`, {
    next: 'The next one goes on. If it stays so: the worker has to be allowed to describe and to list the workflows of its namespace.',
  });
}
