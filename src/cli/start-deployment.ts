import type { WorkflowExecutionDescription } from '@temporalio/client';
import { about, clock, outside } from './words.ts';
import { deployId, DEPLOY_WORKFLOW, MESSAGES, RECORD_ATTRIBUTE, STAGE_ATTRIBUTE } from '../contracts/deploy.ts';
import type { DeployMemo, DeployRequest, DeployStatus } from '../contracts/deploy.ts';
import { GROUP_WORKFLOW, groupSubject, type GroupRequest } from '../contracts/deploy-group.ts';
import { sha256 } from '../core/sha256.ts';
import { EXIT } from './exit-codes.ts';
import { frozenNow } from './freeze.ts';
import { requestHash } from './plan-file.ts';
import { withdrawOlder } from './queued.ts';
import { phaseWords } from './render.ts';
import { problem, Stop, type Problem } from './stop.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { isLiving, pollersOf } from '../pollers-of.ts';
import { targetWords } from '../core/dns/target-words.ts';
import { undoWords } from './undo-words.ts';

/** A deployment that runs: started by us, or joined because it is the same. */
export interface StartedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly joined: boolean;
}

/** The deployment that holds the lock of a record. */
export interface Holder {
  readonly runId: string;
  readonly startedAt: number;
  readonly memo: Partial<DeployMemo>;
}

export interface Starting {
  readonly taskQueue: string;
  /** When the command was given: milliseconds since the epoch. */
  readonly askedAt: number;
  /** Started instead of the one record. */
  readonly group?: GroupRequest;
}

export type TriedStart =
  { readonly kind: 'started'; readonly run: StartedRun } | { readonly kind: 'busy'; readonly holder: Holder };

/**
 * Starts the deployment: the workflow id is the lock of the record (D6), so a second start of the same name fails.
 *
 * @throws Stop with exit 6 while no worker polls the queue (nothing is started then), 3 where somebody else holds the lock.
 */
export async function startDeployment(
  temporal: TemporalClient,
  asked: DeployRequest,
  taskQueue: string,
): Promise<StartedRun> {
  const tried = await tryToStart(temporal, asked, { taskQueue, askedAt: Date.now() });
  if (tried.kind === 'started') return tried.run;
  throw new Stop(EXIT.refused, [await lockHeld(temporal, asked.record, tried.holder)]);
}

/** The same for a group: its own lock here, those of its records are taken by the run. */
export async function startGroup(
  temporal: TemporalClient,
  asked: GroupRequest,
  taskQueue: string,
): Promise<StartedRun> {
  const lead = leadOf(asked);
  const tried = await tryToStart(temporal, lead, { taskQueue, askedAt: Date.now(), group: asked });
  if (tried.kind === 'started') return tried.run;
  throw new Stop(EXIT.refused, [await lockHeld(temporal, lead.record, tried.holder)]);
}

/** What stands for the group where a deployment of one record is asked for. */
export function leadOf({ group, keepHealthy, planHash, records }: GroupRequest): DeployRequest {
  const [first] = records;
  if (first === undefined) throw new RangeError('a group has at least one record');
  const requestSum = sha256([keepHealthy, planHash, ...records.map(requestHash)].join()); // what makes two requests the same
  return { ...first, record: groupSubject(group), planHash: requestSum };
}

/** The record; of a group its own name and those of its records. */
export const subjectsOf = ({ record }: Pick<DeployRequest, 'record'>, group?: GroupRequest): readonly string[] => [
  record,
  ...(group?.records ?? []).map((one) => one.record),
];

/** Where it goes, as operators read it. */
export const wordsFor = ({ to }: Pick<DeployRequest, 'to'>, group?: GroupRequest): string =>
  group === undefined ? targetWords(to) : groupWords(group);

/** The same, where somebody else holding the lock is an answer. @throws Stop with exit 6 while no worker polls the queue. */
export async function tryToStart(
  temporal: TemporalClient,
  asked: DeployRequest,
  starting: Starting,
): Promise<TriedStart> {
  await mustHaveWorker(temporal, starting.taskQueue);
  const request = await completed(temporal, asked);
  const workflowId = deployId(request.record);
  const frozen = frozenNow(request, Date.now());
  if (frozen !== null) return joinInFreeze(temporal, request, frozen);
  try {
    const handle = await temporal.ask(() =>
      temporal.client.workflow.start(
        starting.group === undefined ? DEPLOY_WORKFLOW : GROUP_WORKFLOW,
        startOptions(request, { workflowId, ...starting }),
      ),
    );
    await withdrawAllOlder(temporal, request, starting);
    return { kind: 'started', run: { workflowId, runId: handle.firstExecutionRunId, joined: false } };
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'WorkflowExecutionAlreadyStartedError') throw cause;
    return joinOrSayWho(temporal, request, starting);
  }
}

/** Nothing older may come after it. */
async function withdrawAllOlder(
  temporal: TemporalClient,
  request: DeployRequest,
  { askedAt, group }: Starting,
): Promise<void> {
  const { by, to } = startLabels(request, askedAt, group).memo;
  for (const subject of subjectsOf(request, group)) await withdrawOlder(temporal, subject, { by, to, askedAt });
}

/** What only Temporal knows: the namespace's id for the fence, whether the search attributes exist, and where its UI is. */
export async function completed(
  { ask, connection, place }: TemporalClient,
  request: DeployRequest,
): Promise<DeployRequest> {
  const { namespace } = place;
  const [described, searchAttributes] = await Promise.all([
    ask(() => connection.workflowService.describeNamespace({ namespace })),
    ask(() => connection.operatorService.listSearchAttributes({ namespace })).then(
      ({ customAttributes }) => RECORD_ATTRIBUTE in customAttributes && STAGE_ATTRIBUTE in customAttributes,
      () => false, // not allowed to look: then they are not used, since an unregistered one blocks the run for ever (measured)
    ),
  ]);
  const { notify } = request;
  return {
    ...request,
    searchAttributes,
    namespaceId: described.namespaceInfo?.id ?? namespace,
    ...(notify === undefined ? {} : { notify: { ...notify, ui: place.ui } }),
  };
}

function startOptions(
  request: DeployRequest,
  { workflowId, taskQueue, askedAt, group }: Starting & { readonly workflowId: string },
) {
  const { memo, ...texts } = startLabels(request, askedAt, group);
  return {
    ...texts,
    workflowId,
    taskQueue,
    args: [group === undefined ? request : withKnown(group, request)] as [unknown],
    workflowIdConflictPolicy: 'FAIL' as const,
    memo: { ...memo },
    ...(request.searchAttributes
      ? { typedSearchAttributes: [attribute(RECORD_ATTRIBUTE, request.record), attribute(STAGE_ATTRIBUTE, 'starting')] }
      : {}),
  };
}

/** What is to be seen of a deployment without a worker, whoever starts it. */
export function startLabels(request: DeployRequest, askedAt: number, group?: GroupRequest) {
  const { undo, requestId, by, freeze } = request;
  const to = `${wordsFor(request, group)}${undo === undefined ? '' : ' (undo)'}`;
  const memo: DeployMemo = {
    requestId,
    by,
    to,
    askedAt,
    request: requestHash(request),
    ...(undo === undefined ? {} : { undo: undoWords(undo.toRevision) }),
    ...(freeze?.override == null ? {} : { overrideFreeze: freeze.override }),
  };
  return {
    memo,
    staticSummary: markdown(`${request.record} to ${to}`).slice(0, LONGEST_SUMMARY),
    staticDetails: markdown(
      `asked by ${request.by} (not authenticated), steps ${request.steps.map(({ share }) => share).join(', ')} %`,
    ),
  };
}

/** Temporal shows 200 bytes. */
const LONGEST_SUMMARY = 190;

/** `eu.example.com=192.0.2.31 us.example.net=192.0.2.41`. */
export const groupWords = ({ records }: GroupRequest): string =>
  records.map(({ record, to }) => `${record}=${targetWords(to)}`).join(' ');

/** What only Temporal knew is known of every record. */
export function withKnown(group: GroupRequest, { searchAttributes, namespaceId, notify }: DeployRequest): GroupRequest {
  const known = { searchAttributes, namespaceId, ...(notify === undefined ? {} : { notify }) };
  return { ...group, records: group.records.map((one) => ({ ...one, ...known })) };
}

const attribute = (name: string, value: string) => ({ key: { name, type: 'KEYWORD' as const }, value });

/** The UI renders Markdown with HTML: text from outside must not be either. */
const markdown = (text: string): string => outside(text).replace(/[<>&`*_[\]!#|\\]/g, ' ');

/** @throws Stop with exit 6: a run that nobody takes would begin at a moment that nobody expects. */
export async function mustHaveWorker({ ask, connection, place }: TemporalClient, taskQueue: string): Promise<void> {
  const { pollers, current } = await ask(() =>
    pollersOf(connection.workflowService, { namespace: place.namespace, queue: taskQueue }),
  );
  const able = pollers.filter(({ version }) => version === current); // whom a run that begins now can come to
  if (able.some(isLiving)) return;
  const newest = Math.max(...able.map(({ seenAt }) => seenAt));
  const since = Number.isFinite(newest)
    ? `the last one was seen ${about(Date.now() - newest)} ago`
    : 'none was ever seen';
  const versioned = pollers.some(({ version }) => version !== null);
  const promote = versioned ? ', or let new runs begin on a version with ./switchyard versions promote' : '';
  throw new Stop(EXIT.unreachable, [
    problem(
      `no worker ${current === null ? '' : `of version ${outside(current)} `}polls the queue ${taskQueue} of ${place.address} (namespace ${place.namespace}): ${since}`,
      null,
      `start one with ./switchyard worker, or look with ./switchyard doctor${promote}; nothing was started`,
    ),
  ]);
}

/** The same request id and the same request: this is the run that was meant. The same command: its start was taken, and the answer was lost. */
async function joinOrSayWho(temporal: TemporalClient, request: DeployRequest, starting: Starting): Promise<TriedStart> {
  const workflowId = deployId(request.record);
  const holder = asHolder(await temporal.ask(() => temporal.client.workflow.getHandle(workflowId).describe()));
  const { memo } = holder;
  if (memo.askedAt === starting.askedAt && memo.request === requestHash(request)) {
    await withdrawAllOlder(temporal, request, starting);
    return { kind: 'started', run: { workflowId, runId: holder.runId, joined: false } };
  }
  if (!isSame(request, holder)) return { kind: 'busy', holder };
  return { kind: 'started', run: { workflowId, runId: holder.runId, joined: true } };
}

/** The deployment that runs; null where none does. */
export async function holderOf(temporal: TemporalClient, record: string): Promise<Holder | null> {
  const handle = temporal.client.workflow.getHandle(deployId(record));
  try {
    const description = await temporal.ask(() => handle.describe());
    return description.status.name === 'RUNNING' ? asHolder(description) : null;
  } catch (cause) {
    if (isNotFound(cause)) return null;
    throw cause;
  }
}

const asHolder = ({ runId, startTime, memo }: WorkflowExecutionDescription): Holder => ({
  runId,
  startedAt: startTime.getTime(),
  memo: memo ?? {},
});

/** @throws Stop with exit 3 where a deployment runs, unless it was started under this request id: an abort is what puts red back then. */
export async function mustNotRun(temporal: TemporalClient, record: string, requestId: string | null): Promise<void> {
  const holder = await holderOf(temporal, record);
  if (holder === null || (requestId !== null && holder.memo.requestId === requestId)) return;
  const { found } = await lockHeld(temporal, record, holder);
  throw new Stop(EXIT.refused, [
    problem(found, null, `nothing was written; what stood before comes back with: ./switchyard abort ${record}`),
  ]);
}

function isSame(request: DeployRequest, { memo }: Pick<Holder, 'memo'>): boolean {
  return request.requestId !== null && memo.requestId === request.requestId && memo.request === requestHash(request);
}

/** A freeze keeps nobody from following what began before it. */
async function joinInFreeze(temporal: TemporalClient, request: DeployRequest, frozen: Stop): Promise<TriedStart> {
  const holder = await holderOf(temporal, request.record);
  if (holder === null || !isSame(request, holder)) throw frozen;
  return { kind: 'started', run: { workflowId: deployId(request.record), runId: holder.runId, joined: true } };
}

async function lockHeld(
  temporal: TemporalClient,
  record: string,
  { memo, runId, startedAt }: Holder,
): Promise<Problem> {
  const status = await queryStatus(temporal, deployId(record), runId);
  const stage = status === null ? 'at a stage that no worker tells' : phaseWords(status, Date.now());
  const found = `${record} is being deployed to ${outside(memo.to ?? '?')} by ${outside(memo.by ?? '?')} since ${clock(startedAt)}: ${stage}`;
  return problem(
    found,
    null,
    `one deployment of a name at a time, nothing was written; ./switchyard watch ${record}, or ./switchyard abort ${record}`,
  );
}

const QUERY_WITHIN_MS = 3_000;

/** The answer of the query `status`, which every kind of run has; null while no worker answers. */
export async function queryStatus<Status = DeployStatus>(
  { client, connection }: TemporalClient,
  workflowId: string,
  runId?: string,
): Promise<Status | null> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    return await connection.withDeadline(Date.now() + QUERY_WITHIN_MS, () => handle.query<Status>(MESSAGES.status));
  } catch {
    return null; // no worker, no history any more, or a run of other code: the caller has the description
  }
}
