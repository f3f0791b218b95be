import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DEPLOY_QUEUE, deployId } from '../../src/contracts/deploy.ts';
import { nextDeployId, QUEUE_WORKFLOW, WITHDRAW } from '../../src/contracts/deploy-queue.ts';
import type { Story } from '../../src/core/story/story.ts';
import { startCliYard, type CliYard } from '../support/cli-yard.ts';
import { CLI_NAMESPACES } from '../support/namespaces.ts';
import { outputSchema } from '../support/output-schema.ts';
import { runCli, type Ran } from '../support/run-cli.ts';

let yard: CliYard;
let record: string;
const seen: { running?: Ran; ended?: Ran; chain?: Story; newest?: Story } = {};
let folder: string;

/** One run after the other: a deployment that is aborted, one that waits for it over several executions, and then nobody who works. */
beforeAll(async () => {
  yard = await startCliYard(CLI_NAMESPACES.show);
  folder = await mkdtemp(join(tmpdir(), 'switchyard-show-'));
  record = yard.record('told');
  const long = [
    '--to',
    '192.0.2.20',
    '--unchecked',
    '--steps',
    '50,100',
    '--hold',
    '1h',
    '--bake',
    '0s',
    '--by',
    'ann',
  ];
  expect(await yard.run('deploy', record, ...long, '--detach')).toMatchObject({ exit: 0 });
  await yard.phase(record, 'holding');
  const firstRunId = await queueUp();
  seen.running = await yard.run('show', record);
  seen.chain = storyIn(await yard.run('show', firstRunId, '--json'));
  seen.newest = storyIn(await yard.run('show', nextDeployId(record), '--json'));
  expect(await yard.run('abort', record, '--reason', 'a <b>slow</b> page')).toMatchObject({ exit: 0 });
  const handle = yard.client.workflow.getHandle(deployId(record));
  await writeFile(join(folder, 'history.json'), historyToJSON(await handle.fetchHistory()));
  await yard.close();
  seen.ended = await show(record);
}, 60_000);

/** A queue behind the deployment that continues as new at each second try; the run id of its first execution. */
async function queueUp(): Promise<string> {
  const labels = { memo: {}, staticSummary: 'waits', staticDetails: '' };
  const retry = { firstMs: 20, maxMs: 20, triesARun: 2 };
  const queued = { request: { record }, labels, taskQueue: DEPLOY_QUEUE, since: Date.now(), limitMs: 60_000, retry };
  const workflowId = nextDeployId(record);
  const { workflow } = yard.client;
  const handle = await workflow.start(QUEUE_WORKFLOW, { taskQueue: DEPLOY_QUEUE, workflowId, args: [queued] });
  const first = handle.firstExecutionRunId;
  const newest = workflow.getHandle(workflowId);
  while ((await newest.describe()).runId === first) await sleep(50);
  await newest.signal(WITHDRAW, { by: 'ann', reason: 'enough' });
  await newest.result();
  return first;
}

const show = (...args: readonly string[]): Promise<Ran> =>
  runCli(['show', ...args], { folder, namespace: CLI_NAMESPACES.show });
const storyIn = ({ out }: Ran): Story => (JSON.parse(out) as { story: Story }).story;

test('a run that goes on is told up to now, with what it waits for and how to follow it', () => {
  expect(seen.running).toMatchObject({ exit: 0 });
  expect(seen.running?.out).toMatch(/✓ wrote "50 %": A 192\.0\.2\.\d0 \(weight 50/);
  expect(seen.running?.out).toMatch(/waits for {4}watching told\S+ at 50 %, since [\d:]+ UTC\n/);
  expect(seen.running?.out).toMatch(/next {9}\.\/switchyard watch told\./);
});

test('executions of one run read as one story, whichever of them is named', () => {
  expect(seen.chain?.runIds.length).toBeGreaterThan(1);
  expect(seen.chain).toMatchObject({ workflowId: nextDeployId(record), outcome: 'completed', notes: [] });
  expect(seen.newest).toEqual(seen.chain);
});

test('an ended run is told without any worker: by its record, its id, its run id, its page and its owner', async () => {
  const { out, exit } = seen.ended ?? { out: '', exit: -1 };
  expect(exit).toBe(0);
  expect(out).toMatch(/^told\S+ {2}rolled back after \S+ s {2}\(deploy:told\S+, run /);
  expect(out).toMatch(/» \S.* aborted: a <b>slow<\/b> page/);
  expect(out).toMatch(/stands {7}told\S+ serves 192\.0\.2\.10 \(red\); 4 of 4 name servers/);
  const [runId = ''] = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(out) ?? [];
  const page = `https://ui.example.com/namespaces/${CLI_NAMESPACES.show}/workflows/${encodeURIComponent(deployId(record))}/${runId}`;
  for (const name of [deployId(record), runId, page, `namespace-id/${deployId(record)}/${runId}`])
    expect((await show(name)).out).toBe(out);
  expect((await show(record, runId)).out).toBe(out);
});

test('with --html it is a page as well; a page that cannot be written is said, and nothing else', async () => {
  const { exit, out, err } = await show(record, '--html', 'page.html');
  expect({ exit, out }).toEqual({ exit: 0, out: seen.ended?.out });
  expect(err).toContain('the page is in page.html');
  const page = await readFile(join(folder, 'page.html'), 'utf8');
  expect(page).toMatch(/<figcaption>Share of the answers.*a &lt;b&gt;slow&lt;\/b&gt; page/s);
  const nowhere = await show(record, '--html', 'no/such/folder/page.html');
  expect(nowhere).toMatchObject({
    exit: 2,
    err: expect.stringMatching(/--html: .* cannot be written: .*ENOENT/) as string,
  });
});

test('as JSON a story has the published shape', async () => {
  const { out } = await show(record, '--json');
  expect(outputSchema.safeParse(JSON.parse(out)).success).toBe(true);
});

test('an exported history is told without Temporal', async () => {
  const told = await runCli(['show', 'history.json'], { folder, env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
  expect(told).toMatchObject({ exit: 0, err: '', out: seen.ended?.out });
});

test('a run that nobody knows, and a file that is no history, are refused with what leads on (A2)', async () => {
  await writeFile(join(folder, 'other.json'), '{"events": 7}');
  const unknown = await show('deploy:nobody.example.com');
  expect(unknown).toMatchObject({ exit: 2, err: expect.stringMatching(/knows no run .*\.\/switchyard ls/) as string });
  const never = await show('01a22cb8-a69e-7197-9893-1ca8e15efde2');
  expect(never).toMatchObject({ exit: 2, err: expect.stringMatching(/knows no run/) as string });
  const other = await show('other.json');
  expect(other).toMatchObject({
    exit: 2,
    err: expect.stringMatching(/no history of a run; accepted: .*temporal/) as string,
  });
});
