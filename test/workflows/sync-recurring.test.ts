import type { Fault } from '../../sandbox/faults.ts';
import { appliedBy, copyOf, writesDuring } from '../support/sync-copies.ts';
import { attempt } from '../support/sync-direct.ts';
import { brokenSyncPromises } from '../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

const FIRST = '2030-05-06';
const SECOND = '2030-05-07';

test.concurrent(
  'the copy of a recurring task is a plain task, and shows the next occurrence after each completion',
  async () => {
    const { rig, id } = await startDaily();
    expect(copyOf(rig, id)).toMatchObject({
      recurrence: null,
      due: expect.stringContaining('2030-05-05T22:00') as string,
    });
    expect(copyOf(rig, id).body.content).toContain('Due: every day');

    for (const [day, turn] of [
      [SECOND, 1],
      ['2030-05-08', 2],
    ] as const) {
      rig.graph.person.complete(copyOf(rig, id).id);
      expect(appliedBy(await rig.sync())).toEqual({ close: 1, reopen: 1 });
      expect([rig.todoist.task(id).due?.date, rig.todoist.closures().length]).toEqual([day, turn]);
    }
    expect(copyOf(rig, id)).toMatchObject({
      status: 'notStarted',
      due: expect.stringContaining('2030-05-07T22:00') as string,
    });
    expect(brokenSyncPromises(rig)).toEqual([]);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
  },
);

const LOST: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: 'is refused before its effect', fault: { kind: 'refuse', status: 503, code: 'SERVICE_UNAVAILABLE' } },
  { name: 'is obeyed and its answer is cut off', fault: { kind: 'apply-then-reset' } },
  { name: 'is obeyed and never answered', fault: { kind: 'apply-then-hang' } },
  { name: 'is obeyed and answered with an error', fault: { kind: 'apply-then-error' } },
  { name: 'lands after it was given up', fault: { kind: 'apply-late', afterMs: 900 } },
];

test.concurrent.each(LOST)('one completion closes one occurrence where the closing $name (S3)', async ({ fault }) => {
  const { rig, id } = await startDaily();
  rig.graph.person.complete(copyOf(rig, id).id);
  const strike = rig.todoist.faults.add({ operation: 'sync write', fault });

  await rig.sync();
  expect(strike.fired()).toBe(1);
  await rig.sync();
  expect([rig.todoist.task(id).due?.date, rig.todoist.closures().length]).toEqual([SECOND, 1]);
  expect(brokenSyncPromises(rig)).toEqual([]);
});

test.concurrent('attempts that Temporal has lost sight of close one occurrence (S3)', async () => {
  const { rig, id } = await startDaily();
  rig.graph.person.complete(copyOf(rig, id).id);
  await Promise.all([rig.sync(), attempt(rig).end, attempt(rig).end]);
  await rig.sync();
  expect([rig.todoist.task(id).due?.date, rig.todoist.closures().length]).toEqual([SECOND, 1]);
  expect(brokenSyncPromises(rig)).toEqual([]);
});

test.concurrent('an occurrence that was completed on both sides is closed once (S3)', async () => {
  const { rig, id } = await startDaily();
  rig.graph.person.complete(copyOf(rig, id).id);
  rig.todoist.person.complete(id);

  const end = await rig.sync();
  expect(appliedBy(end)).toEqual({ reopen: 1 });
  expect(end.report?.totals.overruled).toEqual([id]);
  expect(rig.todoist.closures().map(({ by }) => by)).toEqual(['person']);
  expect(copyOf(rig, id)).toMatchObject({
    status: 'notStarted',
    due: expect.stringContaining('2030-05-06T22:00') as string,
  });
});

test.concurrent('an occurrence that was rescheduled after its copy was completed stays open (S3)', async () => {
  const { rig, id } = await startDaily();
  rig.graph.person.complete(copyOf(rig, id).id);
  rig.todoist.person.edit(id, { due: { date: '2030-06-01', string: 'every day' } });
  expect(appliedBy(await rig.sync())).toEqual({ reopen: 1 });
  expect(rig.todoist.closures()).toEqual([]);
  expect(brokenSyncPromises(rig)).toEqual([]);
});

async function startDaily(): Promise<{ readonly rig: SyncRig; readonly id: string }> {
  const rig = await yard.rig();
  const id = rig.todoist.person.add({ content: 'Water the plants', due: { date: FIRST, string: 'every day' } });
  await rig.sync();
  return { rig, id };
}
