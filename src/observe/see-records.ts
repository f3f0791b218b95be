/**
 * What is true of records now: of those that are being deployed, by their runs, and of the others by what the guard found last.
 */
import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import { MESSAGES, type DeployPhase, type DeployStatus } from '../contracts/deploy.ts';
import { GUARD_WORKFLOW, type GuardReport } from '../contracts/guard.ts';
import { recordOf, RUNNING_DEPLOYMENTS } from '../contracts/running-deployments.ts';
import { matterOf } from '../core/dns/judge-guard.ts';
import { inTime } from '../in-time.ts';
import type { Seen } from './gauges.ts';
import { newestRun } from './newest-run.ts';

/**
 * `unanswered`: a deployment is open and nobody answers for it, so nobody would roll it back either. `found`: the guard found what a dead
 * run left. `not-seen`, `refused`: the guard could not look, or may not touch what it found.
 */
export type RecordState = 'deploying' | 'rolling-back' | 'blocked' | 'unanswered' | 'found' | 'not-seen' | 'refused';

export interface SeenRecords {
  /** One for each state that a record is in; a record at rest has none. */
  readonly states: readonly Seen<{ record: string; state: RecordState }>[];
  /** Share of the answers that are black's, from 0 to 1. */
  readonly shares: readonly Seen<{ record: string }>[];
  /** When the guard ended last, in seconds since the epoch; empty where there is none. */
  readonly guarded: readonly Seen[];
}

export async function seeRecords(client: Client): Promise<SeenRecords> {
  const [deployed, guard] = await Promise.all([seeDeployments(client), seeGuard(client)]);
  return {
    states: [...deployed.map(({ record, state }) => is(record, state)), ...guard.found],
    shares: deployed.flatMap(({ record, share }) =>
      share === null ? [] : [{ labels: { record }, value: share / 100 }],
    ),
    guarded: guard.endedAt === null ? [] : [{ labels: {}, value: guard.endedAt / 1_000 }],
  };
}

const is = (record: string, state: RecordState) => ({ labels: { record, state }, value: 1 });

interface SeenDeployment {
  readonly record: string;
  readonly state: RecordState;
  /** Null where nobody answers. */
  readonly share: number | null;
}

/** So a hundred that nobody answers for are known within 25 s. */
const AT_ONCE = 20;

async function seeDeployments(client: Client): Promise<readonly SeenDeployment[]> {
  const atOnce = pLimit(AT_ONCE);
  const asked: Promise<SeenDeployment | null>[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: RUNNING_DEPLOYMENTS }))
    asked.push(atOnce(() => seeDeployment(client, workflowId, runId)));
  return (await Promise.all(asked)).filter((one) => one !== null);
}

/** Null: it has ended meanwhile. */
async function seeDeployment(client: Client, workflowId: string, runId: string): Promise<SeenDeployment | null> {
  const record = recordOf(workflowId);
  const status = await statusOf(client, workflowId, runId);
  if (status === null) return { record, state: 'unanswered', share: null };
  const state = STATES[status.phase];
  return state === null ? null : { record, state, share: status.share };
}

const ANSWERS_WITHIN_MS = 5_000;

/** Null: no worker answered in time. The native client tries again past any deadline that it is given, so the clock is ours. */
async function statusOf(client: Client, workflowId: string, runId: string): Promise<DeployStatus | null> {
  const asked = client.workflow.getHandle(workflowId, runId).query<DeployStatus>(MESSAGES.status);
  return inTime(asked, ANSWERS_WITHIN_MS, 'no worker answered').catch(() => null);
}

/** Null: at its end. */
const STATES: Readonly<Record<DeployPhase, RecordState | null>> = {
  reading: 'deploying',
  checking: 'deploying',
  'awaiting-approval': 'deploying',
  writing: 'deploying',
  settling: 'deploying',
  holding: 'deploying',
  paused: 'deploying',
  promoting: 'deploying',
  'rolling-back': 'rolling-back',
  blocked: 'blocked',
  promoted: null,
  unchanged: null,
  refused: null,
  'rolled-back': null,
  superseded: null,
  'not-restored': null,
};

interface SeenGuard {
  readonly found: SeenRecords['states'];
  /** Null: none has ended that Temporal still knows. */
  readonly endedAt: number | null;
}

/** What the guard that ended last found: all of it is in its result. */
async function seeGuard(client: Client): Promise<SeenGuard> {
  const newest = await newestRun(client, `WorkflowType = '${GUARD_WORKFLOW}' AND ExecutionStatus = 'Completed'`);
  if (newest === null) return { found: [], endedAt: null };
  const { records } = (await client.workflow.result(newest.workflowId, newest.runId)) as GuardReport;
  const found = records.flatMap((one) => {
    const state = FOUND[matterOf(one)];
    return state === null ? [] : [is(one.record, state)];
  });
  return { found, endedAt: newest.closeTime?.getTime() ?? null };
}

const FOUND = {
  none: null,
  restored: null,
  act: 'found',
  'not-seen': 'not-seen',
  refused: 'refused',
} as const satisfies Record<ReturnType<typeof matterOf>, RecordState | null>;
