import { setTimeout as sleep } from 'node:timers/promises';
import { defineSearchAttributeKey } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { DEPLOY_QUEUE } from '../../src/contracts/deploy.ts';
import { pinnedTo } from '../../src/worker-version.ts';
import { startCliYard, type CliYard } from '../support/cli-yard.ts';
import { CLI_NAMESPACES } from '../support/namespaces.ts';
import { connect } from '../support/temporal.ts';

let yard: CliYard;
beforeAll(async () => {
  yard = await startCliYard(CLI_NAMESPACES.versions, 'one');
});
afterAll(() => yard.close());

const LONG = ['--to', '192.0.2.20', '--unchecked', '--hold', '0s', '--bake', '1h'];
const SHORT = ['--to', '192.0.2.20', '--unchecked', '--hold', '0s', '--bake', '0s'];

/** Until Temporal has heard of the workers of a version on all three queues: they tell it with their first poll. */
async function polling(version: string): Promise<void> {
  for (;;) {
    const { out } = await yard.run('versions', 'list');
    if (out.match(new RegExp(` ${version} +\\w+ +\\d+ +[1-9]`, 'g'))?.length === 3) return;
    await sleep(200);
  }
}

async function promote(version: string): Promise<void> {
  await polling(version);
  const ran = await yard.run('versions', 'promote', version);
  expect(ran).toMatchObject({ exit: 0 });
  expect(ran.out.match(new RegExp(`runs that begin now begin on ${version}`, 'g'))).toHaveLength(3);
}

// One after another on purpose: what is current is one thing of the whole namespace.
test('a bake ends on the version that it began on, and its workers may not end before it has (D3)', async () => {
  await polling('one');
  const early = await yard.run('deploy', yard.record('early'), ...SHORT, '--detach');
  expect(early.exit).toBe(6); // nobody would take it, and it would begin at a moment that nobody expects
  expect(early.err).toMatch(/no worker polls the queue[\s\S]*versions promote; nothing was started/);

  await promote('one');
  const record = yard.record('baking');
  expect(await yard.run('deploy', record, ...LONG, '--detach')).toMatchObject({ exit: 0 });
  await yard.phase(record, 'holding');

  const current = await yard.run('versions', 'drain', 'one');
  expect(current.exit).toBe(3);
  expect(current.err).toMatch(/switchyard-deploy: one gets the runs that begin now; promote another version first/);

  await yard.worker('two');
  await promote('two');
  const refused = await yard.run('versions', 'drain', 'one');
  expect(refused.exit).toBe(3);
  expect(refused.err).toContain(`switchyard-deploy: 1 run began on one and can end nowhere else: deploy:${record}`);

  const other = yard.record('other');
  expect(await yard.run('deploy', other, ...SHORT, '--detach')).toMatchObject({ exit: 0 });
  while ((await versionOf(other)) === undefined) await sleep(50); // set by its first task
  expect(await versionOf(other)).toBe('switchyard-deploy:two');

  const draining = yard.run('versions', 'drain', 'one', '--wait', '1m');
  expect(await yard.run('abort', record)).toMatchObject({ exit: 0 });
  expect(yard.values(record)).toEqual(['192.0.2.10']);
  expect(await versionOf(record)).toBe('switchyard-deploy:one');
  expect(await draining).toMatchObject({ exit: 0, out: 'no open run needs version one: its workers may be stopped\n' });

  const listed = await yard.run('versions', 'list');
  expect(listed.out).toMatch(/switchyard-deploy +two +yes +\d +1\n.*switchyard-deploy +one +no +0 +1\n/);
}, 120_000);

test('a version that nobody ever ran is refused, and so is what is no version', async () => {
  const unknown = await yard.run('versions', 'promote', 'nine');
  expect(unknown.exit).toBe(3);
  expect(unknown.err).toMatch(/no worker of version nine was ever seen in namespace cli-versions/);
  expect(await yard.run('versions', 'drain', 'a b')).toMatchObject({ exit: 2 });
});

test('a version whose runs nobody would work at is not promoted, unless somebody says so (D3)', async () => {
  const temporal = await connect();
  const half = await Worker.create({
    connection: temporal.nativeConnection,
    namespace: CLI_NAMESPACES.versions,
    taskQueue: DEPLOY_QUEUE,
    activities: { nothing: () => Promise.resolve() }, // so that Temporal knows the version, and nobody works at its runs
    workerDeploymentOptions: pinnedTo(DEPLOY_QUEUE, 'half'),
  });
  const running = half.run();
  while (!(await yard.run('versions', 'list')).out.includes(' half ')) await sleep(100);

  const refused = await yard.run('versions', 'promote', 'half');
  expect(refused.exit).toBe(3);
  expect(refused.err).toMatch(/switchyard-deploy: no worker polls for half.*--without-workers/);
  const anyway = await yard.run('versions', 'promote', 'half', '--without-workers');
  expect(anyway.out + anyway.err).toMatch(/switchyard-deploy: (runs that begin now|half was not promoted)/); // as Temporal decides

  half.shutdown();
  await running;
  await temporal.close();
});

const VERSION = defineSearchAttributeKey('TemporalWorkerDeploymentVersion', 'KEYWORD');

/** By Temporal's own record of the run. */
async function versionOf(record: string): Promise<string | undefined> {
  const { typedSearchAttributes } = await yard.client.workflow.getHandle(`deploy:${record}`).describe();
  return typedSearchAttributes.get(VERSION);
}
