import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { startGraph, type GraphStandIn } from '../../sandbox/graph/stand-in.ts';
import { startTodoist, type TodoistStandIn } from '../../sandbox/todoist/stand-in.ts';
import { gatewayOrders } from '../../src/cli/gateway-orders.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { loadConfig } from '../../src/config.ts';
import { scheduleId, syncId } from '../../src/contracts/sync.ts';
import { actOnWishes } from '../../src/gateway/act-on-wishes.ts';
import { startWorker, type RunningWorker } from '../../src/worker.ts';
import { readExample, scriptOf, startJob, type ExampleWorkflow } from '../support/ci-example.ts';
import { outputSchema } from '../support/output-schema.ts';
import { runCli, type CliSurroundings, type Ran } from '../support/run-cli.ts';
import { syncEnv } from '../support/sync-yard.ts';
import { connect, temporalAddress, workflowBundle, type TestTemporal } from '../support/temporal.ts';

/** The whole way: command line, Temporal, a worker, both services. A namespace of its own, so that no other worker polls its queue. */
const NAMESPACE = `sync-flow-${randomUUID()}`;

/** The title of a task: it is in none of what is printed, and in no history (A1). */
const CANARY = 'canary-7f3a91c0';

const FILE = `version: 1
sync:
  tasks:
    every: 1h
    from: { secret: todoist-token }
    to: { secret: graph-token }
`;

describe('the client of a sync, against a real Temporal', () => {
  let todoist: TodoistStandIn;
  let graph: GraphStandIn;
  let temporal: TestTemporal;
  let client: Client;
  let worker: RunningWorker;
  let folder = '';
  const printed: string[] = [];
  const stopped = new AbortController();

  beforeAll(async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      // Two thousand wishes at once overtake workflow tasks, which the core would warn of.
      telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
      shutdownSignals: [], // those of these tests are for the client, and the worker is in the same process
    });
    folder = await mkdtemp(join(tmpdir(), 'switchyard-sync-flow-'));
    [todoist, graph, temporal] = await Promise.all([startTodoist(), startGraph(), connect()]);
    client = new Client({ connection: temporal.connection, namespace: NAMESPACE });
    await openNamespace();
    const env = { ...syncEnv({ graph, todoist }), SWITCHYARD_QUEUES: 'sync' };
    const config = loadConfig({ ...env, TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: NAMESPACE });
    worker = await startWorker(config, {
      logger: pino({ level: 'silent' }),
      connection: temporal.nativeConnection,
      workflowBundle: workflowBundle(),
      signal: stopped.signal,
    });
    await writeFile(join(folder, 'switchyard.yaml'), FILE);
    for (let at = 0; at < 12; at++) todoist.person.add({ content: `${CANARY} ${at}` });
  });
  afterAll(async () => {
    stopped.abort();
    await worker.finished;
    await temporal.close();
    await Promise.all([todoist.close(), graph.close()]);
    await rm(folder, { recursive: true });
  });

  async function openNamespace(): Promise<void> {
    const { workflowService } = temporal.connection;
    const { config } = await workflowService.describeNamespace({ namespace: 'default' });
    const workflowExecutionRetentionPeriod = config?.workflowExecutionRetentionTtl ?? null;
    await workflowService.registerNamespace({ namespace: NAMESPACE, workflowExecutionRetentionPeriod });
    await until(async () => (await run('ls')).exit === 0);
  }

  const run = (...args: string[]): Promise<Ran> => runHere(args, {});

  async function runHere(args: readonly string[], more: Partial<CliSurroundings>): Promise<Ran> {
    const ran = await runCli(args, { folder, namespace: NAMESPACE, ...more });
    printed.push(ran.out, ran.err);
    return ran;
  }

  test('shows what a run would do, follows it to its end, and then there is nothing to do (S1, S2)', async () => {
    const plan = await run('sync', 'tasks', '--dry-run', '--exit-code');
    expect(plan.out).toMatch(/^sync\/tasks {2}12 tasks in scope, 0 copies in To Do: create 12\n \+ create {2}/);
    expect(plan.out).toMatch(/Nothing was written\.\n$/);
    expect([plan.exit, graph.writes]).toEqual([8, 0]);

    const first = await run('sync', 'tasks', '--by', 'ann');
    expect(first.out).toMatch(/^syncing tasks, asked for by ann \(not authenticated\)\n/);
    expect(first.out).toMatch(
      /synced {7}sync\/tasks {2}12 created; 12 tasks in scope\ncost .*\nlook .*status sync\/tasks\n$/,
    );
    expect([first.exit, graph.tasks().length]).toEqual([0, 12]);

    const { writes } = graph;
    expect(await run('sync', 'tasks', '--dry-run', '--exit-code')).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/nothing to do/) as string,
    });
    expect((await run('sync', 'tasks')).out).toMatch(/nothing to do, nothing was written/);
    expect(graph.writes).toBe(writes);
  });

  test('shows the last run and those before it', async () => {
    expect(await run('status', 'sync/tasks')).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^ended .* UTC\nsynced {7}sync\/tasks/) as string,
    });
    await until(async () => (await run('history', 'sync/tasks')).out.split('\n').length === 4);
    expect((await run('history', 'sync/tasks')).out).toMatch(/OUTCOME +TRIGGER +BY[\s\S]*synced +manual +ann/);
    expect((await run('ls')).out).toMatch(/tasks +synced +\d{4}-.*missing/);
    for (const verb of [['status', 'sync/tasks'], ['history', 'sync/tasks'], ['ls']])
      expect(outputSchema.parse(JSON.parse((await run(...verb, '--json')).out))).toBeTruthy();
  });

  test('the jobs of the GitHub example look without a write, and sync', async () => {
    const job = await startJob();
    await job.write('switchyard.yaml', FILE);
    const example = await readExample<ExampleWorkflow>('github-actions/sync.yml');
    const env = { TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: NAMESPACE, PAIR: 'tasks' };
    const step = (name: string) => job.run(scriptOf(example, 'sync', name), env);
    todoist.person.add({ content: CANARY });
    const { writes } = graph;
    expect([(await step('Look')).exit, graph.writes]).toEqual([8, writes]);
    const synced = await step('Sync');
    printed.push(synced.out, synced.err, await job.read('GITHUB_STEP_SUMMARY'));
    expect([synced.exit, graph.tasks().length]).toEqual([0, 13]);
    expect(await job.read('GITHUB_OUTPUT')).toBe('outcome=synced\n');
  }, 60_000);

  test('the job of the GitLab example syncs, too', async () => {
    const job = await startJob();
    await job.write('switchyard.yaml', FILE);
    const { sync } = await readExample<{ readonly sync: { readonly script: readonly string[] } }>(
      'gitlab-ci/.gitlab-ci.yml',
    );
    const env = { TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: NAMESPACE, GITHUB_ACTIONS: '' };
    const synced = await job.run(sync.script.join('\n'), env);
    printed.push(synced.out, synced.err);
    expect(synced).toMatchObject({ exit: 0, out: expect.stringContaining('nothing was written') as string });
  }, 60_000);

  test('a hundred webhooks of Todoist at once give one run, and its history few signals', async () => {
    const text = `${FILE}hooks: { todoist: { secret: todoist-client } }\n`;
    const orders = gatewayOrders(await checkSwitchyardFile(text, 'switchyard.yaml'));
    const act = actOnWishes(client, orders.orders);
    const before = graph.tasks().length;
    const wishes = Array.from({ length: 100 }, () => act({ kind: 'sync', pair: 'tasks' }));
    todoist.person.add({ content: CANARY });
    await Promise.all(wishes);
    const handle = client.workflow.getHandle(syncId('tasks'));
    await handle.result();
    const { events } = await handle.fetchHistory();
    const signals = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes != null);
    expect(signals.length).toBeLessThan(5);
    expect(graph.tasks()).toHaveLength(before + 1);
  }, 60_000);

  test('joins a run that is under way, says why it does not get on, and stops waiting when told (exit 5)', async () => {
    todoist.person.add({ content: CANARY });
    const heal = outage();
    expect(await run('sync', 'tasks', '--detach', '--by', 'ann')).toMatchObject({ exit: 0 });
    await until(async () => (await run('status', 'sync/tasks')).out.includes('retrying'));
    const joined = await run('sync', 'tasks', '--adopt', '--by', 'bob', '--wait', '1s');
    expect(joined.out).toMatch(/joined the run of tasks that is under way, asked for by ann/);
    expect(joined.err).toMatch(/warning: .* without your --adopt/);
    expect(joined.err).toMatch(/not getting on since \d\d:\d\d:\d\d UTC, attempt \d.*: .*HTTP 503/);
    expect(joined.err).toMatch(/waited for 1 s; the sync of tasks goes on: \.\/switchyard watch sync\/tasks/);
    expect(joined.exit).toBe(5);
    expect(await run('status', 'sync/tasks', '--exit-code')).toMatchObject({
      exit: 8,
      out: expect.stringMatching(/retrying .*HTTP 503/) as string,
    });

    const watching = run('watch', 'sync/tasks', '--json');
    heal();
    const { exit, out } = await watching;
    expect(exit).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines.filter((line) => !outputSchema.safeParse(line).success)).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ event: 'end', pair: 'tasks', outcome: 'synced' });
    expect(graph.tasks()).toHaveLength(15);
  });

  test('ends with what was set aside, by its id and with the reason (exit 7, S5)', async () => {
    const id = todoist.person.add({ content: CANARY });
    const mend = todoist.breakTask(id, { due: { date: 'no date' } });
    const { exit, out } = await run('sync', 'tasks');
    expect(out).toMatch(new RegExp(`synced, with exceptions[\\s\\S]*set aside {4}${id} {2}`));
    expect(exit).toBe(7);
    mend();
    expect(await run('sync', 'tasks')).toMatchObject({ exit: 0 });
  });

  test('ends with the numbers and the flag where a guard stopped it (exit 3, S4)', async () => {
    const { writes } = graph;
    for (const { id } of todoist.tasks().slice(0, 8)) todoist.person.remove(id);
    const stop = await run('sync', 'tasks', '--dry-run');
    expect([stop.exit, stop.out]).toEqual([3, expect.stringMatching(/stopped {6}.*--allow-removals/)]);
    const { exit, out } = await run('sync', 'tasks');
    expect(out).toMatch(/^stopped {6}sync\/tasks {2}nothing of this plan was written\nwhy .*--allow-removals/m);
    expect([exit, graph.writes]).toEqual([3, writes]);
    expect(await run('sync', 'tasks', '--allow-removals', '8')).toMatchObject({ exit: 0 });
  });

  test('ends with what to do where a token was revoked, and goes on once it is accepted again (exit 1)', async () => {
    todoist.revoke('todoist-token');
    const { exit, out } = await run('sync', 'tasks');
    expect(out).toMatch(/^failed {7}sync\/tasks {2}nothing was written\nwhy .*Todoist.*not accepted/m);
    expect(out).toMatch(/\.\/switchyard doctor sync\/tasks\n$/);
    expect(exit).toBe(1);
    expect(await run('doctor', 'sync/tasks')).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/PROBLEM {3}worker: .*Todoist/i) as string,
    });
    todoist.accept('todoist-token');
    expect(await run('sync', 'tasks')).toMatchObject({ exit: 0 });
    const doctor = await run('doctor', 'sync/tasks');
    expect(doctor).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/PROBLEM {3}schedule .*switchyard apply$/m) as string,
    });
    await run('apply');
    expect(await run('doctor', 'sync/tasks')).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/ok {8}schedule .*every 1 h/) as string,
    });
    await client.schedule.getHandle(scheduleId('tasks')).delete();
  });

  test('many wishes for a run soon give one, which a tick of the Schedule does not double', async () => {
    todoist.person.add({ content: CANARY });
    const asked = await Promise.all(Array.from({ length: 5 }, () => run('sync', 'tasks', '--soon', '--json')));
    const runs = asked.map(({ out }) => (JSON.parse(out) as { readonly runId: string }).runId);
    expect(new Set(runs).size).toBe(1);
    await run('apply');
    const schedule = client.schedule.getHandle(scheduleId('tasks'));
    await schedule.trigger();
    await until(async () => (await schedule.describe()).info.recentActions.length > 0);
    const [tick] = (await schedule.describe()).info.recentActions;
    expect(await client.workflow.getHandle(tick?.action.workflow.workflowId ?? '').result()).toEqual({ skipped: true });
    expect(await run('watch', 'sync/tasks')).toMatchObject({ exit: 0 });
    const handle = client.workflow.getHandle(syncId('tasks'));
    expect((await handle.describe()).runId).toBe(runs[0]);
    await schedule.delete();
  });

  test('follows a run that continues as new to its real end', async () => {
    const heal = outage();
    todoist.person.add({ content: CANARY });
    await run('sync', 'tasks', '--detach');
    await underWay(); // before it works, wishes are collected, and one round answers them all
    const handle = client.workflow.getHandle(syncId('tasks'));
    const { runId } = await handle.describe();
    const watching = run('watch', 'sync/tasks', '--json');
    for (let at = 0; at < 40; at++)
      await Promise.all(Array.from({ length: 50 }, () => handle.signal('syncRequested', { by: 'ann' })));
    heal();
    const { exit, out } = await watching;
    expect(exit).toBe(0);
    expect((await client.workflow.getHandle(syncId('tasks'), runId).describe()).status.name).toBe('CONTINUED_AS_NEW');
    const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as unknown;
    expect(last).toMatchObject({ event: 'end', outcome: 'synced', status: { rounds: 2 } });
  });

  test('leaves the run at Ctrl-C (exit 130), or aborts it where that was asked for', async () => {
    const heal = outage();
    const following = run('sync', 'tasks');
    await interruptible();
    await underWay();
    process.emit('SIGINT', 'SIGINT');
    expect(await following).toMatchObject({
      exit: 130,
      err: expect.stringMatching(/interrupted; the sync of tasks goes on: \.\/switchyard watch sync\/tasks/) as string,
    });
    expect(await run('status', 'sync/tasks', '--exit-code')).toMatchObject({ exit: 8 });

    const aborting = run('watch', 'sync/tasks', '--on-cancel', 'abort');
    await interruptible();
    process.emit('SIGINT', 'SIGINT');
    expect(await aborting).toMatchObject({
      exit: 130,
      out: expect.stringMatching(/^cancelled {4}sync\/tasks/m) as string,
      err: expect.stringMatching(/interrupted; aborting the sync of tasks/) as string,
    });
    expect(await run('status', 'sync/tasks', '--exit-code')).toMatchObject({ exit: 0 });
    heal();
  });

  test('abort stops the run, waits until nothing is in flight, and says what stands; with none there is nothing to abort (exit 3)', async () => {
    const heal = outage();
    await run('sync', 'tasks', '--detach');
    await underWay();
    const watching = run('watch', 'sync/tasks');
    const { exit, out } = await run('abort', 'sync/tasks', '--reason', 'not now', '--by', 'bob', '--json');
    expect([exit, (await watching).exit]).toEqual([0, 1]);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(events.filter((event) => !outputSchema.safeParse(event).success)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ event: 'end', pair: 'tasks', outcome: 'cancelled' });
    const handle = client.workflow.getHandle(syncId('tasks'));
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(JSON.stringify(await handle.fetchHistory())).toContain('aborted by bob (not authenticated): not now');
    expect((await run('status', 'sync/tasks')).out).toMatch(/^cancelled .*\n(.*\n)*next .*the next run goes on/m);
    expect(await run('abort', 'sync/tasks')).toMatchObject({
      exit: 3,
      err: expect.stringMatching(/no run of sync\/tasks is under way, so there is nothing to abort/) as string,
    });
    expect(await run('abort', 'sync/never')).toMatchObject({ exit: 3 });
    heal();
    expect(await run('sync', 'tasks')).toMatchObject({ exit: 0 });
  });

  test('calls a terminated run neither done nor safe', async () => {
    const heal = outage();
    await run('sync', 'tasks', '--detach');
    const watching = run('watch', 'sync/tasks');
    await client.workflow.getHandle(syncId('tasks')).terminate('oops');
    expect(await watching).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/NOT SURE[\s\S]*oops[\s\S]*\.\/switchyard sync tasks/) as string,
    });
    expect(await run('status', 'sync/tasks', '--exit-code')).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/NOT SURE[\s\S]*oops[\s\S]*may still land; the next run waits/) as string,
    });
    heal();
  });

  test('has printed no text of a task (A1)', () => {
    expect(printed.join('')).not.toContain(CANARY);
  });

  const deaf = process.listenerCount('SIGINT');

  /** To Do answers nothing but 503, until the returned function is called. */
  function outage(): () => void {
    const fault = { kind: 'refuse', status: 503, code: 'serviceNotAvailable' } as const;
    const rule = graph.faults.add({ operation: '*', fault, times: Infinity });
    return () => rule.remove();
  }

  /** A run whose first request was refused. */
  async function underWay(): Promise<void> {
    await until(async () => (await run('status', 'sync/tasks')).out.includes('retrying'));
  }

  /** A verb that listens for Ctrl-C. */
  async function interruptible(): Promise<void> {
    await until(() => Promise.resolve(process.listenerCount('SIGINT') > deaf));
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await sleep(50);
  }
});
