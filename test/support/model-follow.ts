import { until } from './faults-strike.ts';
import type { ModelRun, World } from './model-world.ts';

/** A run that shows no sign for this long waits for something that only the world can mend. */
const STUCK_MS = 1_500;

/** For this long the scenario alone decides an approval. */
const UNDECIDED_MS = 600;

/** With everything mended, a run that has not ended after this long never will. */
const ENDLESS_MS = 40_000;

/** Lets the run end: what it waits for is mended, and what nobody else can end is decided. Null when it has ended. */
export async function follow(world: World, run: ModelRun): Promise<string | null> {
  const over = { yet: false };
  void run.end().then(() => (over.yet = true));
  const begun = Date.now();
  let blockedSince: number | null = null;
  await until(async () => {
    if (over.yet || Date.now() - begun > ENDLESS_MS) return true;
    const status = await run.status().catch(() => null); // a busy machine's worker may not answer in time
    if (status === null) return false;
    const { blocked, pausedSince, approval } = status;
    if (approval != null && Date.now() - approval.since > UNDECIDED_MS) await world.answer(run);
    const sign = pausedSince ?? world.lastSign(); // a hold that is paused goes on watching
    if (blocked === null && Date.now() - sign < STUCK_MS) return false;
    await world.mend(run);
    blockedSince = blocked === null ? null : (blockedSince ?? Date.now());
    if (blockedSince !== null && Date.now() - blockedSince > STUCK_MS) await world.decide(run);
    return over.yet;
  }, 100);
  if (over.yet) return null;
  const { phase, blocked, stages } = await run.status();
  await run.handle.terminate('it does not end');
  return `D8: it does not end, although nothing fails any more: ${phase}, ${stages.at(-1)?.label ?? ''}, ${blocked?.sentence ?? 'not blocked'}`;
}
