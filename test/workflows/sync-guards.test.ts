import type { PairSpec } from '../../src/contracts/sync.ts';
import { addTasks, appliedBy, copiesOf, writesDuring } from '../support/sync-copies.ts';
import { attempt } from '../support/sync-direct.ts';
import { brokenS3, brokenSyncPromises } from '../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

describe('before anything is removed (S4)', () => {
  test.concurrent('an emptied account stops the run, with the number and the flag that would allow it', async () => {
    const { rig, ids } = await startWith(12);
    for (const id of ids) rig.todoist.person.remove(id);

    const stopped = () => rig.sync();
    expect(await writesDuring(rig, stopped)).toBe(0);
    const end = await stopped();
    expect(end).toMatchObject({ status: 'FAILED', type: 'StoppedByGuard', report: { outcome: 'stopped' } });
    expect(end.message).toMatch(/No task of Todoist is in scope, and 12 of 12 open copies.*--allow-removals 12/s);
    expect(appliedBy(await rig.sync({ allowRemovals: 12 }))).toEqual({ complete: 12 });
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent('a single copy is enough for an emptied account to stop the run', async () => {
    const { rig, ids } = await startWith(1);
    rig.todoist.person.remove(ids[0] ?? '');
    expect(await rig.sync()).toMatchObject({ type: 'StoppedByGuard' });
    const spec = rig.spec({ stopAt: { ...rig.spec().stopAt, empty: false } });
    expect(appliedBy(await rig.sync({ spec }))).toEqual({ complete: 1 });
  });

  test.concurrent('too many removals stop the run, and so many as are allowed pass', async () => {
    const { rig, ids } = await startWith(20);
    for (const id of ids.slice(0, 6)) rig.todoist.person.remove(id);
    const added = rig.todoist.person.add({ content: 'New' });

    const end = await rig.sync();
    expect(end).toMatchObject({ type: 'StoppedByGuard', report: { outcome: 'stopped' } });
    expect(end.message).toMatch(/6 of 20 open copies.*more than 5 and 10 %.*--allow-removals 6/s);
    expect(copiesOf(rig, added)).toEqual([]); // nothing is written, not even what is harmless
    expect(await rig.sync({ allowRemovals: 5 })).toMatchObject({ type: 'StoppedByGuard' });
    expect(appliedBy(await rig.sync({ allowRemovals: 6 }))).toEqual({ complete: 6, create: 1 });
  });

  // A look is two reads: the second look of the first activity, and the first one of the second.
  test.concurrent.each([
    { chunk: 1_000, after: 2 },
    { chunk: 2, after: 4 },
  ])(
    'a source that shrinks bit by bit while a run works is stopped as one that shrinks at once (chunks of $chunk)',
    async ({ chunk, after }) => {
      const { rig, ids } = await startWith(20);
      for (const id of ids.slice(0, 4)) rig.todoist.person.remove(id);
      const run = (): void => {
        for (const id of ids.slice(4, 7)) rig.todoist.person.remove(id);
      };
      rig.todoist.faults.add({ operation: 'sync read', after, fault: { kind: 'meanwhile', run } });
      const { pace } = rig.request();
      const end = await rig.sync({ pace: { ...pace, chunk } });
      expect(end).toMatchObject({ type: 'StoppedByGuard', report: { outcome: 'stopped' } });
      expect(end.message).toMatch(
        /[35] of 20 open copies.*, after [24] that this run has removed.*--allow-removals [35]/s,
      );
    },
  );

  test.concurrent('a run that was in sync, and is asked again, counts anew', async () => {
    const { rig, ids } = await startWith(20);
    for (const id of ids.slice(0, 4)) rig.todoist.person.remove(id);
    const { pace } = rig.request();
    const working = new Promise<void>((resolve) => rig.graph.onWrite(() => resolve()));
    const run = await rig.start({ pace: { ...pace, debounceMs: 1_500 } });
    await working; // before that, wishes are collected, and one round answers them all
    await run.handle.signal('syncRequested', { by: 'ann' });
    await run.until(({ rounds }) => rounds === 1);
    for (const id of ids.slice(4, 8)) rig.todoist.person.remove(id);
    expect(appliedBy(await run.end())).toEqual({ complete: 8 });
  });

  test.concurrent('five removals pass, completions do not count, and the hard limit holds for any share', async () => {
    const { rig, ids } = await startWith(20);
    for (const id of ids.slice(0, 5)) rig.todoist.person.remove(id);
    for (const id of ids.slice(5, 12)) rig.todoist.person.complete(id);
    expect(appliedBy(await rig.sync())).toEqual({ complete: 12 });

    const spec = rig.spec({ stopAt: { percent: 90, atLeast: 5, never: 1, empty: true } });
    for (const id of ids.slice(12, 14)) rig.todoist.person.remove(id);
    expect(await rig.sync({ spec })).toMatchObject({ type: 'StoppedByGuard', message: /more than 1/ });
  });

  test.concurrent('the token of another Todoist account stops the run, before it empties the list', async () => {
    const { rig } = await startWith(3);
    const other = rig.todoist.addUser({ email: 'bob@example.com' });
    rig.todoist.accept('todoist-token', other);

    const end = await rig.sync({ allowRemovals: 1_000 });
    expect(end).toMatchObject({ type: 'StoppedByGuard', report: { outcome: 'stopped' } });
    expect(end.message).toMatch(/3 of 3 copies .* another Todoist account.* Check the secret of the pair/s);
    rig.todoist.accept('todoist-token');
    expect(await writesDuring(rig, rig.sync)).toBe(0);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent(
    'another name for the pair stops the run, before it makes every task a second time (S1)',
    async () => {
      const rig = await yard.rig();
      addTasks(rig, 3);
      await rig.sync();
      const renamed = attempt(rig, { overrides: { spec: rig.spec({ pair: 'renamed' }) } });
      await expect(renamed.end).rejects.toMatchObject({
        type: 'StoppedByGuard',
        message: expect.stringMatching(
          `^3 of 3 tasks in scope have an open copy in this To Do account already, made by ${rig.pair}`,
        ) as string,
      });
      expect(rig.graph.tasks()).toHaveLength(3);
    },
  );

  test.concurrent('the token of another To Do account stops the run before anything is read (S4)', async () => {
    const rig = await yard.rig();
    rig.todoist.person.add({ content: 'Buy milk' });
    const end = await rig.sync({ spec: toAccount(rig, 'bob@example.com') });
    expect(end).toMatchObject({ type: 'StoppedByGuard', report: { outcome: 'stopped' } });
    expect(end.message).toMatch(/another account than bob@example\.com\. .*switchyard login/);
    expect(rig.graph.tasks()).toEqual([]);
    expect(appliedBy(await rig.sync({ spec: toAccount(rig, 'ME@example.com') }))).toEqual({ create: 1 });
  });
});

interface Trouble {
  readonly name: string;
  readonly type: string;
  readonly says: RegExp;
  readonly make: (rig: SyncRig) => () => void;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'a Todoist token that is wrong or revoked',
    type: 'SignInNeeded',
    says: /^Todoist: .* the token is missing or not accepted \(HTTP 401.*Renew the token of the pair \(secret todoist-token/s,
    make: ({ todoist }) => {
      todoist.revoke('todoist-token');
      return () => todoist.accept('todoist-token');
    },
  },
  {
    name: 'a Todoist token that may not',
    type: 'Unauthorized',
    says: /^Todoist: .* the account may not do this \(HTTP 403.*a token that may read and write tasks/s,
    make: ({ todoist }) => {
      todoist.forbid('todoist-token');
      return () => todoist.accept('todoist-token');
    },
  },
  {
    name: 'a To Do token that is expired or revoked',
    type: 'SignInNeeded',
    says: /^Microsoft To Do: .* the token is missing or not accepted \(HTTP 401.*secret graph-/s,
    make: ({ graph }) => {
      graph.revoke('graph-token');
      return () => graph.accept('graph-token');
    },
  },
  {
    name: 'a To Do account that may not read its lists',
    type: 'Unauthorized',
    says: /^Microsoft To Do: GET lists: the account may not do this \(HTTP 403.*Tasks\.ReadWrite/s,
    make: ({ graph }) => graph.forbid('GET lists'),
  },
  {
    name: 'a To Do account that may read and not write',
    type: 'Unauthorized',
    says: /^Microsoft To Do: POST task: the account may not do this \(HTTP 403.*Tasks\.ReadWrite/s,
    make: ({ graph }) => graph.forbid('POST task'),
  },
];

test.concurrent.each(TROUBLES)('$name stops the run with what to do, and the next run goes on', async (trouble) => {
  const { rig } = await startWith(2);
  const repair = trouble.make(rig);
  rig.todoist.person.add({ content: 'New' });

  const end = await rig.sync();
  expect(end).toMatchObject({ status: 'FAILED', type: trouble.type, report: { outcome: 'failed' } });
  expect(end.message).toMatch(trouble.says);
  expect(end.message).not.toMatch(/graph-token/);
  repair();
  expect(appliedBy(await rig.sync())).toEqual({ create: 1 });
  expect(brokenSyncPromises(rig)).toEqual([]);
});

test.concurrent('a token that is revoked in the middle of a run loses and doubles nothing (S1)', async () => {
  const rig = await yard.rig();
  addTasks(rig, 100);
  const stop = rig.graph.onWrite(() => {
    if (rig.graph.writes === 30) rig.graph.revoke('graph-token');
  });
  expect(await rig.sync()).toMatchObject({ type: 'SignInNeeded', report: { outcome: 'failed' } });
  stop();
  rig.graph.accept('graph-token');
  expect((await rig.sync()).report).toMatchObject({ outcome: 'synced' });
  expect(brokenSyncPromises(rig)).toEqual([]);
});

describe('a list that a person deletes', () => {
  test.concurrent('between runs is made again with all its copies, and nothing is closed (S1, S3)', async () => {
    const rig = await yard.rig();
    addTasks(rig, 5);
    const sync = () => rig.sync({ spec: intoList(rig, 'From Todoist') });
    await sync();
    rig.graph.person.removeList(listIdOf(rig, 'From Todoist'));

    expect(appliedBy(await sync())).toEqual({ create: 5 });
    expect(rig.graph.lists().filter(({ displayName }) => displayName === 'From Todoist')).toHaveLength(1);
    expect(brokenSyncPromises(rig)).toEqual([]);
    expect(rig.todoist.writes).toBe(0);
  });

  test.concurrent('in the middle of a run, and that takes tasks as a ghost, costs no task (S1)', async () => {
    const rig = await yard.rig();
    addTasks(rig, 60);
    const stop = rig.graph.onWrite(({ op, taskId }) => {
      if (op !== 'POST task' || taskId === null || rig.graph.writes !== 25) return;
      stop();
      rig.graph.person.removeList(listIdOf(rig, 'From Todoist'));
    });

    const end = await rig.sync({ spec: intoList(rig, 'From Todoist') });
    expect(end.report).toMatchObject({ outcome: 'synced', setAside: [] });
    expect(rig.graph.log.filter(({ op }) => op === 'POST task').length).toBeGreaterThan(60); // some went to the ghost
    expect(brokenSyncPromises(rig)).toEqual([]);
    expect(brokenS3(rig)).toEqual([]);
  });
});

async function startWith(count: number): Promise<{ readonly rig: SyncRig; readonly ids: readonly string[] }> {
  const rig = await yard.rig();
  const ids = addTasks(rig, count);
  await rig.sync();
  return { rig, ids };
}

function toAccount(rig: SyncRig, account: string): PairSpec {
  const spec = rig.spec();
  return { ...spec, to: { ...spec.to, account } };
}

function intoList(rig: SyncRig, name: string): PairSpec {
  const spec = rig.spec();
  return { ...spec, to: { ...spec.to, lists: { kind: 'named', name } } };
}

function listIdOf({ graph }: SyncRig, name: string): string {
  return graph.lists().find(({ displayName }) => displayName === name)?.id ?? '';
}
