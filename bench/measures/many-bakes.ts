import { fourthFailureAt } from '../fourth-failure.ts';
import { startGround, type Ground, type Lot } from '../ground.ts';
import type { Measure, Surroundings } from '../measure.ts';
import { seconds } from '../statistics.ts';

const GOAL_MS = 1_000;

/** One worker watches many bakes, and one black turns ill: the others must not delay its rollback. */
export const manyBakes: Measure = {
  name: 'many-bakes',
  doing: 'one of many bakes on one worker goes ill (about 2 min)',
  run: async (surroundings) => {
    const count = surroundings.quick ? 40 : 200;
    const alone = await overheadAmong(1, surroundings);
    const among = await overheadAmong(count, surroundings);
    return [
      {
        measure: `rollback of one ill bake among ${count} on one worker`,
        goal: `${seconds(GOAL_MS)} later than alone`,
        reached: `${seconds(Math.max(0, among - alone))} later`,
        yardstick: `after the 4th failed probe: ${seconds(alone)} alone, ${seconds(among)} among ${count}`,
        ok: among - alone <= GOAL_MS,
      },
    ];
  },
};

/** From the probe that decided to the accepted batch, with so many bakes at once. */
async function overheadAmong(count: number, { temporal }: Surroundings): Promise<number> {
  const ground = await startGround(await temporal(), { records: count, blacks: 1 });
  try {
    const flags = { bake: '15m' };
    const runs = await Promise.all(ground.lots.map((lot) => ground.deploy(lot, { flags })));
    await Promise.all(runs.map((run) => run.until(({ phase }) => phase === 'holding')));
    return await overheadOfFirst(ground, ground.lots[0], runs);
  } finally {
    await ground.close();
  }
}

async function overheadOfFirst(
  { temporal }: Ground,
  ill: Lot | undefined,
  runs: readonly Awaited<ReturnType<Ground['deploy']>>[],
): Promise<number> {
  const run = runs.find(({ lot }) => lot === ill);
  if (run === undefined) throw new Error('no bake was started');
  await run.lot.black.behave({ kind: 'status', status: 503 });
  const decidedAt = fourthFailureAt(await run.end());
  const overMs = run.revertedAt() - decidedAt;
  // What is left baking has no more to show: without this it would probe on beside the next measure.
  const others = runs.filter((other) => other !== run);
  const { workflow } = temporal.client.client;
  await Promise.all(others.map(({ run: { workflowId } }) => workflow.getHandle(workflowId).terminate('measured')));
  return overMs;
}
