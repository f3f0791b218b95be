import { mkdtemp, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../../sandbox/endpoints/endpoint.ts';
import { DEPLOY_QUEUE, type DeployStatus } from '../../src/contracts/deploy.ts';
import { buildClient } from '../../scripts/build-cli.mjs';
import { actionScript, readExample, scriptOf, SECRET, startJob, type ExampleWorkflow } from '../support/ci-example.ts';
import {
  endChildren,
  ended,
  runClient,
  startClient,
  startGateway,
  startWorkerChild,
  type Ran,
} from '../support/e2e-child.ts';
import { openGrounds, type Grounds } from '../support/e2e-grounds.ts';
import { startOwnServer, type OwnServer } from '../support/e2e-server.ts';
import { observe } from '../support/observer.ts';
import type { Rig } from '../support/yard.ts';
import { outputSchema } from '../support/output-schema.ts';

/** The client as people use it: a process, its exit code and what it prints, against a real server, a real worker and the sandbox. */
let server: OwnServer;
let grounds: Grounds;
/** Another black, which a test may make ill while others deploy to the first. */
let frail: Endpoint;
let withoutWorker: Ran;

beforeAll(async () => {
  server = await startOwnServer();
  grounds = await openGrounds({ address: server.address, taskQueue: DEPLOY_QUEUE, insyncAfterMs: 0 });
  frail = await grounds.sandbox.endpoints.add('192.0.2.30', { hosts: [`*.${grounds.sandbox.zone}`] });
  withoutWorker = await switchyard('deploy', grounds.rig('early').record, ...TO_BLACK, '--unchecked');
  await startWorkerChild(grounds, DEPLOY_QUEUE);
}, 60_000);
afterAll(async () => {
  await endChildren();
  await grounds.close();
  await server.close();
});

const TO_BLACK = ['--to', '192.0.2.20'];
const BRIEFLY = ['--hold', '2s', '--bake', '2s'];

const switchyard = (...args: readonly string[]): Promise<Ran> => runClient(grounds, args);
const check = ({ record }: Rig): readonly string[] => ['--check', `http://${record}/healthz`, '--interval', '200ms'];

test('starts nothing while no worker polls, and ends with 6', () => {
  expect(withoutWorker.exit).toBe(6);
  expect(withoutWorker.err).toMatch(/no worker polls the queue switchyard-deploy .*nothing was started/s);
});

/** Of a record that is moved as the examples move theirs, by a switchyard.yaml beside its release.txt. */
const policyOf = ({ record }: Rig): string => `version: 1
gates: { healthy: { http: { scheme: http, path: /healthz } } }
records: { ${record}: { gates: [healthy], hold: 2s, bake: 2s, interval: 200ms } }
`;

test.concurrent(
  'the jobs of the GitHub example plan and deploy with the client in one file, and a job that is run again joins',
  async () => {
    const rig = grounds.rig('github');
    const job = await startJob();
    await job.write('release.txt', '192.0.2.20\n');
    await job.write('switchyard.yaml', policyOf(rig));
    const example = await readExample<ExampleWorkflow>('github-actions/deploy.yml');
    const env = {
      TEMPORAL_ADDRESS: server.address,
      RECORD: rig.record,
      GITHUB_REPOSITORY: 'acme/www',
      GITHUB_RUN_ID: '7',
    };
    const step = (name: string, inJob = 'deploy'): Promise<Ran> => job.run(scriptOf(example, inJob, name), env);

    expect(await step('Key')).toMatchObject({ exit: 0, out: `::add-mask::${SECRET}\n` });
    expect(await job.read('GITHUB_ENV')).toBe(`TEMPORAL_API_KEY=${SECRET}\n`);
    expect(await step('Plan', 'plan')).toMatchObject({ exit: 0 });
    expect(await job.read('GITHUB_STEP_SUMMARY')).toContain('100 %');
    const [first, again] = await Promise.all([step('Deploy'), step('Deploy')]);
    expect([first.exit, again.exit]).toEqual([0, 0]);
    expect(`${first.out}${again.out}`).toMatch(/joined/);
    expect(await job.read('GITHUB_OUTPUT')).toContain('outcome=promoted');
    expect(await job.read('GITHUB_STEP_SUMMARY')).toContain(`## ${rig.record}: promoted`);
    const page = { ...env, SWITCHYARD_PAGE: rig.record, PAGE_URL: 'https://github.example/artifacts/1' };
    expect(await job.run(await actionScript('Draw'), page)).toMatchObject({ exit: 0 });
    expect(await readFile(join(job.folder, 'what-happened.html'), 'utf8')).toMatch(/<h1>github\..*promoted after/s);
    expect(await job.run(await actionScript('Link'), page)).toMatchObject({ exit: 0 });
    expect(await job.read('GITHUB_STEP_SUMMARY')).toContain(
      '[What happened, with pictures](https://github.example/artifacts/1)',
    );
    expect(rig.observer.everyState()).toEqual(['red', 'black']);
  },
  90_000,
);

interface GitlabJob {
  readonly script: readonly string[];
  readonly after_script?: readonly string[];
}

test.concurrent(
  'the jobs of the GitLab example plan and deploy; a verb of a worker says where it is found',
  async () => {
    const rig = grounds.rig('gitlab');
    const job = await startJob();
    await job.write('release.txt', '192.0.2.20\n');
    await job.write('switchyard.yaml', policyOf(rig));
    const example = await readExample<Record<string, GitlabJob>>('gitlab-ci/.gitlab-ci.yml');
    const env = { TEMPORAL_ADDRESS: server.address, RECORD: rig.record, CI_PIPELINE_ID: '7', GITHUB_ACTIONS: '' };
    const script = (name: string): Promise<Ran> => job.run(example[name]?.script.join('\n') ?? 'false', env);

    expect(await script('plan')).toMatchObject({ exit: 0 });
    expect(await script('deploy')).toMatchObject({ exit: 0 });
    expect(rig.observer.everyState()).toEqual(['red', 'black']);
    const [, show = 'false'] = example['deploy']?.after_script ?? []; // after the key, which this Temporal does not take
    expect(await job.run(show, env)).toMatchObject({ exit: 0 });
    expect(await readFile(join(job.folder, 'what-happened.html'), 'utf8')).toContain('Share of the answers');
    const worker = await job.run('switchyard worker', env);
    expect(worker).toMatchObject({ exit: 2, err: expect.stringMatching(/in a clone of the repository/) as string });
  },
  90_000,
);

test.concurrent(
  'an alarm that the gateway hears of aborts the deployment of its record, and resets another one to its default',
  async () => {
    const [abort, reset] = [grounds.rig('alarmed'), grounds.rig('strayed')];
    const job = await startJob();
    const records = `  ${abort.record}: { gates: [healthy], interval: 200ms, onAlarm: { www-5xx: abort } }
  ${reset.record}: { default: 192.0.2.10, onAlarm: { www-down: reset } }`;
    const hooks = 'hooks: { alertmanager: { secret: alertmanager-hook } }';
    const gates = 'gates: { healthy: { http: { scheme: http, path: /healthz } } }';
    await job.write('switchyard.yaml', `version: 1\n${hooks}\n${gates}\nrecords:\n${records}\n`);
    const config = ['--config', join(job.folder, 'switchyard.yaml')];
    reset.sandbox.route53.put(reset.sandbox.zoneId, {
      Name: reset.record,
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.20' }],
    });
    const deploying = startClient(grounds, ['deploy', abort.record, ...TO_BLACK, ...config]);
    await deploying.says('watching 100 %');
    const gateway = startGateway(grounds, ['--listen', '127.0.0.1:0', ...config], {
      SWITCHYARD_SECRET_ALERTMANAGER_HOOK: 'the-token',
    });
    await gateway.says('listening at');
    const url = `${/http:\/\/127\.0\.0\.1:\d+/.exec(gateway.out())?.[0] ?? ''}/hooks/alertmanager`;
    const startsAt = new Date().toISOString();
    const alerts = ['www-5xx', 'www-down'].map((alertname) => ({ status: 'firing', labels: { alertname }, startsAt }));
    const body = JSON.stringify({ version: '4', alerts });
    const sent = await fetch(url, { method: 'POST', body, headers: { authorization: 'Bearer the-token' } });

    expect([sent.status, await sent.text()]).toEqual([200, 'taken\n']);
    expect(await ended(deploying)).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/the alarm www-5xx went off/) as string,
    });
    expect(abort.observer.everyState()).toEqual(['red', 'black', 'red']);
    const { client } = grounds.temporal;
    expect(await client.workflow.getHandle(`reset:${reset.record}`).result()).toMatchObject({ outcome: 'restored' });
    expect((await fetch(url.replace('/hooks/alertmanager', '/readyz'))).status).toBe(200);
    gateway.kill('SIGTERM');
    expect(await gateway.exit).toBe(0);
    expect(`${gateway.out()}${gateway.err()}`).not.toContain('the-token');
  },
  90_000,
);

test('the client in one file is small, and needs nothing beside it', async () => {
  const { bytes, imports } = await buildClient(
    join(await mkdtemp(join(tmpdir(), 'switchyard-one-file-')), 'switchyard'),
  );
  expect(bytes).toBeLessThan(2_700_000);
  expect(imports.filter((name) => !isBuiltin(name))).toEqual([]);
});

test.concurrent(
  'promotes, follows in JSON lines, and ends with 0',
  async () => {
    const rig = grounds.rig('good');
    const ran = await switchyard('deploy', rig.record, ...TO_BLACK, ...BRIEFLY, ...check(rig), '--json');

    expect(ran).toMatchObject({ exit: 0 });
    const lines = jsonLines(ran);
    expect(lines.every(({ schemaVersion }) => schemaVersion === 1)).toBe(true);
    expect(lines.filter((line) => !outputSchema.safeParse(line).success)).toEqual([]);
    expect(lines[0]).toMatchObject({ event: 'started', record: rig.record, joined: false });
    expect(lines.at(-1)).toMatchObject({ event: 'end', outcome: 'promoted', status: { record: rig.record } });
    expect(rig.observer.everyState()).toEqual(['red', 'black']);
  },
  90_000,
);

test.concurrent(
  'ends a deployment that rolled back with 1, and with what stands, why, until when, and where to look',
  async () => {
    const rig = grounds.rig('bad');
    const observer = observe(rig.sandbox, rig.record, { red: ['192.0.2.10'], black: [frail.address] });
    const client = startClient(grounds, ['deploy', rig.record, '--to', frail.address, ...check(rig)]);
    await client.says('watching 100 %');
    await frail.behave({ kind: 'status', status: 503 });
    const ran = await ended(client);

    expect(ran.exit).toBe(1);
    const [stands, why, caches, look] = ran.out.trimEnd().split('\n').slice(-4);
    expect(stands).toMatch(/^rolled back +bad\..* 192\.0\.2\.10 \(red\) at 4 of 4 name servers$/);
    expect(why).toMatch(/^why +black failed 4 of the last [456] probes.*503/);
    expect(caches).toMatch(/^caches +agree by \d\d:\d\d:\d\d UTC; keep black until \d\d:\d\d:\d\d UTC$/);
    expect(look).toMatch(/^look +.*\.\/switchyard history bad\./);
    expect(observer.everyState()).toEqual(['red', 'black', 'red']);
  },
  90_000,
);

test.concurrent(
  'while one process follows, others see it, are refused, join, leave, and abort',
  async () => {
    const rig = grounds.rig('busy');
    const deploy = ['deploy', rig.record, ...TO_BLACK, '--unchecked', '--by', 'carol', '--request-id', 'build-7'];
    const follower = startClient(grounds, deploy);
    await follower.says('watching 100 %');

    const second = await switchyard('deploy', rig.record, '--to', '192.0.2.30', '--unchecked', '--by', 'dave');
    expect(second.exit).toBe(3);
    expect(second.err).toMatch(/is being deployed to 192\.0\.2\.20 by carol since .*abort/s);

    const joined = await switchyard(...deploy, '--wait', '0s');
    expect(joined.exit).toBe(5);
    expect(joined.out).toContain('joined the running deployment');

    const status = await switchyard('status', rig.record, '--json', '--exit-code');
    expect(status.exit).toBe(8);
    expect(JSON.parse(status.out)).toMatchObject({ schemaVersion: 1, running: true, status: { phase: 'holding' } });

    const listed = await switchyard('ls', '--json');
    expect(listed.exit).toBe(0);
    expect(JSON.parse(listed.out)).toMatchObject({ schemaVersion: 1 });
    expect(listed.out).toContain(rig.record);

    const watcher = startClient(grounds, ['watch', rig.record, '--on-cancel', 'leave']);
    await watcher.says('watching 100 %');
    watcher.kill('SIGINT');
    expect(await ended(watcher)).toMatchObject({ exit: 130, err: expect.stringContaining('goes on') as string });
    expect(rig.observer.now()).toBe('black');

    expect(await switchyard('abort', rig.record, '--reason', 'customers complain')).toMatchObject({
      exit: 0,
      err: expect.not.stringContaining('a fault of this client') as string,
    });
    const end = await ended(follower);
    expect(end.exit).toBe(1);
    expect(end.out).toMatch(/customers complain/);
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);

    const past = await switchyard('history', rig.record, '--json');
    const { deployments } = JSON.parse(past.out) as { deployments: readonly { memo: object }[] };
    expect(deployments).toMatchObject([{ memo: { by: 'carol', requestId: 'build-7', outcome: 'rolled-back' } }]);
  },
  90_000,
);

test.concurrent(
  'plans without a write, and detaches from what it started',
  async () => {
    const rig = grounds.rig('later');
    const flags = ['--steps', '50,100', ...BRIEFLY, '--unchecked'];
    const plan = await switchyard('plan', rig.record, ...TO_BLACK, ...flags);
    expect(plan).toMatchObject({ exit: 0, out: expect.stringMatching(/50 %[^]*Nothing was written/) as string });
    expect(rig.observer.now()).toBe('red');
    const hash = /Plan ([0-9a-f]{8})/.exec(plan.out)?.[1] ?? 'no hash';

    expect(
      await switchyard('deploy', rig.record, ...TO_BLACK, ...flags, '--plan-hash', hash, '--detach'),
    ).toMatchObject({
      exit: 0,
    });
    const handle = grounds.temporal.client.workflow.getHandle<() => Promise<DeployStatus>>(`deploy:${rig.record}`);
    expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'black']);
  },
  90_000,
);

test.concurrent('says within seconds that no Temporal answers, and ends with 6', async () => {
  const ran = await runClient({ ...grounds, address: '127.0.0.1:1' }, ['status', 'www.example.com']);
  expect(ran.exit).toBe(6);
  expect(ran.err).toMatch(/no Temporal answers at 127\.0\.0\.1:1 .*TEMPORAL_ADDRESS/s);
});

test.concurrent('names every problem of a command line at once, and ends with 2', async () => {
  const ran = await switchyard('deploy', 'www..example.com', '--to', '999.1.1.1', '--steps', '50,10', '--bake', 'soon');
  expect(ran.exit).toBe(2);
  for (const problem of ['www..example.com', '999.1.1.1', '--steps', '--bake']) expect(ran.err).toContain(problem);
});

interface Line {
  readonly schemaVersion: number;
  readonly event: string;
}

function jsonLines({ out }: Ran): readonly Line[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
