import { randomUUID } from 'node:crypto';
import { deployId, type DeployRequest } from '../contracts/deploy.ts';
import {
  nextDeployId,
  QUEUE_WORKFLOW,
  type QueuedDeployment,
  type QueueEnd,
  type QueueMemo,
} from '../contracts/deploy-queue.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { askToAbort, type FollowOptions } from './follow.ts';
import { LOOK_EVERY_MS } from './follow-here.ts';
import { hearInterrupts } from './interrupts.ts';
import { requestHash } from './plan-file.ts';
import { mustBeOlder } from './must-be-older.ts';
import { queuedNow, queuedWords, withdrawQueued, type Queued } from './queued.ts';
import type { Speaker } from './speaker.ts';
import {
  completed,
  holderOf,
  mustHaveWorker,
  startLabels,
  withKnown,
  type StartedRun,
  type Starting,
} from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { about, outside } from './words.ts';

export interface Queueing extends Starting, Pick<FollowOptions, 'waitMs' | 'onCancel'> {
  readonly say: Speaker;
  /** Whether to return once it is in the queue. */
  readonly detach: boolean;
}

/** A day: then it is no longer what was asked for. */
const WAIT_AT_MOST_MS = 86_400_000;
/** Of a group, once it has its own turn: a record may be deployed by itself. */
const WAIT_FOR_LOCKS = { firstMs: 1_000, limitMs: WAIT_AT_MOST_MS };
const RETRY = { firstMs: 1_000, maxMs: 10_000, triesARun: 200 };

/**
 * Puts the deployment into the queue of its record, and waits for its turn. One waits at most: a newer one takes the place of an older
 * one. The queue is a workflow, so that the turn comes also where this client is gone.
 *
 * @returns null where it is left in the queue.
 * @throws Stop: 3 where it will not be started, 5 and 130 where this client stops waiting.
 */
export async function startInTurn(
  temporal: TemporalClient,
  asked: DeployRequest,
  queueing: Queueing,
): Promise<StartedRun | null> {
  const { taskQueue, askedAt, say, detach, group } = queueing;
  await mustHaveWorker(temporal, taskQueue);
  const request = await completed(temporal, asked);
  const { record } = request;
  const holder = await holderOf(temporal, record);
  if (holder !== null && isSame(holder.memo, request))
    return { workflowId: deployId(record), runId: holder.runId, joined: true };
  if (holder !== null) mustBeOlder(holder, record, askedAt);
  const queued = await queuedNow(temporal, record);
  const entry =
    entryOf(queued, request) ??
    (await enqueue(temporal, request, { taskQueue, askedAt, queued, ...(group === undefined ? {} : { group }) }));
  say(
    holder === null
      ? `${record}: nothing else runs, so it is started now`
      : `queued behind the deployment of ${record} to ${outside(holder.memo.to ?? '?')} by ${outside(holder.memo.by ?? '?')}; it starts by itself, also without this client; ./switchyard abort ${record} ends both`,
  );
  return detach ? null : untilTurn(temporal, { ...queueing, request, entry });
}

function isSame({ requestId, request: hash }: Partial<QueueMemo>, request: DeployRequest): boolean {
  return request.requestId !== null && requestId === request.requestId && hash === requestHash(request);
}

/** The same request id and the same request wait already: then that is what was meant. */
function entryOf(queued: Queued | null, request: DeployRequest): string | null {
  return queued !== null && isSame(queued.memo, request) ? (queued.memo.entry ?? null) : null;
}

interface Enqueueing extends Starting {
  /** Whose place it takes. */
  readonly queued: Queued | null;
}

async function enqueue(temporal: TemporalClient, request: DeployRequest, starting: Enqueueing): Promise<string> {
  const { group, queued: other, askedAt } = starting;
  mustBeNewer(other, { request, askedAt });
  const entry = randomUUID();
  const { memo, ...texts } = startLabels(request, askedAt, group);
  const labels = { ...texts, memo: { ...memo, entry } };
  const queued: QueuedDeployment = {
    request,
    ...(group === undefined ? {} : { group: withKnown({ ...group, waitForLocks: WAIT_FOR_LOCKS }, request) }),
    labels,
    taskQueue: starting.taskQueue,
    since: Date.now(),
    limitMs: WAIT_AT_MOST_MS,
    retry: RETRY,
  };
  let tries = 0;
  await temporal.ask(async () => {
    if (tries++ > 0) {
      if (await wasTaken(temporal, request.record, entry)) return;
      mustBeNewer(await queuedNow(temporal, request.record), { request, askedAt }); // it may have come and gone meanwhile
    }
    await temporal.client.workflow.start(QUEUE_WORKFLOW, {
      workflowId: nextDeployId(request.record),
      taskQueue: starting.taskQueue,
      args: [queued] as [QueuedDeployment],
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
      memo: { ...labels.memo },
      staticSummary: labels.staticSummary,
      staticDetails: labels.staticDetails,
    });
  });
  return entry;
}

/** Whether the entry waits, or was started already, though the answer was lost: another one would deploy the same again after it. */
async function wasTaken({ client }: TemporalClient, record: string, entry: string): Promise<boolean> {
  const looks = [nextDeployId(record), deployId(record)].map((id) => client.workflow.getHandle(id).describe());
  const seen = await Promise.all(looks.map((look) => look.catch(nullIfNotFound)));
  return seen.some((run) => run?.memo?.['entry'] === entry);
}

function nullIfNotFound(cause: unknown): null {
  if (isNotFound(cause)) return null;
  throw cause;
}

function mustBeNewer(
  other: Queued | null,
  { request, askedAt }: { readonly request: DeployRequest; readonly askedAt: number },
): void {
  if (other !== null && other.since > askedAt)
    throw stop(EXIT.refused, `${newerWaits(other)}; nothing was started`, { request });
}

/** Of two that were asked for at nearly the same time the older may come here last. */
const newerWaits = (other: Queued): string => `a newer deployment waits already: ${queuedWords(other)}`;

interface Turn extends Queueing {
  readonly request: DeployRequest;
  readonly entry: string;
}

type Moment =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'started'; readonly run: StartedRun }
  | { readonly kind: 'over'; readonly why: string };

async function untilTurn(temporal: TemporalClient, turn: Turn): Promise<StartedRun> {
  const interrupts = hearInterrupts();
  const began = Date.now();
  try {
    for (;;) {
      const moment = await lookAtTurn(temporal, turn);
      if (moment.kind === 'started') return moment.run;
      if (moment.kind === 'over') throw stop(EXIT.refused, `${moment.why}; nothing was started`, turn);
      if (interrupts.exit !== null) await leave(temporal, turn, interrupts.exit);
      mustStillWait(turn, began);
      await interrupts.pause(LOOK_EVERY_MS);
    }
  } finally {
    interrupts.stop();
  }
}

/** What became of the entry: waits, was started, or neither and will not be. */
async function lookAtTurn(temporal: TemporalClient, { request: { record }, entry }: Turn): Promise<Moment> {
  const workflowId = nextDeployId(record);
  const handle = temporal.client.workflow.getHandle(workflowId);
  const description = await temporal
    .ask(() => handle.describe())
    .catch((cause: unknown) => {
      if (isNotFound(cause)) return null;
      throw cause;
    });
  const memo = (description?.memo ?? {}) as Partial<QueueMemo>;
  if (description === null || memo.entry !== entry) return displaced(temporal, record, { entry, by: memo });
  const { status, runId } = description;
  if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return { kind: 'waiting' };
  if (status.name !== 'COMPLETED')
    return { kind: 'over', why: `the queue entry of ${record} was ended in Temporal (${status.name.toLowerCase()})` };
  const end = await temporal.ask(
    () => temporal.client.workflow.getHandle(workflowId, runId).result() as Promise<QueueEnd>,
  );
  return momentOf(record, end);
}

function momentOf(record: string, end: QueueEnd): Moment {
  switch (end.kind) {
    case 'started':
      return { kind: 'started', run: { workflowId: deployId(record), runId: end.runId, joined: false } };
    case 'withdrawn':
      return { kind: 'over', why: `taken out of the queue by ${outside(end.by)}: ${outside(end.reason)}` };
    case 'expired':
      return { kind: 'over', why: outside(end.sentence) };
  }
}

/** A newer one took the place, unless this one's turn came in that very moment. */
async function displaced(
  temporal: TemporalClient,
  record: string,
  { entry, by }: { readonly entry: string; readonly by: Partial<QueueMemo> },
): Promise<Moment> {
  const holder = await holderOf(temporal, record);
  if (holder?.memo.entry === entry)
    return { kind: 'started', run: { workflowId: deployId(record), runId: holder.runId, joined: false } };
  const newer = `to ${outside(by.to ?? '?')} by ${outside(by.by ?? '?')}`;
  return { kind: 'over', why: `a newer deployment of ${record}, ${newer}, took the place in the queue` };
}

/** @throws Stop always: the entry stays in the queue, or is taken out of it. */
async function leave(temporal: TemporalClient, turn: Turn, exit: ExitCode): Promise<never> {
  const { request, onCancel } = turn;
  const { record, by } = request;
  if (onCancel === 'leave') throw stop(exit, `interrupted; ${staysQueued(record)}`, turn);
  const reason = exit === EXIT.sigint ? 'interrupted (SIGINT)' : 'cancelled (SIGTERM)';
  await withdrawQueued(temporal, record, { by, reason });
  const moment = await lookAtTurn(temporal, turn);
  if (moment.kind === 'over') throw stop(exit, `${moment.why}; nothing was started`, turn);
  if (moment.kind === 'waiting')
    throw stop(exit, 'interrupted; no worker has taken it out of the queue yet: it leaves once one runs', turn);
  await askToAbort(temporal, moment.run, { by, reason });
  throw stop(exit, 'interrupted; its turn had just come, so the deployment was asked to abort', turn);
}

function mustStillWait({ waitMs, request: { record }, ...turn }: Turn, began: number): void {
  if (waitMs === null || Date.now() - began < waitMs) return;
  throw stop(EXIT.stoppedWaiting, `waited for ${about(waitMs)}; ${staysQueued(record)}`, {
    ...turn,
    request: { record },
  });
}

const staysQueued = (record: string): string =>
  `the deployment stays in the queue and starts by itself; ./switchyard abort ${record} takes it out`;

const stop = (
  exit: ExitCode,
  found: string,
  { request: { record } }: { readonly request: Pick<DeployRequest, 'record'> },
): Stop => new Stop(exit, [problem(found, null, `./switchyard status ${record}`)]);
