import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/temporal.ts';

/** Deployments, syncs and builds of documentation that run while the worker is updated must go on: their histories replay against the workflows of today. */
const FOLDER = new URL('.', import.meta.url);
const RECORDED = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

beforeAll(() => {
  const filter = makeTelemetryFilterString({ core: 'ERROR' }); // a history that does not replay is expected here
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
});

test('every end of a deployment, of a group, of a sync, of a build of documentation and of a guard is recorded', () => {
  expect(RECORDED.map((name) => name.replace('.json', ''))).toEqual([
    'aborted',
    'approved',
    'asked-about-a-gate',
    'blocked-and-resolved',
    'cancelled',
    'confirmed',
    'docs-cancelled',
    'docs-collected',
    'docs-failed',
    'docs-gates-failed',
    'docs-listed',
    'docs-moved',
    'docs-preview',
    'docs-published',
    'docs-superseded',
    'docs-ticked',
    'docs-unchanged',
    'doctor-docs',
    'doctor-sync',
    'doctor',
    'group-approved',
    'group-blocked-and-resolved',
    'group-lock',
    'group-paused',
    'group-promoted',
    'group-refused',
    'group-rolled-back',
    'group-undone',
    'group-waited',
    'guard-found',
    'guard-quiet',
    'guard-restored',
    'guard-told',
    'lowered-ttl',
    'measured-promoted',
    'measured-rolled-back',
    'paused',
    'plan-group',
    'plan-sync',
    'plan',
    'promoted',
    'queue-continued-as-new',
    'queue-started',
    'queue-withdrawn',
    'refused',
    'rejected',
    'reset-foreign',
    'reset-restored',
    'rolled-back',
    'superseded',
    'sync-cancelled',
    'sync-continued-as-new',
    'sync-failed',
    'sync-gave-up',
    'sync-in-chunks',
    'sync-retried',
    'sync-stopped',
    'sync-synced-with-exceptions',
    'sync-synced',
    'sync-tick-skipped',
    'sync-ticked',
    'sync-wished',
    'told-blocked',
    'told-promoted',
    'unanswered',
    'unchanged',
    'unconfirmed',
    'undone',
  ]);
});

test('every kind of workflow that a worker registers has a history', async () => {
  const index = await readFile(new URL('../../src/workflows/index.ts', import.meta.url), 'utf8');
  const registered = [...index.matchAll(/export \{ (\w+) \}/g)].map(([, name]) => name);
  const recorded = await Promise.all(
    RECORDED.map(
      async (name) => (await readHistory(name)).events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
    ),
  );
  expect([...new Set(recorded)].sort()).toEqual(registered.sort());
});

test.each(RECORDED)('%s replays against the workflows of today', async (name) => {
  await replay(await readHistory(name));
});

test('a history that the workflows would not have written does not replay', async () => {
  const history = await readHistory('promoted.json');
  const damaged = JSON.parse(JSON.stringify(history).replaceAll('"swapRecord"', '"setFence"')) as Recorded;
  await expect(replay(damaged)).rejects.toThrow(/Activity type/);
});

test.each(RECORDED)('%s tells nothing of the machine that recorded it', async (name) => {
  const history = JSON.stringify(await readHistory(name));
  const readable = history.replace(/"data":"([^"]*)"/g, (_all, data: string) => Buffer.from(data, 'base64').toString());
  expect(readable).not.toMatch(/\/(work|home|root|tmp|Users)\/|file:\/\/|node_modules|"identity":"(?!recorded)/);
});

interface Recorded {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: {
      readonly workflowId?: string;
      readonly workflowType?: { readonly name?: string };
    };
  }[];
}

async function readHistory(name: string): Promise<Recorded> {
  return JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')) as Recorded;
}

async function replay(history: Recorded): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, workflowId);
}
