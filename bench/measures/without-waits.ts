import type { Route53Client } from '@aws-sdk/client-route-53';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import type { DeployRequest } from '../../src/contracts/deploy.ts';
import { apply, serving, setsOf, zoneIdOf } from '../bare/calls.ts';
import { startGround, type Ground, type Lot } from '../ground.ts';
import type { Measure } from '../measure.ts';
import { median, seconds } from '../statistics.ts';

const GOAL_RATIO = 3;
const GOAL_MORE_MS = 600;
const POLL_MS = 20;

/** What durability, the fence and the proofs cost: a deployment that waits for nothing, against the same moves by bare calls. */
export const withoutWaits: Measure = {
  name: 'without-waits',
  doing: 'deployments without waits (about 15 s)',
  run: async ({ quick, temporal }) => {
    const times = quick ? 3 : 10;
    const ground = await startGround(await temporal(), { records: 2 * times + 1, blacks: 0, insyncAfterMs: 0 });
    try {
      const [warmUp, ...lots] = ground.lots;
      if (warmUp !== undefined) await deployed(ground, warmUp);
      const client = bareClient(ground);
      const [ours, bare]: [number[], number[]] = [[], []];
      for (let time = 0; time < times; time++) {
        ours.push(await timed(lots[2 * time], (lot) => deployed(ground, lot)));
        bare.push(await timed(lots[2 * time + 1], (lot) => moved(client, ground, lot)));
      }
      const [mine, theirs] = [median(ours), median(bare)];
      return [
        {
          measure: 'a deployment without waits',
          goal: `${GOAL_RATIO} x, or within ${seconds(GOAL_MORE_MS)}`,
          reached: `${(mine / theirs).toFixed(1)} x, ${seconds(mine - theirs)} more (median of ${times})`,
          yardstick: `deployment ${seconds(mine)}, bare SDK calls ${seconds(theirs)}`,
          ok: mine <= GOAL_RATIO * theirs || mine - theirs <= GOAL_MORE_MS,
        },
      ];
    } finally {
      await ground.close();
    }
  },
};

async function timed(lot: Lot | undefined, work: (lot: Lot) => Promise<void>): Promise<number> {
  if (lot === undefined) throw new Error('there is no record left to move');
  const startedAt = performance.now();
  await work(lot);
  return performance.now() - startedAt;
}

async function deployed(ground: Ground, lot: Lot): Promise<void> {
  const run = await ground.deploy(lot, { flags: { unchecked: true, check: [] }, change: withoutAnyWait });
  const outcome = await ground.temporal.client.client.workflow
    .getHandle(run.run.workflowId, run.run.runId)
    .result()
    .then((report) => (report as { readonly outcome: string }).outcome);
  if (outcome !== 'promoted') throw new Error(`${lot.record}: expected promoted, found ${outcome}`);
}

function withoutAnyWait(request: DeployRequest): DeployRequest {
  const { pace } = request;
  return {
    ...request,
    holdMs: 0,
    bakeMs: 0,
    pace: {
      ...pace,
      insync: { ...pace.insync, pollMs: POLL_MS },
      verify: { ...pace.verify, inARow: 1, everyMs: 1 },
      stretch: { ...pace.stretch, minMs: 1 },
    },
  };
}

function bareClient({ sandbox }: Ground): Route53Client {
  const credentials = { accessKeyId: 'bare', secretAccessKey: 'bare' };
  return createAwsClients(loadConfig(sandbox.env()).aws, { credentials }).route53();
}

/** Reads, moves, settles, and writes once more where a deployment promotes. */
async function moved(client: Route53Client, { sandbox }: Ground, { record, black }: Lot): Promise<void> {
  const zoneId = await zoneIdOf(client, sandbox.zone);
  const before = await setsOf(client, zoneId, record);
  const deletions = before.map((ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet }));
  const wanted = { Action: 'CREATE' as const, ResourceRecordSet: serving(record, black.address) };
  await apply(client, zoneId, { changes: [...deletions, wanted], pollMs: POLL_MS });
  const again = { Action: 'UPSERT' as const, ResourceRecordSet: wanted.ResourceRecordSet };
  await apply(client, zoneId, { changes: [again], pollMs: POLL_MS });
  await setsOf(client, zoneId, record);
}
