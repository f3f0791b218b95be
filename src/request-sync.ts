import type { Client } from '@temporalio/client';
import { escapeMarkdown } from './core/escape-markdown.ts';
import {
  SYNC_MESSAGES,
  SYNC_QUEUE,
  SYNC_WORKFLOW,
  syncId,
  type SyncMemo,
  type SyncRequest,
  type SyncWish,
} from './contracts/sync.ts';

/**
 * Asks for a run soon: starts one, or tells the one that is under way. Many within its debounce give one run, and none is lost:
 * the signal and the start are one call.
 *
 * @returns the run that was told.
 */
export async function requestSync(client: Client, request: SyncRequest): Promise<{ readonly runId: string }> {
  const { spec, by, trigger } = request;
  const memo: SyncMemo = { pair: spec.pair, by, trigger };
  const handle = await client.workflow.signalWithStart(SYNC_WORKFLOW, {
    workflowId: syncId(spec.pair),
    taskQueue: SYNC_QUEUE,
    args: [request] as [SyncRequest],
    signal: SYNC_MESSAGES.syncRequested,
    signalArgs: [{ by }] as [SyncWish],
    memo: { ...memo },
    staticSummary: syncSummary(request),
  });
  return { runId: handle.signaledRunId };
}

/** What the UI shows beside a run. The UI renders Markdown: a name is text. */
export function syncSummary({ spec, by, trigger }: SyncRequest): string {
  return `${spec.pair}: ${trigger}, by ${escapeMarkdown(by).slice(0, 100)}`;
}
