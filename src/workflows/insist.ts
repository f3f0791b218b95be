import { CancellationScope, condition } from '@temporalio/workflow';
import type { Pace, ResolveRequest } from '../contracts/deploy.ts';
import { clockTime } from '../core/clock-time.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { unlessDone } from './unless-done.ts';

/** A rollback on its way: of a record, or of a group's records in one zone. */
export interface WayBack {
  /** What sentences name. */
  readonly subject: string;
  readonly pace: Pace;
  /** What an operator has decided about it; null until then. */
  decision: ResolveRequest | null;
  block(sentence: string): void;
  unblock(): void;
  /** Leaves what stands, and ends the rollback as what it is. */
  leave(decision: ResolveRequest): Promise<never>;
}

/** Shows the rollback as blocked where it takes too long, while it goes on trying. */
export function patiently<T>(way: WayBack, patienceMs: number, body: () => Promise<T>): Promise<T> {
  const since = Date.now();
  const sentence = `the rollback of ${way.subject} has not succeeded since ${clockTime(since)}; it keeps trying.`;
  return unlessDone({ afterMs: patienceMs, summary: 'blocked after this', run: () => way.block(sentence) }, body);
}

/** Tries until it succeeds or until an operator decides otherwise; never gives up by itself (D8). */
export async function insist(way: WayBack, body: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round += 1) {
    const attempt: { error?: unknown; done: boolean } = { done: false };
    const scope = new CancellationScope();
    scope.run(body).then(
      () => (attempt.done = true),
      (error: unknown) => {
        attempt.error = error;
        attempt.done = true;
      },
    );
    await condition(() => attempt.done || way.decision !== null);
    if (!attempt.done) scope.cancel();
    await condition(() => attempt.done);
    if (attempt.error === undefined) break;
    await beforeNextTry(way, { error: attempt.error, round });
  }
  way.decision = null; // one that came too late to matter
  way.unblock();
}

/** Stops before anything is written, until an operator decides, or asks for the rollback after all. */
export async function stopUntilDecided(way: WayBack, reason: string, isAskedFor: () => boolean): Promise<void> {
  way.block(reason);
  await condition(() => way.decision !== null || isAskedFor());
  await obey(way);
}

async function beforeNextTry(way: WayBack, tried: { error: unknown; round: number }): Promise<void> {
  const said = whatItSays(tried.error);
  if (said.type === 'Superseded') throw tried.error;
  if (way.decision === null) way.block(said.sentence);
  const decided = () => way.decision !== null;
  // What was written is not what is seen: it may heal, so the record is read, and if need be written, again.
  if (said.type === 'WrongAnswer' || said.type === 'NotInSync') await condition(decided, backOff(way, tried.round));
  else await condition(decided);
  await obey(way);
}

function backOff({ pace }: WayBack, round: number): number {
  return Math.min(pace.retry.maxMs, pace.retry.firstMs * 2 ** Math.min(round, 10));
}

/** Carries out what an operator decided: returns to try again, or ends the rollback. */
async function obey(way: WayBack): Promise<void> {
  const { decision } = way;
  way.decision = null;
  way.unblock();
  if (decision?.decision === 'leave') await way.leave(decision);
}
