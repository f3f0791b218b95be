import { docsLabels } from '../contracts/docs-labels.ts';
import {
  DEFAULT_DOCS_PACE,
  DOCS_QUEUE,
  DOCS_TICK_WORKFLOW,
  docsScheduleId,
  type DocsWish,
} from '../contracts/docs-runs.ts';
import { asDocsSubject } from './parse/docs-name.ts';
import type { DeclaredSite } from './site-policy.ts';
import { wantedSchedule, type WantedSchedule } from './wanted-schedule.ts';

/** The Schedule that a site is to have; null: it is built when somebody asks. */
export function scheduleOfSite({ spec, everyMs }: DeclaredSite): WantedSchedule | null {
  if (everyMs === null) return null;
  const wish: DocsWish = { ref: null, commit: null, trigger: 'schedule', by: 'schedule' };
  return wantedSchedule({
    subject: asDocsSubject({ site: spec.site, version: 'latest' }),
    scheduleId: docsScheduleId(spec.site),
    everyMs,
    workflowType: DOCS_TICK_WORKFLOW,
    workflowId: `docs-tick:${spec.site}`,
    taskQueue: DOCS_QUEUE,
    request: { spec, pace: DEFAULT_DOCS_PACE },
    labels: docsLabels({ spec, version: 'latest', publish: true }, wish),
  });
}
