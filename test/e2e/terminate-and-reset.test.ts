import { runClient, type Ran } from '../support/e2e-child.ts';
import { brokenPromises } from '../support/promises.ts';
import { firstWorkflowTask, setBack, workflowTaskBefore } from '../support/set-back.ts';
import { startYard, type Deployment, type Rig, type Yard } from '../support/yard.ts';

/** Runs that Temporal ends or sets back in the middle, without asking them (D6). */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const HALF = [
  { share: 50, holdMs: 120_000 },
  { share: 100, holdMs: 200 },
];

/** Nobody answers there: a reset works without Temporal. */
const NO_TEMPORAL = '127.0.0.1:1';

test.concurrent(
  'after a termination at 50 %, the next deployment refuses until a reset has repaired the record (D6)',
  async () => {
    const { rig, run } = await atHalf();
    await run.handle.terminate('a test pulled the plug');

    const next = await (await rig.deploy()).end();
    expect(next).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(next.message).toContain(`_switchyard.${rig.record}: expected a fence at rest, found stage step`);
    expect(next.message).toContain(`switchyard reset ${rig.record} --to-snapshot`);
    expect(rig.observer.now()).toBe('50 %');

    expect(await reset(rig, '--to-snapshot')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('restored') as string,
    });
    expect(rig.observer.now()).toBe('red');
    expect(rig.observer.fenceStage()).toBe('reset');

    expect((await (await rig.deploy()).end()).report?.outcome).toBe('promoted');
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red', 'black']);
    expect(brokenPromises(rig, ['red', '50 %', 'black'])).toEqual([]);
  },
);

test.concurrent('a run that was reset to its beginning refuses, and writes nothing (D6)', async () => {
  const { rig, run } = await atHalf();
  const writes = rig.observer.writes();

  const again = await setBack(yard.temporal, run, firstWorkflowTask);

  expect(await again.end()).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
  expect(rig.observer.writes()).toBe(writes);
  expect(rig.observer.now()).toBe('50 %');
  expect((await reset(rig, '--to-snapshot')).exit).toBe(0);
  expect(rig.observer.now()).toBe('red');
});

test.concurrent('a run that was reset to before its first write does not write it again (D2, D6)', async () => {
  const { rig, run } = await atHalf();
  const writes = rig.observer.writes();

  const again = await setBack(yard.temporal, run, (events) => workflowTaskBefore(events, 'swapRecord'));

  const end = await again.end();
  expect(end.status).toBe('FAILED');
  expect(rig.observer.writes()).toBe(writes);
  expect(rig.observer.now()).toBe('50 %');
  expect((await (await rig.deploy()).end()).type).toBe('Refused');
});

test.concurrent(
  'a reset by hand during a deployment ends it as superseded, and it writes nothing more (D3, D6)',
  async () => {
    const { rig, run } = await atHalf();

    expect((await reset(rig, '--to', '192.0.2.10')).exit).toBe(0);
    const writes = rig.observer.writes();

    expect(await run.end()).toMatchObject({ type: 'Superseded', report: { outcome: 'superseded' } });
    expect(rig.observer.writes()).toBe(writes);
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
    expect(rig.observer.fenceStage()).toBe('reset');
  },
);

async function atHalf(): Promise<{ rig: Rig; run: Deployment }> {
  const rig = await yard.rig();
  const run = await rig.deploy({ steps: HALF });
  await run.until(({ phase, share }) => phase === 'holding' && share === 50);
  return { rig, run };
}

function reset({ sandbox, record }: Rig, ...flags: readonly string[]): Promise<Ran> {
  return runClient({ sandbox, address: NO_TEMPORAL }, ['reset', record, ...flags]);
}
