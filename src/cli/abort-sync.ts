import { syncId, type SyncStatus } from '../contracts/sync.ts';
import { cancelRun, type CancelRun } from './cancel-run.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { SYNC_WORDS } from './explain.ts';
import { followSyncToEnd } from './follow-sync-to-end.ts';
import type { RunEnd } from './look-at-run.ts';
import { lookAtSync, type SyncLook } from './look-at-sync.ts';
import { asSubject } from './parse/pair-name.ts';
import { problem, Stop } from './stop.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import type { Terminal } from './terminal.ts';

export interface AbortSync extends Omit<CancelRun, 'workflowId'> {
  readonly pair: string;
  /** Null: until it has ended. */
  readonly waitMs: number | null;
  readonly json: boolean;
}

/** Nobody knows when a worker comes; the run is cancelled once one does. */
export const UNHEARD_WAIT_MS = 5 * 60_000;

/**
 * Stops the run of a pair that is under way, and waits until it has ended.
 *
 * @throws Stop with exit 3 where nothing runs.
 */
export async function abortSync(terminal: Terminal, temporal: TemporalClient, asked: AbortSync): Promise<ExitCode> {
  const { pair, json } = asked;
  const workflowId = syncId(pair);
  const { runId, status } = await mustRun(temporal, pair);
  await cancelRun(temporal, { ...asked, workflowId }, runId);
  if (status === null) terminal.err('no worker answers: the run ends once one does (./switchyard worker)');
  const waitMs = asked.waitMs ?? (status === null ? UNHEARD_WAIT_MS : null);
  const exitOf = (end: RunEnd<SyncStatus>): ExitCode => exitOfAbort(terminal, end);
  return followSyncToEnd(terminal, { temporal, run: { workflowId, runId }, pair, by: asked.by, waitMs, json, exitOf });
}

/** Looked at first: to cancel a run that has ended is no error to Temporal (measured). */
async function mustRun(temporal: TemporalClient, pair: string): Promise<SyncLook> {
  const look = await lookAtSync(temporal, { workflowId: syncId(pair) }).catch((cause: unknown) => {
    throw isNotFound(cause) ? nothingRuns(pair, cause) : cause;
  });
  if (look.temporalStatus !== 'RUNNING') throw nothingRuns(pair);
  return look;
}

function nothingRuns(pair: string, cause?: unknown): Stop {
  const found = `no run of ${asSubject(pair)} is under way, so there is nothing to abort`;
  const next = `./switchyard status ${asSubject(pair)} shows the last one, ./switchyard sync ${pair} --pause stops its Schedule`;
  return new Stop(EXIT.refused, [problem(found, null, next)], cause);
}

/** A run that was cancelled is what was asked for here; whoever follows it meanwhile ends with 1. */
function exitOfAbort(terminal: Terminal, end: RunEnd<SyncStatus>): ExitCode {
  if (end.kind === 'speechless') return EXIT.failedSafe;
  const { outcome } = end.status;
  if (outcome === 'cancelled') return EXIT.done;
  terminal.err(`it had ended by itself before the abort arrived: ${SYNC_WORDS[outcome]}`);
  return EXIT.refused;
}
