import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { ProbeWindow } from '../core/dns/gate.ts';
import type { MetricReading } from '../core/metrics/metric-gate.ts';
import type { DeployMemo, DeployStatus } from '../contracts/deploy.ts';
import { heartbeatsOf } from './heartbeats-of.ts';
import { queryStatus, type StartedRun } from './start-deployment.ts';
import { isNotFound, lastWords, type TemporalClient } from './temporal-client.ts';

/** What can be seen of a run at a moment, with or without a worker that answers. */
export interface Look {
  readonly runId: string;
  /** Of the query; null while no worker answers. The windows are the newest, out of the heartbeats. */
  readonly status: DeployStatus | null;
  readonly temporalStatus: WorkflowExecutionDescription['status']['name'];
  readonly closedAt: number | null;
  readonly memo: Partial<DeployMemo>;
  readonly startedAt: number;
  /** What an activity that is being retried says, newest attempt. */
  readonly retrying: readonly string[];
}

/** @throws what Temporal says, `WorkflowNotFoundError` among it. */
export async function lookAtRun(
  temporal: TemporalClient,
  { workflowId, runId }: Pick<StartedRun, 'workflowId'> & { readonly runId?: string | undefined },
): Promise<Look> {
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  const description = await temporal.ask(() => handle.describe());
  const status = await queryStatus(temporal, workflowId, description.runId);
  const newest = newestOf(description);
  return {
    runId: description.runId,
    status: status?.outcome === null ? { ...status, ...newest } : status,
    temporalStatus: description.status.name,
    closedAt: description.closeTime?.getTime() ?? null,
    memo: description.memo ?? {},
    startedAt: description.startTime.getTime(),
    retrying: (description.raw.pendingActivities ?? []).flatMap(({ lastFailure, attempt }) =>
      typeof lastFailure?.message === 'string' ? [`attempt ${attempt ?? '?'}: ${lastFailure.message}`] : [],
    ),
  };
}

/** What a hold saw last: its activity heartbeats it, and the status knows it only when its stretch has ended. */
function newestOf(description: WorkflowExecutionDescription): Partial<Pick<DeployStatus, 'windows' | 'metrics'>> {
  for (const beat of heartbeatsOf(description)) {
    const { windows, metrics } = (beat ?? {}) as {
      readonly windows?: unknown;
      readonly metrics?: { readonly readings?: unknown };
    };
    if (!isListOf(windows, isWindow)) continue;
    const readings = metrics?.readings;
    const read = isListOf(readings, isReading) && readings.length > 0;
    return { ...(windows.length === 0 ? {} : { windows }), ...(read ? { metrics: readings } : {}) };
  }
  return {};
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isReading(value: unknown): value is MetricReading {
  const reading = value as Partial<MetricReading> | null;
  return typeof reading?.gate === 'string' && typeof reading.verdict?.reason === 'string';
}

function isWindow(value: unknown): value is ProbeWindow {
  const window = value as Partial<ProbeWindow> | null;
  return typeof window?.gate === 'string' && typeof window.value === 'string' && Array.isArray(window.observations);
}

/** What the status of every kind of run says of itself. */
export interface Told {
  readonly schemaVersion: 1;
  readonly outcome: string | null;
}

export type Ended<Status extends Told> = Status & { readonly outcome: NonNullable<Status['outcome']> };

/** How a run ended. */
export type RunEnd<Status extends Told = DeployStatus> =
  | { readonly kind: 'reported'; readonly status: Ended<Status> }
  /** It said nothing of its own: terminated, timed out, or its report cannot be read. */
  | { readonly kind: 'speechless'; readonly why: string; readonly last: Status | null };

/** The report of a closed run: its result, its failure's details, or, where both are silent, the last answer of its query. */
export async function endOfRun<Status extends Told = DeployStatus>(
  temporal: TemporalClient,
  run: Pick<StartedRun, 'workflowId' | 'runId'>,
  last: NoInfer<Status> | null,
): Promise<RunEnd<Status>> {
  const handle = temporal.client.workflow.getHandle(run.workflowId, run.runId, { followRuns: false });
  try {
    const result = await temporal.ask<unknown>(() => handle.result());
    if (isReport<Status>(result)) return { kind: 'reported', status: result };
    return { kind: 'speechless', why: 'the run ended without a report', last };
  } catch (cause) {
    const report = reportIn<Status>(cause);
    if (report !== null) return { kind: 'reported', status: report };
    if (isNotFound(cause)) return { kind: 'speechless', why: 'Temporal does not know the run any more', last };
    const asked = (await queryStatus<Status>(temporal, run.workflowId, run.runId)) ?? last;
    if (isReport<Status>(asked)) return { kind: 'reported', status: asked };
    return { kind: 'speechless', why: speechless(cause), last: asked };
  }
}

function speechless(cause: unknown): string {
  const ended = cause instanceof Error ? cause.cause : undefined;
  const name = ended instanceof Error ? ended.name : '';
  if (name === 'TerminatedFailure') return `the run was terminated in Temporal: ${lastWords(ended)}`;
  if (name === 'TimeoutFailure') return `the run timed out in Temporal: ${lastWords(ended)}`;
  if (name === 'CancelledFailure')
    return `the run was cancelled, and no worker tells how it ended: ${lastWords(ended)}`;
  return lastWords(cause);
}

/** The report that a failed run carries in its failure's details. */
function reportIn<Status extends Told>(cause: unknown): Ended<Status> | null {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const details: unknown = (error as { details?: unknown }).details;
    const first: unknown = Array.isArray(details) ? details[0] : null;
    if (isReport<Status>(first)) return first;
  }
  return null;
}

function isReport<Status extends Told>(value: unknown): value is Ended<Status> {
  const status = value as Partial<Told> | null;
  return typeof value === 'object' && status?.schemaVersion === 1 && typeof status.outcome === 'string';
}
