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

describe('what is not allowed or refused', () => {
  const forbidden = { kind: 'refuse', status: 403, code: 'ErrorAccessDenied' } as const;

  test.concurrent('in one list is set aside, and the rest is synced (S5)', async () => {
    const rig = await rigWith(3);
    await runDirectly(rig);
    for (const { id } of rig.todoist.tasks()) rig.todoist.person.edit(id, { priority: 4 });
    const path = encodeURIComponent(rig.graph.tasks()[0]?.id ?? '');
    const when = (request: { readonly path: string }): boolean => request.path.includes(path);
    rig.graph.steps.add({ operation: 'PATCH task', times: Infinity, when, fault: forbidden });
    const chunk = await attempt(rig).end;
    expect(chunk.setAside).toMatchObject([{ reason: expect.stringContaining('may not do this') as string }]);
    expect(chunk.totals.applied.update).toBe(2);
  });

  test.concurrent('at all stops the run, for the sign-in may not write', async () => {
    const rig = await rigWith(3);
    rig.graph.steps.add({ operation: '*', times: Infinity, fault: forbidden });
    await expect(attempt(rig).end).rejects.toThrow('may not do this');
  });

  const perProject = (rig: SyncRig) => ({
    spec: rig.spec({ to: { ...rig.spec().to, lists: { kind: 'per-project' } } }),
  });

  test.concurrent.each([400, 403, 409])(
    'as a list (%d) keeps its own tasks back, and no others (S5)',
    async (status) => {
      const rig = await rigWith(1);
      const bad = rig.todoist.person.addProject('Bad');
      const kept = rig.todoist.person.add({ content: 'kept back', project: bad });
      rig.todoist.person.add({ content: 'of another list', project: rig.todoist.person.addProject('Good') });
      const when = ({ body }: { readonly body: string }): boolean => body.includes('"Bad"');
      rig.graph.faults.add({ operation: 'POST list', times: Infinity, when, fault: { ...forbidden, status } });
      const chunk = await attempt(rig, { overrides: perProject(rig) }).end;
      expect(chunk).toMatchObject({ done: true, setAside: [{ id: kept }] });
      expect(chunk.setAside[0]?.reason).toMatch(/^its list cannot be made: /);
      expect([...openTitles(rig)].sort()).toEqual(['of another list', 'task 0']);
      rig.graph.faults.clear();
      await runDirectly(rig, perProject(rig));
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );

  test.concurrent('as lists are made only after everything that needs none (S5)', async () => {
    const rig = await rigWith(2);
    await runDirectly(rig, perProject(rig));
    for (const { id } of rig.todoist.tasks()) rig.todoist.person.edit(id, { priority: 4 });
    rig.todoist.person.add({ content: 'new', project: rig.todoist.person.addProject('New') });
    rig.graph.faults.add({
      operation: 'POST list',
      fault: { kind: 'refuse', status: 503, code: 'ServiceUnavailable' },
    });
    await expect(attempt(rig, { overrides: perProject(rig) }).end).rejects.toThrow('no usable answer');
    expect(rig.graph.tasks().map(({ importance }) => importance)).toEqual(['high', 'high']);
  });
});

describe('a removal', () => {
  test.concurrent('that was throttled after its copy was read is made only after another read (S3)', async () => {
    const rig = await rigWith(2);
    await runDirectly(rig);
    const { id = '', content = '' } = rig.todoist.tasks()[0] ?? {};
    rig.todoist.person.remove(id);
    const copy = rig.graph.tasks().find(({ title }) => title === content)?.id ?? '';
    const run = (): void => rig.graph.person.edit(copy, { title: 'edited meanwhile' });
    const throttled = { kind: 'refuse', status: 429, code: 'TooManyRequests' } as const;
    rig.graph.steps.add({ operation: 'DELETE task', fault: throttled });
    const seen = rig.graph.steps.seen.length;
    rig.graph.steps.add({ operation: 'GET task', after: 1, fault: { kind: 'meanwhile', run } });
    const spec = rig.spec({ onDeleted: 'delete', stopAt: { ...rig.spec().stopAt, empty: false } });
    await attempt(rig, { overrides: { spec } }).end;
    const steps = rig.graph.steps.seen.slice(seen).map(({ operation }) => operation);
    expect(steps).toEqual(['GET task', 'DELETE task', 'GET task', 'GET task', 'DELETE task']);
  });
});
