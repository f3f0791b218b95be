import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleClient, ScheduleDescription } from '@temporalio/client';
import { Client } from '@temporalio/client';
import { GUARD_PACE, guardScheduleId, type GuardRequest } from '../../src/contracts/guard.ts';
import { scheduleId, SYNC_TICK_WORKFLOW, type SyncRequest } from '../../src/contracts/sync.ts';
import { outputSchema } from '../support/output-schema.ts';
import { runCli, type Ran } from '../support/run-cli.ts';
import { connect, type TestTemporal } from '../support/temporal.ts';

/** A namespace of its own: `--prune` looks at every Schedule of ours, and other files have some. */
const NAMESPACE = `apply-${randomUUID()}`;

const FILE = `version: 1
sync:
  tasks:
    every: 5m
    from: { secret: todoist-token }
    to: { account: me@example.com }
  asked:
    from: { secret: todoist-token }
    to: { account: other@example.com }
`;

describe('Schedules, against a real Temporal', () => {
  let temporal: TestTemporal;
  let schedules: ScheduleClient;
  let folder = '';

  beforeAll(async () => {
    [temporal, folder] = await Promise.all([connect(), mkdtemp(join(tmpdir(), 'switchyard-apply-'))]);
    const { workflowService } = temporal.connection;
    const { config } = await workflowService.describeNamespace({ namespace: 'default' });
    await workflowService.registerNamespace({
      namespace: NAMESPACE,
      workflowExecutionRetentionPeriod: config?.workflowExecutionRetentionTtl ?? null,
    });
    schedules = new Client({ connection: temporal.connection, namespace: NAMESPACE }).schedule;
    await until(async () => (await run('ls')).exit === 0);
  });
  beforeEach(() => says(FILE));
  afterEach(async () => {
    for (const pair of ['tasks', 'asked', 'later'])
      await schedules
        .getHandle(scheduleId(pair))
        .delete()
        .catch(() => 0);
    await until(async () => (await run('ls', '--json')).out.includes('"drift": "missing"'));
  });
  afterAll(async () => {
    await temporal.close();
    await rm(folder, { recursive: true });
  });

  const says = (text: string): Promise<void> => writeFile(join(folder, 'switchyard.yaml'), text);

  const found = (pair: string): Promise<ScheduleDescription | null> =>
    schedules
      .getHandle(scheduleId(pair))
      .describe()
      .catch(() => null);

  const run = (...args: string[]): Promise<Ran> => runCli(args, { folder, namespace: NAMESPACE });

  test('the guard of a file guards all of its records, reports by default, and goes with --prune', async () => {
    const records = 'records:\n  www.example.com: { zone: example.com }\n  api.example.com: { verify: api }\n';
    await says(`version: 1\n${records}guard: {}\n`);
    expect(await run('apply')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('+ guard/records  every 60 s') as string,
    });

    const guard = schedules.getHandle(guardScheduleId('records'));
    expect(await guard.describe()).toMatchObject({
      policies: { overlap: 'SKIP' },
      action: { workflowType: 'guardRecords', taskQueue: 'switchyard-deploy', workflowId: 'guard' },
    });
    const [request] = ((await guard.describe()).action.args ?? []) as [GuardRequest];
    expect(request).toEqual({
      records: [
        { record: 'www.example.com', zone: 'example.com', verify: 'authoritative' },
        { record: 'api.example.com', zone: null, verify: 'api' },
      ],
      act: 'report',
      pace: GUARD_PACE,
    });

    await says(`version: 1\n${records}guard: { every: 5m, act: restore }\n`);
    const listed = await run('ls', '--json');
    expect(JSON.parse(listed.out)).toMatchObject({ guards: [{ name: 'records', drift: 'differs', paused: false }] });
    expect(outputSchema.safeParse(JSON.parse(listed.out)).error).toBeUndefined();
    expect((await run('doctor')).out).toMatch(/PROBLEM +guard +differs from the file/);
    expect((await run('apply')).out).toContain('~ guard/records  every 60 s instead of every 5 min; what it does is');
    expect((await run('ls')).out).toMatch(/GUARD[^]*records +no run known[^]* ok/);
    expect((await run('doctor')).out).toMatch(/ok +guard +every 5 min, next at/);

    await says('version: 1\n');
    await until(async () => (await run('apply', '--dry-run')).out.includes('guard/records'));
    expect((await run('apply', '--prune')).out).toContain('- guard/records');
    await expect(guard.describe()).rejects.toThrow();
    await says(FILE);
  });

  test('the guard of one file does not take the place of another file’s without being told to', async () => {
    const guarding = (...records: readonly string[]): string =>
      `version: 1\nrecords:\n${records.map((one) => `  ${one}.example.com: {}\n`).join('')}guard: {}\n`;
    const guard = schedules.getHandle(guardScheduleId('records'));
    const guarded = async (): Promise<readonly string[]> => {
      const [request] = ((await guard.describe()).action.args ?? []) as [GuardRequest];
      return request.records.map(({ record }) => record);
    };
    await says(guarding('www', 'api'));
    expect(await run('apply')).toMatchObject({ exit: 0 });
    await says(guarding('www', 'api', 'shop'));
    expect(await run('apply')).toMatchObject({ exit: 0 });

    await says(`${guarding('other', 'api')}${FILE.slice('version: 1\n'.length)}`);
    const refused = await run('apply');
    expect(refused).toMatchObject({ exit: 3 });
    expect(refused.err).toMatch(
      /looks after www\.example\.com, shop\.example\.com, not in this file; nothing was changed/,
    );
    expect(refused.err).toMatch(/a namespace of its own.*apply --prune/);
    expect(await guarded()).toEqual(['www.example.com', 'api.example.com', 'shop.example.com']);
    expect(await found('tasks')).toBeNull();
    const shown = await run('apply', '--dry-run', '--json');
    expect(shown.exit).toBe(0);
    expect(JSON.parse(shown.out)).toMatchObject({
      schedules: [{ unguarded: ['www.example.com', 'shop.example.com'] }, { unguarded: [] }],
    });
    expect(outputSchema.safeParse(JSON.parse(shown.out)).error).toBeUndefined();
    expect((await run('apply', '--prune')).out).toContain('no longer guards www.example.com, shop.example.com, not in');
    expect(await guarded()).toEqual(['other.example.com', 'api.example.com']);
    await guard.delete();
    await says(FILE);
  });

  test('a guard without records, or that looks all the time, is refused with its line (A2)', async () => {
    await says('version: 1\nguard: { act: restore }\n');
    expect(await run('apply')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('switchyard.yaml:2: guard') as string,
    });
    await says('version: 1\nrecords: { www.example.com: {} }\nguard: { every: 5s, act: repair }\n');
    const ran = await run('apply');
    expect(ran.exit).toBe(2);
    expect(ran.err).toContain('accepted: 30s to 1d');
    expect(ran.err).toContain('report');
    await says(FILE);
  });

  test('are made as the file says, and a second time there is nothing to do (S2)', async () => {
    expect(await run('apply', '--dry-run', '--exit-code')).toMatchObject({
      exit: 8,
      out: '+ sync/tasks  every 5 min\n1 change to make. Nothing was changed.\n',
    });
    expect(await found('tasks')).toBeNull();

    expect(await run('apply')).toMatchObject({ exit: 0, out: '+ sync/tasks  every 5 min\n1 change made.\n' });
    const made = await found('tasks');
    expect(made).toMatchObject({
      spec: { intervals: [{ every: 300_000 }] },
      action: { workflowType: SYNC_TICK_WORKFLOW, taskQueue: 'switchyard-sync', memo: { pair: 'tasks' } },
      policies: { overlap: 'SKIP', catchupWindow: 300_000 },
    });
    const [request] = made?.action.args as [SyncRequest];
    expect(request).toMatchObject({ trigger: 'schedule', adopt: false, allowRemovals: null, carried: null });
    expect(request.pace.giveUpAfterMs).toBe(300_000);

    expect(await run('apply', '--dry-run', '--exit-code')).toMatchObject({
      exit: 0,
      out: '= sync/tasks  every 5 min\nNothing to do.\n',
    });
  });

  test('are changed where the file changed, and one that somebody paused stays paused', async () => {
    await run('apply');
    expect(await run('sync', 'tasks', '--pause', '--by', 'ann', '--reason', 'on holiday')).toMatchObject({
      exit: 0,
      out: 'the Schedule of tasks is paused by ann (not authenticated): on holiday\n',
    });
    expect((await run('apply')).out).toMatch(/= sync\/tasks {2}every 5 min, paused/);

    await says(FILE.replace('every: 5m', 'every: 10m\n    onDeleted: keep'));
    expect((await run('apply')).out).toBe(
      '~ sync/tasks  every 5 min instead of every 10 min; what it does is declared otherwise; its policies\n1 change made.\n',
    );
    expect(await found('tasks')).toMatchObject({
      spec: { intervals: [{ every: 600_000 }] },
      action: { args: [{ spec: { onDeleted: 'keep' } }] },
      state: { paused: true, note: 'paused by ann (not authenticated): on holiday' },
    });

    expect(await run('sync', 'tasks', '--resume', '--by', 'bob')).toMatchObject({ exit: 0 });
    expect(await found('tasks')).toMatchObject({
      state: { paused: false, note: 'resumed by bob (not authenticated)' },
    });
  });

  test('that were edited elsewhere are seen by ls and corrected by apply', async () => {
    expect((await run('ls')).out).toMatch(/tasks {2}no run known .*missing: \.\/switchyard apply makes it/);
    await run('apply');
    expect((await run('ls')).out).toMatch(/tasks {2}no run known .*\d\d:\d\d:\d\d UTC.* ok\n/);
    expect((await run('ls')).out).toMatch(/asked {2}no run known .*when asked\n/);
    for (const verb of ['ls', 'apply'])
      expect(outputSchema.parse(JSON.parse((await run(verb, '--json')).out))).toBeTruthy();

    const handle = schedules.getHandle(scheduleId('tasks'));
    await handle.update(({ action, policies, state }) => ({
      action,
      policies,
      state,
      spec: { intervals: [{ every: '1m' }] },
    }));
    expect((await run('ls')).out).toMatch(/differs from the file/);
    expect((await run('apply')).out).toMatch(/^~ sync\/tasks {2}every 60 s instead of every 5 min\n/);
  });

  test('that are not in the file are named, and removed only when asked for', async () => {
    await run('apply');
    await says(FILE.replace('every: 5m', 'completion: both'));
    await until(async () => (await run('apply')).out.startsWith('?'));
    expect((await run('apply')).out).toBe(
      '? sync/tasks  every 5 min, not in the file: --prune removes it\nNothing to do.\n',
    );
    expect(await found('tasks')).not.toBeNull();
    expect(await run('apply', '--prune', '--dry-run', '--exit-code')).toMatchObject({ exit: 8 });
    expect((await run('apply', '--prune')).out).toBe('- sync/tasks  every 5 min, not in the file\n1 change made.\n');
    expect(await found('tasks')).toBeNull();
    await says(FILE);
  });

  test('of others are never touched by --prune', async () => {
    const foreign = { type: 'startWorkflow', workflowType: 'somebodyElses', taskQueue: 'theirs' } as const;
    const handle = await schedules.create({ scheduleId: 'theirs', spec: {}, action: foreign });
    const lookalike = await schedules.create({ scheduleId: scheduleId('later'), spec: {}, action: foreign });
    await until(async () => (await run('apply', '--prune', '--json')).exit === 0);
    expect(await handle.describe()).toMatchObject({ scheduleId: 'theirs' });
    expect(await lookalike.describe()).toMatchObject({ scheduleId: scheduleId('later') });
    await handle.delete();
  });

  test('cannot be paused where there is none (exit 3)', async () => {
    expect(await run('sync', 'asked', '--pause')).toMatchObject({
      exit: 3,
      err: expect.stringMatching(/asked has no Schedule.*\.\/switchyard apply/) as string,
    });
  });

  test.each([[['sync', 'tasks']], [['sync', 'tasks', '--soon']], [['sync', 'tasks', '--dry-run']]])(
    '%j starts nothing while no worker polls the queue (exit 6)',
    async (args) => {
      expect(await run(...args)).toMatchObject({
        exit: 6,
        err: expect.stringMatching(/no worker polls the queue switchyard-sync[\s\S]*nothing was started/) as string,
      });
      expect(await run('status', 'sync/tasks')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/no run is known/) as string,
      });
    },
  );

  test('doctor says that no worker of syncs is there, and asks no other (exit 6)', async () => {
    const { exit, out } = await run('doctor', 'sync/tasks');
    expect(out).toMatch(
      /PROBLEM {3}schedule .*every 5 min in the file, and Temporal has none {2}\.\/switchyard apply\n/,
    );
    expect(out).toMatch(/PROBLEM {3}worker .*no worker polls the queue switchyard-sync/);
    expect(out).not.toMatch(/switchyard-deploy/);
    expect(exit).toBe(6);
  });

  test('a run that nobody has seen is not followed (exit 3)', async () => {
    expect(await run('watch', 'sync/tasks')).toMatchObject({ exit: 3 });
    expect((await run('history', 'sync/tasks')).out).toMatch(/no run is known to Temporal/);
  });

  /** Waits for a condition: Temporal's lists lag behind. */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await sleep(50);
  }
});
