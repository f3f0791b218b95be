import { freezeAt, untilWords, type FreezeWindow } from '../core/freeze.ts';
import { failure } from '../policies/failures.ts';
import type { Run } from './run.ts';

/**
 * A freeze refuses a cutover that has not begun: asked at the start, and again right before the first write, since the start may have
 * been queued and an approval takes its time. What has begun goes on, and nothing here stands in the way of a rollback (D8).
 */
export function mustNotBeFrozen(run: Run): void {
  const frozen = frozenNow(run);
  if (frozen !== null && run.request.freeze?.override == null) throw isFrozen(run.request.record, frozen);
}

/** Right before the first write: whoever looks later finds who went on in a freeze, and why. */
export function passFreeze(run: Run): void {
  mustNotBeFrozen(run);
  const frozen = frozenNow(run);
  const reason = run.request.freeze?.override ?? null;
  if (frozen === null || reason === null) return;
  const { by } = run.request;
  run.progress.show({ overrodeFreeze: { freeze: frozen.words, by, reason } });
  run.progress.notice(`${by} went on in the freeze until ${untilWords(frozen)}: ${reason}`);
}

function frozenNow({ request: { freeze } }: Run): FreezeWindow | null {
  return freeze === undefined ? null : freezeAt(freeze.windows, Date.now());
}

function isFrozen(record: string, window: FreezeWindow) {
  return failure('Frozen', `${record}: no cutover begins before ${untilWords(window)}.`, {
    next: 'Wait for its end, or go on with --override-freeze REASON.',
  });
}
