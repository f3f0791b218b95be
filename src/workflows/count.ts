/**
 * What workflows count. Here, and not in activities, because only a workflow knows how a run has ended, and ends once: activities are tried
 * again. The SDK drops what is counted while a history replays, and hands the rest to the worker's own exporter, so nothing is counted twice
 * by a restart.
 *
 * What is true *now* is not counted here but read by src/observe/: a value that a workflow had set would be lost with its worker.
 */
import type { MetricTags } from '@temporalio/common';
import { metricMeter } from '@temporalio/workflow';
import { COUNTERS, DURATIONS } from '../contracts/counted.ts';
import type { DeployOutcome, DeployStatus } from '../contracts/deploy.ts';
import type { DocsReport } from '../contracts/docs-runs.ts';
import type { GuardOutcome } from '../core/dns/judge-guard.ts';
import { ACTION_KINDS, type SyncReport } from '../contracts/sync.ts';
import type { ResetOutcome } from '../contracts/reset.ts';

interface EndedDeployment {
  readonly outcome: DeployOutcome;
  /** When the rollback began; null where there was none that came to its end. */
  readonly rollbackBegan: number | null;
  readonly at: number;
}

export function countDeployment({ outcome, rollbackBegan, at }: EndedDeployment): void {
  count('switchyard_deployments', { outcome });
  if (rollbackBegan !== null) took('switchyard_rollback_duration_seconds', at - rollbackBegan);
}

/** Of every change that is shown, those that are a rollback coming to a stop. */
export function countBlocked(before: DeployStatus, after: DeployStatus): void {
  if (before.phase !== 'blocked' && after.phase === 'blocked') count('switchyard_rollbacks_blocked');
}

export function countSync({ pair, outcome, totals, setAsideCount }: SyncReport): void {
  count('switchyard_syncs', { pair, outcome });
  for (const kind of ACTION_KINDS) count('switchyard_sync_tasks', { pair, result: kind }, totals.applied[kind]);
  count('switchyard_sync_tasks', { pair, result: 'set-aside' }, setAsideCount);
  count('switchyard_sync_throttled', { pair }, totals.throttled.times);
}

export function countBuild({ site, outcome, startedAt, endedAt }: DocsReport): void {
  count('switchyard_docs_builds', { site, outcome });
  if (endedAt !== null) took('switchyard_docs_build_duration_seconds', endedAt - startedAt, { site });
}

export const countGuard = (outcome: GuardOutcome): void => count('switchyard_guard_runs', { outcome });

export const countReset = (outcome: ResetOutcome): void => count('switchyard_resets', { outcome });

function count(name: keyof typeof COUNTERS, labels: MetricTags = {}, by = 1): void {
  metricMeter.createCounter(name, undefined, COUNTERS[name]).add(by, labels);
}

/** Never less than none: the SDK refuses that, which would end a workflow over its clock. */
function took(name: keyof typeof DURATIONS, ms: number, labels: MetricTags = {}): void {
  metricMeter.createHistogram(name, 'float', undefined, DURATIONS[name]).record(Math.max(0, ms) / 1_000, labels);
}
