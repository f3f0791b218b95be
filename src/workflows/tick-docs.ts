import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { WantedVersion } from '../contracts/docs-activities.ts';
import { docsLabels } from '../contracts/docs-labels.ts';
import { DOCS_WORKFLOW, docsId, type DocsReport, type DocsRequest, type DocsWish } from '../contracts/docs-runs.ts';
import { docsWork } from './docs-activities.ts';

/** What a tick came to: names of versions. */
export interface DocsTick {
  readonly built: readonly string[];
  /** One that is being built already is enough: it is not ended for a tick, or a build longer than the interval would never end. */
  readonly skipped: readonly string[];
}

/** What a Schedule starts: builds every version whose source may have moved; an unchanged one costs a look. */
export async function tickDocs(request: Pick<DocsRequest, 'spec' | 'pace'>): Promise<DocsTick> {
  const wanted = await docsWork(request).wantedVersions({ spec: request.spec });
  const ends = await Promise.allSettled(wanted.map((one) => buildOne(request, one)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const ended = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const versions = (wasBuilt: boolean) => ended.filter(({ built }) => built === wasBuilt).map(({ version }) => version);
  return { built: versions(true), skipped: versions(false) };
}

async function buildOne({ spec, pace }: Pick<DocsRequest, 'spec' | 'pace'>, { version, ref }: WantedVersion) {
  const wish: DocsWish = { ref, commit: null, trigger: 'schedule', by: 'schedule' };
  const request: DocsRequest = { spec, version, publish: true, pace, wish, carried: null };
  try {
    await executeChild<(request: DocsRequest) => Promise<DocsReport>>(DOCS_WORKFLOW, {
      ...docsLabels(request, wish),
      workflowId: docsId({ site: spec.site, version, publish: true }),
      parentClosePolicy: ParentClosePolicy.ABANDON, // a tick that is ended takes no build with it
      args: [request],
    });
    return { version, built: true };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { version, built: false };
    throw error;
  }
}
