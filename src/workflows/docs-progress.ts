import { setCurrentDetails, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { AskedWish, DocsRequest, DocsStage, DocsStatus, SiteSpec } from '../contracts/docs-runs.ts';
import { describeDocs } from './describe-docs.ts';

/** What everybody who looks at a run sees: the query `status` and the UI's current details. */
export interface DocsProgress {
  readonly status: DocsStatus;
  show(change: Partial<DocsStatus>): void;
  /** A build begins: nothing of the one before it is shown. */
  begin(wish: AskedWish | null, spec: Pick<SiteSpec, 'baseUrl'>): void;
  /** Runs a stage and tells of it; `words` says what it saw. */
  stage<T>(name: string, words: (value: T) => string, work: () => Promise<T>): Promise<T>;
}

export function startDocsProgress(request: DocsRequest): DocsProgress {
  let status = atTheStart(request);
  const show = (change: Partial<DocsStatus>): void => {
    status = { ...status, ...change };
    setCurrentDetails(describeDocs(status));
  };
  const put = (stage: DocsStage): void =>
    show({ stages: [...status.stages.filter(({ name }) => name !== stage.name), stage] });
  return {
    get status() {
      return status;
    },
    show,
    begin: (wish, { baseUrl }) => show({ ...NOTHING_YET, wish, baseUrl }),
    stage: async (name, words, work) => {
      const begun = { name, facts: null, beganAt: Date.now(), tookMs: null };
      put(begun);
      const value = await work();
      put({ ...begun, facts: words(value), tookMs: Date.now() - begun.beganAt });
      return value;
    },
  };
}

/** Kept with the closed run, so that `ls` can tell how it ended without a worker. */
export function keepDocsOutcome({ outcome, failure, why }: DocsStatus): void {
  upsertMemo({ outcome, sentence: failure?.sentence ?? why });
}

const NOTHING_YET = {
  outcome: null,
  endedAt: null,
  stages: [],
  source: null,
  release: null,
  reused: false,
  findings: [],
  stands: null,
  why: null,
  failure: null,
} as const satisfies Partial<DocsStatus>;

function atTheStart({ spec, version, publish, carried }: DocsRequest): DocsStatus {
  return {
    schemaVersion: 1,
    site: spec.site,
    version,
    publish,
    baseUrl: spec.baseUrl,
    wish: null,
    startedAt: carried?.startedAt ?? workflowInfo().startTime.getTime(),
    superseded: carried?.superseded ?? 0,
    ...NOTHING_YET,
  };
}
