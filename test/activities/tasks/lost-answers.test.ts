/** What a run makes of answers that it does not get, or that say less than they seem to: no second copy, and nothing set aside too soon. */
import type { GraphStandIn } from '../../../sandbox/graph/stand-in.ts';
import type { SyncChunk } from '../../../src/contracts/sync-activities.ts';
import { attempt, runDirectly } from '../../support/sync-direct.ts';
import { brokenSyncPromises } from '../../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncRigOptions, type SyncYard } from '../../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(() => yard.close());

async function rigWith(tasks: number, options: SyncRigOptions = {}): Promise<SyncRig> {
  const timeouts = { readMs: 10_000, writeMs: 10_000 }; // nothing here waits for one
  const rig = await yard.rig({ timeouts, ...options });
  for (let i = 0; i < tasks; i++) rig.todoist.person.add({ content: `task ${i}` });
  return rig;
}

const created = ({ log }: GraphStandIn): number =>
  log.filter(({ by, op }) => by === 'api' && op === 'POST task').length;

/** How often Todoist was asked for something. */
const asked = ({ todoist }: SyncRig, operation: string): number =>
  todoist.faults.seen.filter((request) => request.operation === operation).length;

const openTitles = ({ graph }: SyncRig): readonly string[] =>
  graph.tasks().flatMap(({ title, status }) => (status === 'completed' ? [] : [title]));

/** Attempts one after another, as Temporal makes them, until one of them is done. */
async function untilDone(rig: SyncRig): Promise<SyncChunk> {
  let heartbeatDetails: unknown;
  for (let number = 1; number < 5; number++) {
    const one = attempt(rig, { info: { attempt: number, heartbeatDetails } });
    const chunk = await one.end.catch(() => null);
    heartbeatDetails = one.lastBeat();
    if (chunk !== null) return chunk;
  }
  throw new Error('five attempts, and none was done');
}

describe('a creation', () => {
  test.concurrent.each(['faults', 'steps'] as const)(
    'that is obeyed and answered by "busy, come back in 1 s" is not sent again unseen (S1, %s)',
    async (place) => {
      const rig = await rigWith(3, { graph: { lagMs: 300 } });
      const fault = { kind: 'apply-then-error', status: 503, retryAfterSeconds: 1 } as const;
      rig.graph[place].add({ operation: place === 'steps' ? 'POST task' : '$batch', fault });
      expect(await untilDone(rig)).toMatchObject({ done: true, setAside: [] });
      expect(created(rig.graph)).toBe(3);
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );
});

describe('what became of a task', () => {
  test.concurrent('is not asked of those that the snapshot shows, however many leave the scope', async () => {
    const rig = await rigWith(12);
    await runDirectly(rig);
    const scope = { kind: 'label', label: 'nobody has it' } as const;
    const spec = rig.spec({ from: { ...rig.spec().from, scope } });
    await runDirectly(rig, { spec, allowRemovals: 12 });
    expect(openTitles(rig)).toEqual([]);
    expect(asked(rig, 'GET task') + asked(rig, 'GET completed')).toBe(0);
  });

  test.concurrent('is asked again where one answer is lost, and nothing is set aside for it (S5)', async () => {
    const rig = await rigWith(2);
    await runDirectly(rig);
    const [gone] = rig.todoist.tasks();
    rig.todoist.person.complete(gone?.id ?? '');
    rig.todoist.faults.add({ operation: 'GET task', fault: { kind: 'reset' } });
    expect(await attempt(rig).end).toMatchObject({ done: true, setAside: [] });
    expect(openTitles(rig)).toEqual(['task 1']);
    expect(asked(rig, 'GET task')).toBeGreaterThan(1);
  });

  test.concurrent('is given up, and the task named, where it stays untold (S5)', async () => {
    const rig = await rigWith(2, { pace: { settleMs: 400 } });
    await runDirectly(rig);
    const [gone] = rig.todoist.tasks();
    rig.todoist.person.complete(gone?.id ?? '');
    rig.todoist.faults.add({ operation: 'GET task', fault: { kind: 'reset' }, times: Infinity });
    const { setAside } = await untilDone(rig);
    expect(setAside).toEqual([{ id: gone?.id, reason: expect.stringMatching(/^Todoist did not tell/) as string }]);
    expect(asked(rig, 'GET task')).toBeGreaterThanOrEqual(6);
    expect(openTitles(rig).toSorted()).toEqual(['task 0', 'task 1']);
  });

  test.concurrent('in a project that was left is no riddle: it is out of scope (S5)', async () => {
    const rig = await rigWith(1);
    const { person } = rig.todoist;
    const project = person.addProject('Team');
    person.share(project, rig.todoist.addUser({ email: 'bob@example.com' }));
    person.add({ content: 'ours', project });
    await runDirectly(rig);
    person.leaveProject(project);
    await runDirectly(rig);
    expect(openTitles(rig)).toEqual(['task 0']);
  });
});
