import type { Client } from '@temporalio/client';
import { docsLabels } from './contracts/docs-labels.ts';
import {
  DOCS_MESSAGES,
  DOCS_QUEUE,
  DOCS_WORKFLOW,
  docsId,
  type DocsRequest,
  type DocsWish,
  type SiteSpec,
} from './contracts/docs-runs.ts';

/**
 * Asks for a build: starts one, or tells the one that is under way, which it ends unless that is being activated. None is lost: the signal and
 * the start are one call.
 *
 * @returns the run that was told.
 */
export async function requestDocs(
  client: Client,
  asked: Omit<DocsRequest, 'wish' | 'carried'>,
  wish: DocsWish,
): Promise<{ readonly workflowId: string; readonly runId: string }> {
  const { spec, version, publish } = asked;
  const workflowId = docsId({ site: spec.site, version, publish });
  const handle = await client.workflow.signalWithStart(DOCS_WORKFLOW, {
    ...docsLabels(asked, wish),
    workflowId,
    taskQueue: DOCS_QUEUE,
    args: [{ ...asked, wish: null, carried: null }] as [DocsRequest],
    signal: DOCS_MESSAGES.buildRequested,
    signalArgs: [wish, spec] as [DocsWish, SiteSpec],
  });
  return { workflowId, runId: handle.signaledRunId };
}
