import { Context } from '@temporalio/activity';
import { askOwners } from '../../src/activities/ask-owners.ts';
import { MESSAGES, type DeployReport, type MessageAnswer } from '../../src/contracts/deploy.ts';
import { endOf } from '../support/run-handle.ts';
import { CALM, groupDeployment, groupRig, type GroupDeployment, type GroupRig } from '../support/group-yard.ts';
import { firstWorkflowTask, setBack, workflowTaskBefore } from '../support/set-back.ts';
import { startYard, type Yard } from '../support/yard.ts';

let yard: Yard;
let namespaceId: string;
beforeAll(async () => {
  yard = await startYard(() => ({
    askOwners: ({ owners }: { owners: readonly string[] }) => askOwners(Context.current().client, owners),
  }));
  const { client, namespace } = yard.temporal;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  namespaceId = namespaceInfo?.id ?? '';
});
afterAll(() => yard.close());

const SEEN_SOON = 400;
const HELD = [
  { share: 50, holdMs: 30_000 },
  { share: 100, holdMs: 150 },
];

/** A group whose locks look after it as soon as `graceMs` says, held at 50 %. */
async function held(graceMs: number): Promise<{ rig: GroupRig; run: GroupDeployment }> {
  const rig = await groupRig(yard, { zones: 2, each: 1 });
  const run = await rig.deploy({}, { steps: HELD, namespaceId, pace: { ...CALM, graceMs } });
  await run.until(({ phase }) => phase === 'holding');
  return { rig, run };
}

type Back = Parameters<typeof setBack>[2];

async function backTo(run: GroupDeployment, to: Back): Promise<GroupDeployment> {
  const { handle } = await setBack(yard.temporal, run, to);
  return groupDeployment(handle);
}

const beforeTheSwap: Back = (events) => workflowTaskBefore(events, 'swapZone');
const beforeTheHold: Back = (events) => workflowTaskBefore(events, 'watchRecords');
const locksOf = (rig: GroupRig) => rig.records.map(({ record }) => rig.lockOf(record));
const HOUR = 3_600_000;

test.concurrent(
  'a group that is reset to before its first write ends, writes nothing more, and lets go of its locks: nobody could deploy its records again (G4, D6)',
  async () => {
    const { rig, run } = await held(HOUR);
    const writes = rig.sandbox.route53.log.length;
    const again = await backTo(run, beforeTheSwap);
    const end = await again.end();
    expect(end.report?.outcome).toBe('not-restored');
    for (const lock of locksOf(rig)) expect((await endOf<DeployReport>(lock)).status).toBe('FAILED');
    expect(rig.sandbox.route53.log.filter(({ accepted }) => accepted)).toHaveLength(writes);
    expect(rig.now()).toEqual(['50 %', '50 %']);
  },
);

test.concurrent(
  'a group that is reset to its first task takes over its own locks, and is refused by the fences alone (G4, D6)',
  async () => {
    const { rig, run } = await held(HOUR);
    const earlier = await Promise.all(locksOf(rig).map(async (lock) => (await lock.describe()).runId));
    const end = await (await backTo(run, firstWorkflowTask)).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(end.message).not.toMatch(/is being deployed already/);
    const later = await Promise.all(locksOf(rig).map(async (lock) => (await lock.describe()).runId));
    for (const [at, lock] of locksOf(rig).entries()) {
      expect(later[at]).not.toBe(earlier[at]);
      expect((await endOf<DeployReport>(lock)).report?.outcome).toBe('refused');
      const first = yard.temporal.client.workflow.getHandle(lock.workflowId, earlier[at]);
      expect((await endOf(first)).message).toMatch(/was reset, and holds it anew/);
    }
  },
);

test.concurrent(
  'the locks of a group that was reset and then terminated find out that it is gone, and leave the fences to the guard',
  async () => {
    const { rig, run } = await held(2 * SEEN_SOON);
    const again = await backTo(run, beforeTheHold);
    await again.handle.terminate('a test');
    for (const lock of locksOf(rig)) {
      const end = await endOf<DeployReport>(lock);
      expect(end).toMatchObject({ type: 'NotRestored', report: { outcome: 'not-restored' } });
      expect(end.message).toMatch(/has ended without letting it go/);
    }
    for (const { observer } of rig.records) expect(observer.fenceStage()).toBe('step');
  },
);

test.concurrent(
  'an abort of one record reaches its group that was reset meanwhile, and takes all back (G4)',
  async () => {
    const { rig, run } = await held(HOUR);
    const again = await backTo(run, beforeTheHold);
    await again.until(({ phase }) => phase === 'holding');
    const [lock] = locksOf(rig);
    const args: [object] = [{ by: 'a test', reason: 'a test asked for it' }];
    const { sentence } = await lock!.executeUpdate<MessageAnswer, [object]>(MESSAGES.abort, { args });
    expect(sentence).toMatch(/^group\/.*: /);
    expect((await again.end()).report?.outcome).toBe('rolled-back');
    for (const one of locksOf(rig)) expect((await endOf<DeployReport>(one)).report?.outcome).toBe('rolled-back');
    expect(rig.now()).toEqual(['red', 'red']);
  },
);
