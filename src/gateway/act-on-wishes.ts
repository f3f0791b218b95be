import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { assertNever } from '../core/assert-never.ts';
import { nextDeployId, WITHDRAW } from '../contracts/deploy-queue.ts';
import { deployId, DEPLOY_QUEUE, MESSAGES, type AbortRequest, type DeployMemo } from '../contracts/deploy.ts';
import { DEFAULT_DOCS_PACE, type SiteSpec } from '../contracts/docs-runs.ts';
import { RESET_WORKFLOW, resetId, type ResetRequest } from '../contracts/reset.ts';
import { syncId, type SyncRequest } from '../contracts/sync.ts';
import { inTime } from '../in-time.ts';
import { requestDocs } from '../request-docs.ts';
import { requestSync } from '../request-sync.ts';
import type { Wish } from './hook.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** What wishes name, out of the file. */
export interface Orders {
  readonly syncs: ReadonlyMap<string, SyncRequest>;
  readonly sites: ReadonlyMap<string, SiteSpec>;
  readonly resets: ReadonlyMap<string, ResetRequest>;
}

/**
 * One call of Temporal; the sender has to try again after that. Whoever comes while one is in flight waits for two, and the most hurried
 * sender, EventBridge, waits for 5 s.
 */
const TAKEN_WITHIN_MS = 1_500;

/**
 * Hands wishes to Temporal; fulfilled when it has taken them. The workflow id is what makes two of them one: there is nothing to store.
 *
 * @throws whatever Temporal fails with: then the sender must send again.
 */
export function actOnWishes(client: Client, orders: Orders): (wish: Wish) => Promise<void> {
  const send = oneAtATime<Wish>((wish) => {
    const taken = client.connection.withDeadline(Date.now() + TAKEN_WITHIN_MS, () => act(client, orders, wish));
    // The deadline of a call does not bound the wait for a connection, which takes 10 s where nobody answers (measured).
    return inTime(taken, TAKEN_WITHIN_MS, `Temporal has not taken it within ${TAKEN_WITHIN_MS} ms`);
  });
  return (wish) => send(keyOf(wish), wish);
}

/** Wishes of one key are about one workflow, and the newest says all. */
function keyOf(wish: Wish): string {
  switch (wish.kind) {
    case 'sync':
      return syncId(wish.pair);
    case 'build':
      return `docs:${wish.site}:${wish.version}`;
    case 'alarm':
      return `${wish.act}:${wish.record}:${wish.since}`; // an older one must not speak for a newer one
    default:
      return assertNever(wish);
  }
}

async function act(client: Client, { syncs, sites, resets }: Orders, wish: Wish): Promise<void> {
  switch (wish.kind) {
    case 'sync': {
      await requestSync(client, declared(syncs, wish.pair));
      return;
    }
    case 'build': {
      const asked = { spec: declared(sites, wish.site), version: wish.version, publish: true, pace: DEFAULT_DOCS_PACE };
      await requestDocs(client, asked, { ref: wish.ref, commit: wish.commit, trigger: 'event', by: 'a push' });
      return;
    }
    case 'alarm': {
      const holder = await holderAt(client, wish);
      if (holder === 'newer') return;
      return wish.act === 'abort' ? abort(client, wish, holder) : reset(client, declared(resets, wish.record), wish);
    }
    default:
      return assertNever(wish);
  }
}

type Alarm = Extract<Wish, { kind: 'alarm' }>;

/** The run that had the record when the alarm went off. */
interface Holder {
  readonly runId: string;
  /** The record, or the group that moves it. */
  readonly subject: string;
}

/**
 * Who had the record when the alarm went off. `newer`: a deployment that began since then, or an undo, is what somebody does about it; whoever tells of
 * the alarm once more must not take it back.
 */
async function holderAt(client: Client, { record, since }: Alarm): Promise<Holder | 'newer' | null> {
  const run = await describe(client, deployId(record));
  if (run === null) return null;
  const isOpen = run.status.name === 'RUNNING';
  if (askedAt(run) > since && (isOpen || memoOf(run).outcome === 'promoted')) return 'newer';
  if (!isOpen) return null;
  const parentId = run.raw.workflowExecutionInfo?.parentExecution?.workflowId; // a record of a group is held by a child of its run
  if (parentId == null) return isUndo(run) ? 'newer' : { runId: run.runId, subject: record };
  const group = await describe(client, parentId);
  const { request } = memoOf(run);
  return group !== null && isUndo(group) ? 'newer' : { runId: run.runId, subject: request ?? record };
}

const describe = (client: Client, id: string): Promise<WorkflowExecutionDescription | null> =>
  known(() => client.workflow.getHandle(id).describe());

const memoOf = ({ memo }: WorkflowExecutionDescription): Partial<DeployMemo> => memo ?? {};
/** One that waited for its turn was asked for before it began. */
const askedAt = (run: WorkflowExecutionDescription): number => memoOf(run).askedAt ?? run.startTime.getTime();
const isUndo = (run: WorkflowExecutionDescription): boolean => memoOf(run).undo !== undefined;

/** By signal: it is taken whether or not a worker is there to answer. Where no deployment runs there is nothing to stop. */
async function abort(client: Client, { record, alarm, since }: Alarm, holder: Holder | null): Promise<void> {
  const request: AbortRequest = { reason: `the alarm ${alarm} went off`, by: 'the gateway', automatic: true };
  // First what waits, or its turn would come with the end of the other, in the middle of the alarm.
  for (const subject of new Set([record, holder?.subject ?? record])) {
    const id = nextDeployId(subject);
    const next = await describe(client, id);
    if (next?.status.name === 'RUNNING' && askedAt(next) <= since)
      await known(() => client.workflow.getHandle(id, next.runId).signal(WITHDRAW, request));
  }
  if (holder !== null)
    await known(() => client.workflow.getHandle(deployId(record), holder.runId).signal(MESSAGES.abort, request));
}

/** Null where there is no such run, or no open one any more. */
async function known<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'WorkflowNotFoundError') return null;
    throw cause;
  }
}

async function reset(client: Client, request: ResetRequest, { record, alarm }: Alarm): Promise<void> {
  await client.workflow.start(RESET_WORKFLOW, {
    workflowId: resetId(record),
    taskQueue: DEPLOY_QUEUE,
    args: [{ ...request, reason: `the alarm ${alarm} went off` }] as [ResetRequest],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${record}: reset to its default`,
    memo: { by: 'the gateway', reason: `the alarm ${alarm} went off` },
  });
}

/** Hooks make wishes out of the same file. */
function declared<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (one === undefined) throw new Error(`the file declares no ${name}`);
  return one;
}
