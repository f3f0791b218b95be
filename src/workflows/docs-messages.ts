import { defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { DOCS_MESSAGES, type DocsStatus, type DocsWish, type SiteSpec } from '../contracts/docs-runs.ts';
import type { DocsRun } from './docs-run.ts';
import { readDocsWish, readSiteSpec } from './read-docs-wish.ts';

const status = defineQuery<DocsStatus>(DOCS_MESSAGES.status);
const buildRequested = defineSignal<[DocsWish, SiteSpec?]>(DOCS_MESSAGES.buildRequested);

/** Sets every handler, before the run awaits anything. */
export function listenToDocsWishes(run: DocsRun): void {
  setHandler(status, () => run.progress.status, {
    description: 'Where the build is; everything needed to draw it.',
  });
  setHandler(buildRequested, (wish, spec) => run.ask(readDocsWish(wish), readSiteSpec(spec, run.request.spec)), {
    description: 'Asks for a build. A newer one ends an older one before its activation, never during it.',
  });
}
