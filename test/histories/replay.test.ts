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
    'docs-failed',
    'docs-gates-failed',
    'docs-preview',
    'docs-published',
    'docs-superseded',
    'docs-ticked',
    'docs-unchanged',
    'group-approved',
    'group-blocked-and-resolved',
    'group-lock',
    'group-promoted',
    'group-refused',
    'group-rolled-back',
    'group-undone',
    'group-waited',
    'guard-found',
    'guard-quiet',
    'guard-restored',
    'guard-told',
    'measured-promoted',
    'measured-rolled-back',
    'paused',
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
    'unconfirmed',
    'undone',
  ]);
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
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId?: string };
  }[];
}

async function readHistory(name: string): Promise<Recorded> {
  return JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')) as Recorded;
}

async function replay(history: Recorded): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, workflowId);
}
