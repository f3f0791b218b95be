import { docsId, type DocsMemo, type DocsStatus } from '../contracts/docs-runs.ts';
import { UNHEARD_WAIT_MS } from './abort-sync.ts';
import { cancelRun } from './cancel-run.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { followDocsToEnd } from './follow-docs-to-end.ts';
import { lookAtChain } from './look-at-chain.ts';
import type { RunEnd } from './look-at-run.ts';
import { asDocsSubject, type DocsName } from './parse/docs-name.ts';
import { DOCS_WORDS, type DocsLook } from './render-docs-run.ts';
import { problem, Stop } from './stop.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import type { Terminal } from './terminal.ts';

export interface AbortDocs {
  readonly name: DocsName;
  readonly by: string;
  readonly reason: string;
  /** Null: until it has ended. */
  readonly waitMs: number | null;
  readonly json: boolean;
}

/**
 * Stops the build of a version that is under way, and waits until it has ended. What is published stays as it was (P2).
 *
 * @throws Stop with exit 3 where nothing runs.
 */
export async function abortDocs(terminal: Terminal, temporal: TemporalClient, asked: AbortDocs): Promise<ExitCode> {
  const { name, by, reason, json } = asked;
  const workflowId = docsId({ ...name, publish: true });
  const { runId, status } = await mustRun(temporal, name, workflowId);
  await cancelRun(temporal, { workflowId, by, reason }, runId);
  if (status === null) terminal.err('no worker answers: the build ends once one does (./switchyard worker)');
  const waitMs = asked.waitMs ?? (status === null ? UNHEARD_WAIT_MS : null);
  const exitOf = (end: RunEnd<DocsStatus>): ExitCode => exitOfAbort(terminal, end);
  return followDocsToEnd(terminal, { temporal, run: { workflowId, runId }, name, by, waitMs, json, exitOf });
}

/** Looked at first: to cancel a run that has ended is no error to Temporal (measured). */
async function mustRun(temporal: TemporalClient, name: DocsName, workflowId: string): Promise<DocsLook> {
  try {
    const { look } = await lookAtChain<DocsStatus, DocsMemo>(temporal, { workflowId });
    if (look.temporalStatus === 'RUNNING') return look;
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
  }
  const subject = asDocsSubject(name);
  throw new Stop(EXIT.refused, [
    problem(
      `no build of ${subject} is under way, so there is nothing to abort`,
      null,
      `./switchyard status ${subject} shows the last one, ./switchyard docs rollback ${name.site} takes it back`,
    ),
  ]);
}

/** A build that was cancelled is what was asked for here; whoever follows it meanwhile ends with 1. */
function exitOfAbort(terminal: Terminal, end: RunEnd<DocsStatus>): ExitCode {
  if (end.kind === 'speechless') return EXIT.failedSafe;
  const { outcome } = end.status;
  if (outcome === 'cancelled') return EXIT.done;
  terminal.err(`it had ended by itself before the abort arrived: ${DOCS_WORDS[outcome]}`);
  return EXIT.refused;
}
