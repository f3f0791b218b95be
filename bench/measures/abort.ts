import { setTimeout as sleep } from 'node:timers/promises';
import { fastRequest } from '../../demo/fast-request.ts';
import { askToAbort } from '../../src/cli/follow.ts';
import { MESSAGES, type DeployRequest, type DeployStatus, type PauseRequest } from '../../src/contracts/deploy.ts';
import { startGround, type Deployment, type Ground, type Lot } from '../ground.ts';
import type { Measure, Row } from '../measure.ts';
import { median, percentile, seconds } from '../statistics.ts';

const GOAL_MS = 1_000;
const SPEED = 20;
/** Long enough for an abort to come before it ends by itself. */
const INSYNC_MS = 3_000;
const AT_ONCE = 4;

interface Stage {
  readonly name: string;
  readonly reached: (status: DeployStatus) => boolean;
  /** What brings the run there from a hold. */
  readonly prepare?: (ground: Ground, run: Deployment) => Promise<void>;
}

/** Every stage in which a batch of ours stands at the record. */
const STAGES: readonly Stage[] = [
  { name: 'waiting for INSYNC at 10 %', reached: ({ phase, share }) => phase === 'settling' && share === 10 },
  { name: 'watching 10 %', reached: ({ phase, share }) => phase === 'holding' && share === 10 },
  { name: 'waiting for INSYNC at 100 %', reached: ({ phase, share }) => phase === 'settling' && share === 100 },
  { name: 'watching 100 %', reached: ({ phase, share }) => phase === 'holding' && share === 100 },
  {
    name: 'paused at 10 %',
    reached: ({ phase, share }) => phase === 'holding' && share === 10,
    prepare: pause,
  },
];

/** An operator aborts: from the word to the batch that Route 53 accepts. */
export const abort: Measure = {
  name: 'abort',
  doing: 'deployments are aborted in every stage (about 3 min)',
  run: async ({ quick, temporal }) => {
    const times = quick ? 3 : 12;
    const records = times * STAGES.length;
    const ground = await startGround(await temporal(), { records, blacks: 0, insyncAfterMs: INSYNC_MS });
    try {
      const rows: Row[] = [];
      for (const [index, stage] of STAGES.entries()) {
        rows.push(await inStage(ground, stage, ground.lots.slice(index * times, (index + 1) * times)));
      }
      return rows;
    } finally {
      await ground.close();
    }
  },
};

async function inStage(ground: Ground, stage: Stage, lots: readonly Lot[]): Promise<Row> {
  const took: number[] = [];
  for (let at = 0; at < lots.length; at += AT_ONCE) {
    took.push(...(await Promise.all(lots.slice(at, at + AT_ONCE).map((lot) => once(ground, stage, lot)))));
  }
  const slowest = percentile(took, 99);
  return {
    measure: `abort -> batch accepted, ${stage.name}`,
    goal: `p99 ${seconds(GOAL_MS)}`,
    reached: `p99 ${seconds(slowest)} of ${took.length}`,
    yardstick: `median ${seconds(median(took))}; the start of the client not counted`,
    ok: slowest <= GOAL_MS,
  };
}

async function once(ground: Ground, { reached, prepare }: Stage, lot: Lot): Promise<number> {
  const run = await ground.deploy(lot, { change: inSteps });
  await run.until(reached);
  await prepare?.(ground, run);
  await sleep(100 * Math.random()); // anywhere between two probes
  const askedAt = Date.now();
  await askToAbort(ground.temporal.client, run.run, { by: 'bench', reason: 'bench' });
  await run.end();
  return run.revertedAt() - askedAt;
}

/** Fast up to the stage that is waited for, which then lasts as long as it has to. */
function inSteps(request: DeployRequest): DeployRequest {
  const steps = [
    { share: 10, holdMs: 1_500 },
    { share: 100, holdMs: null },
  ];
  return { ...fastRequest(request, SPEED), steps, bakeMs: 60_000 };
}

async function pause({ temporal }: Ground, { run }: Deployment): Promise<void> {
  const handle = temporal.client.client.workflow.getHandle(run.workflowId);
  const args: [PauseRequest] = [{ by: 'bench', reason: 'bench' }];
  await handle.executeUpdate<unknown, [PauseRequest]>(MESSAGES.pause, { args });
}
