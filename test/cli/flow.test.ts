import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { startNotify, type NotifyStandIn } from '../../sandbox/notify/stand-in.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import { deployId } from '../../src/contracts/deploy.ts';
import { startWorker, type RunningWorker } from '../../src/worker.ts';
import { outputSchema } from '../support/output-schema.ts';
import { runCli, type Ran } from '../support/run-cli.ts';
import { together } from '../support/run-together.ts';
import { connect, temporalAddress, workflowBundle, type TestTemporal } from '../support/temporal.ts';

/** The whole way: command line, Temporal, a worker, Route 53 and DNS. Only this file polls the default queue. */
describe('the client, against a real Temporal', () => {
  let sandbox: Sandbox;
  let notify: NotifyStandIn;
  let temporal: TestTemporal;
  let worker: RunningWorker;
  let folder = '';
  const stopped = new AbortController();

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    folder = await mkdtemp(join(tmpdir(), 'switchyard-flow-'));
    [sandbox, notify, temporal] = await Promise.all([
      startSandbox({ zone: `flow-${process.pid}.example`, insyncAfterMs: 0 }), // else a look 5 s later
      startNotify(),
      connect(),
    ]);
    const config = loadConfig({ ...sandbox.env(), ...notify.env(), TEMPORAL_ADDRESS: temporalAddress() });
    const aws = createAwsClients(config.aws, { credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' } });
    worker = await startWorker(config, {
      logger: pino({ level: 'silent' }),
      connection: temporal.nativeConnection,
      workflowBundle: workflowBundle(),
      aws,
      signal: stopped.signal,
    });
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) {
      sandbox.route53.put(sandbox.zoneId, {
        Name: `${name}.${sandbox.zone}`,
        Type: 'A',
        TTL: 1,
        ResourceRecords: [{ Value: '192.0.2.10' }],
      });
    }
  });
  afterAll(async () => {
    stopped.abort();
    await worker.finished;
    await temporal.close();
    await Promise.all([sandbox.close(), notify.close()]);
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]): Promise<Ran> => runCli(args, { folder });

  const values = (record: string) =>
    sandbox.route53
      .recordSets(sandbox.zoneId, record)
      .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value));

  const QUICK = ['--to', '192.0.2.20', '--unchecked', '--hold', '1s', '--bake', '1s'];

  const bodies = together({
    'plans, deploys that plan, follows it to its end, and shows its history': async () => {
      const record = `one.${sandbox.zone}`;
      const file = join(folder, 'plan.json');
      const plan = await run('plan', record, ...QUICK, '--out', file, '--exit-code');
      expect(plan).toMatchObject({
        exit: 8,
        out: expect.stringMatching(/100 % .*192\.0\.2\.20[\s\S]*Nothing was written\./) as string,
      });
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ kind: 'switchyard-plan' });

      const told = join(folder, 'notify.yaml');
      const robot = `{ format: webhook, url: ${notify.url}/hook, secret: hook-secret }`;
      await writeFile(told, `version: 1\nnotify: { robot: ${robot} }\n`);
      const deploy = await run('deploy', record, '--plan', file, '--by', 'ann', '--config', told);
      expect(notify.receiver.received.map(({ message }) => message['event'])).toEqual(['started', 'step', 'promoted']);
      expect(deploy.out).toMatch(
        /promoted {5}one\.\S+ {2}192\.0\.2\.20 \(black\) at 4 of 4 name servers\nwhy .*\ncaches .*keep red until.*\nlook .*status/,
      );
      expect(deploy.exit).toBe(0);
      expect(values(record)).toEqual(['192.0.2.20']);

      expect(await run('plan', record, ...QUICK, '--exit-code')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/^unchanged/) as string,
      });
      sandbox.route53.put(sandbox.zoneId, {
        Name: record,
        Type: 'A',
        TTL: 1,
        ResourceRecords: [{ Value: '198.51.100.7' }],
      });
      expect(await run('deploy', record, '--plan', file)).toMatchObject({
        exit: 3,
        out: expect.stringMatching(/^refused .*nothing was written/m) as string,
      });
      expect(await run('wait', record, '--for', 'restored')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/serves red: nothing was written/) as string,
      });
      // The newest one wrote nothing: the one before it promoted, and caches may still hold its red.
      expect(await run('wait', record, '--for', 'red-idle', '--timeout', '1s')).toMatchObject({
        exit: 5,
        out: expect.stringMatching(/waited for 1 s; caches may hold red of one\..* until/) as string,
      });
      expect(await run('wait', record, '--for', 'promoted', '--json')).toMatchObject({
        exit: 3,
        out: expect.stringMatching(/"holds": false[\s\S]*"outcome": "refused"/) as string,
      });
      const history = await run('history', record);
      expect(history.out).toMatch(/refused[\s\S]*promoted/);
      expect(history.out).toMatch(/REVISION[\s\S]*^2 .*192\.0\.2\.20 +192\.0\.2\.10 \(0\) +ann$/m);
      const listed = JSON.parse((await run('history', record, '--json')).out) as { revisions: unknown[] };
      expect(outputSchema.safeParse(listed).success).toBe(true);
      expect(listed.revisions).toEqual([
        expect.objectContaining({ number: 2, before: 0, from: '192.0.2.10', to: '192.0.2.20', by: 'ann' }),
      ]);
      expect((await run('status', record, '--json')).out).toMatch(/"outcome": "refused"/);
    },

    'says who holds the lock, joins the same request, and aborts with exit 0': async () => {
      const record = `two.${sandbox.zone}`;
      const long = [
        'deploy',
        record,
        ...QUICK,
        '--by',
        'ann',
        '--hold',
        '1h',
        '--steps',
        '50,100',
        '--request-id',
        'ci/7',
      ];
      expect(await run(...long, '--detach')).toMatchObject({ exit: 0 });
      const other = await run(
        'deploy',
        record,
        '--to',
        '192.0.2.20',
        '--unchecked',
        '--by',
        'bob',
        '--request-id',
        'ci/8',
      );
      expect(other).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/is being deployed to 192\.0\.2\.20 by ann since/) as string,
      });
      const joined = await run(...long, '--wait', '1s');
      expect(joined).toMatchObject({
        exit: 5,
        out: expect.stringMatching(/^joined/) as string,
        err: expect.stringMatching(/goes on/) as string,
      });
      await holding(record);
      expect(await run('wait', record, '--for', 'promoted', '--timeout', '1s')).toMatchObject({
        exit: 5,
        err: expect.stringMatching(/waited for 1 s; the deployment .* goes on/) as string,
      });
      expect((await run('ls')).out).toMatch(new RegExp(`${record}.*watching at 50 %`));
      expect(await run('resolve', record, '--retry')).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/not blocked/) as string,
      });
      expect(await run('pause', record, '--reason', 'lunch')).toMatchObject({ exit: 0 });
      expect(await run('resume', record)).toMatchObject({ exit: 0 });
      const [abort, watch] = await Promise.all([
        run('abort', record, '--reason', 'enough'),
        run('watch', record, '--json'),
      ]);
      expect(await run('wait', record, '--for', 'promoted')).toMatchObject({ exit: 1 });
      expect(await run('wait', record, '--for', 'restored')).toMatchObject({ exit: 0 });
      expect(abort).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/rolled back {2}two\.\S+ {2}192\.0\.2\.10 \(red\)[\s\S]*enough/) as string,
      });
      expect(watch.exit).toBe(1);
      expect(
        watch.out
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { schemaVersion: number }).schemaVersion),
      ).toContain(1);
      expect(values(record)).toEqual(['192.0.2.10']);
      expect(await run('abort', record)).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/nothing to abort/) as string,
      });
    },

    'calls a terminated run neither restored nor safe (exit 4)': async () => {
      const record = `three.${sandbox.zone}`;
      expect(
        await run('deploy', record, ...QUICK, '--by', 'ann', '--hold', '1h', '--steps', '50,100', '--detach'),
      ).toMatchObject({
        exit: 0,
      });
      await holding(record);
      expect(await run('status', record, '--exit-code')).toMatchObject({ exit: 8 });
      const watching = run('watch', record);
      await temporal.client.workflow.getHandle(deployId(record)).terminate('oops');
      expect(await watching).toMatchObject({
        exit: 4,
        out: expect.stringMatching(/NOT SURE[\s\S]*nothing was rolled back[\s\S]*oops[\s\S]*--to-snapshot/) as string,
      });
      expect(await run('wait', record, '--for', 'restored')).toMatchObject({ exit: 4 });
      // Whoever asks before an apply asks whether one runs, not how the last one ended.
      expect(await run('status', record, '--exit-code')).toMatchObject({ exit: 0 });
    },

    'waits for an approval, takes one from whoever may decide, and a rejection ends with exit 0': async () => {
      const [yes, no] = [`four.${sandbox.zone}`, `five.${sandbox.zone}`];
      const file = join(folder, 'approvals.yaml');
      const rule = '{ cutover: { by: ["*@example.com"] } }';
      await writeFile(file, `version: 1\nrecords:\n  ${yes}: { approve: ${rule} }\n  ${no}: { approve: ${rule} }\n`);
      const start = (record: string) => run('deploy', record, ...QUICK, '--config', file, '--detach');
      expect(await run('plan', yes, ...QUICK, '--config', file)).toMatchObject({
        out: expect.stringMatching(/^approval {5}the cutover, by \*@example\.com/m) as string,
      });
      expect(await Promise.all([start(yes), start(no)])).toMatchObject([{ exit: 0 }, { exit: 0 }]);
      await Promise.all([reached(yes, 'awaiting-approval'), reached(no, 'awaiting-approval')]);
      expect((await run('status', yes)).out).toMatch(/approve\? .*the cutover[\s\S]*\.\/switchyard approve four/);
      expect(await run('approve', yes, '--by', 'eve')).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/eve may not decide it; allowed: \*@example\.com/) as string,
      });
      expect(await run('approve', yes, '--by', 'ann@example.com', '--reason', 'change 4711')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/the cutover is approved/) as string,
      });
      expect(await run('reject', no, '--by', 'bob@example.com', '--reason', 'not today')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/nothing was written\nwhy .*rejected by bob@example\.com: not today/) as string,
      });
      expect(values(no)).toEqual(['192.0.2.10']);
      await temporal.client.workflow.getHandle(deployId(yes)).terminate('what comes next is not looked at here');
      expect(await run('approve', yes)).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/nothing to approve/) as string,
      });
    },

    'a freeze refuses what has not begun, joins what runs, and is passed with a reason that is kept': async () => {
      const record = `six.${sandbox.zone}`;
      const [before, file] = [join(folder, 'before.yaml'), join(folder, 'freeze.yaml')];
      const text = `version: 1\nrecords: { ${record}: { approve: { cutover: {} } } }\n`; // so that nothing needs to be written
      await writeFile(before, text);
      const day = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 10);
      await writeFile(
        file,
        `${text}freeze: [{ from: ${day(-86_400_000)}, to: ${day(86_400_000)}, zone: UTC, reason: audit }]\n`,
      );
      const start = (config: string, ...more: string[]) =>
        run('deploy', record, ...QUICK, '--config', config, '--detach', ...more);
      expect((await run('plan', record, ...QUICK, '--config', file)).out).toMatch(/^freeze {7}until .*audit/m);
      expect(await start(file)).toMatchObject({
        exit: 3,
        err: expect.stringMatching(
          /no cutover begins before .*audit.*--override-freeze[\s\S]*nothing was started/,
        ) as string,
      });
      expect(await start(before, '--request-id', 'ci/9')).toMatchObject({ exit: 0 });
      expect(await start(file, '--request-id', 'ci/9')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/^joined/) as string,
      });
      await run('abort', record);
      expect(await start(file, '--override-freeze', 'incident 4711')).toMatchObject({ exit: 0 });
      await reached(record, 'awaiting-approval');
      await run('abort', record);
      expect((await run('history', record)).out).toMatch(/begun in a freeze: incident 4711/);
    },

    'waiting for a deployment that never was is refused': async () => {
      expect(await run('wait', 'never.example.com', '--for', 'promoted')).toMatchObject({
        exit: 3,
        err: expect.stringMatching(/no deployment of never\.example\.com is known/) as string,
      });
    },

    'starts nothing while no worker polls the queue (exit 6)': async () => {
      const nobody = await run('plan', 'www.example.com', '--to', '192.0.2.20', '--namespace', 'temporal-system');
      expect(nobody).toMatchObject({
        exit: 6,
        err: expect.stringMatching(/no worker polls[\s\S]*nothing was started/) as string,
      });
    },
  });
  beforeAll(() => bodies.run(), 120_000);

  test.each(bodies.names)('%s', (name) => {
    expect(() => bodies.mustHavePassed(name)).not.toThrow();
  });

  const holding = (record: string): Promise<void> => reached(record, 'holding');

  async function reached(record: string, wanted: string): Promise<void> {
    const handle = temporal.client.workflow.getHandle(deployId(record));
    for (;;) {
      const { phase } = await handle.query<{ phase: string }>('status');
      if (phase === wanted) return;
      await sleep(50);
    }
  }
});
