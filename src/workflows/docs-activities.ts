import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
  TimeoutFailure,
  type ActivityFunction,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { ClaimedWorkspace, DocsActivities, StageActivities } from '../contracts/docs-activities.ts';
import type { DocsPace, DocsRequest } from '../contracts/docs-runs.ts';
import { docsRetry, stageRetry } from '../policies/retries.ts';

const MINUTE = 60_000;

type NotForRuns = 'claimWorkspace' | 'diagnoseDocs';

/** What any worker of the queue does. */
export function docsWork({ pace }: Pick<DocsRequest, 'pace'>): Omit<DocsActivities, NotForRuns> {
  const options = {
    ...limits(pace),
    retry: docsRetry(pace),
    startToCloseTimeout: 10 * MINUTE,
    scheduleToCloseTimeout: pace.giveUpAfterMs,
  };
  return labelled<Omit<DocsActivities, NotForRuns>>(options, {
    resolveSource: 'which commit the ref stands for',
    judgeRelease: 'gates',
    activateRelease: 'moving the pointer',
    moveVersion: 'moving the pointer',
    listSite: 'looking at the site',
    collectReleases: 'removing releases that nothing needs',
    wantedVersions: 'looking for versions that the source has',
  });
}

/** The release that a version shows, for whoever asks after a build that ended badly; null: it shows none, or nobody answers soon. */
export async function whatStands({ spec, version, pace }: DocsRequest): Promise<string | null> {
  const { listSite } = proxyActivities<Pick<DocsActivities, 'listSite'>>({
    ...limits(pace),
    retry: docsRetry(pace),
    scheduleToCloseTimeout: pace.lostAfterMs,
    summary: 'looking at what stands',
  });
  try {
    const { versions } = await CancellationScope.nonCancellable(() => listSite({ spec }));
    return versions.find((one) => one.version === version)?.stands.release ?? null;
  } catch {
    return null;
  }
}

type Stages = Omit<StageActivities, 'closeWorkspace'>;

/** A worker, and the folder on it in which a build is made. */
export interface OneWorker {
  readonly stages: Stages;
  readonly workspace: string;
}

/**
 * Runs the stages of a build on one worker, because they share a folder; where that worker is lost, all of them again on another one. Where
 * several are lost in a row it may be the source that kills them.
 */
export async function onOneWorker<T>(request: DocsRequest, body: (worker: OneWorker) => Promise<T>): Promise<T> {
  for (let worker = 1; ; worker += 1) {
    const claimed = await claiming(request).claimWorkspace({ spec: request.spec, version: request.version });
    try {
      return await body({ stages: stagesOn(claimed, request.pace), workspace: claimed.workspace });
    } catch (error) {
      if (!isLost(error) || worker === MOST_WORKERS) throw error;
    } finally {
      await CancellationScope.nonCancellable(() => leave(request, claimed));
    }
  }
}

const MOST_WORKERS = 3;

/** Where all workers are busy, a build waits for its turn, and the first that is free takes it. */
function claiming({ pace }: DocsRequest): Pick<DocsActivities, 'claimWorkspace'> {
  return proxyActivities<Pick<DocsActivities, 'claimWorkspace'>>({
    ...limits(pace),
    retry: docsRetry(pace),
    startToCloseTimeout: 10 * MINUTE,
    scheduleToCloseTimeout: 24 * 60 * MINUTE,
    summary: 'a worker for the stages that share a folder',
  });
}

function stagesOn({ queue }: ClaimedWorkspace, pace: DocsPace): Stages {
  const options = {
    ...limits(pace),
    retry: stageRetry(pace),
    taskQueue: queue,
    scheduleToStartTimeout: pace.lostAfterMs,
    startToCloseTimeout: 60 * MINUTE, // the worker's own limits end a build long before
  };
  return labelled<Stages>(options, {
    fetchSource: 'fetching the source',
    findRelease: 'looking for a release of the same source',
    installDependencies: 'installing what the lock file names',
    generateDocs: 'generating the pages',
    verifySite: 'looking at every page',
    stageRelease: 'making it a release',
  });
}

/** Looks of a person who waits. */
export function lookingAtSite(pace: DocsPace): Pick<DocsActivities, 'diagnoseDocs'> {
  return proxyActivities<DocsActivities>({
    ...limits(pace),
    startToCloseTimeout: 2 * MINUTE,
    retry: { ...docsRetry(pace), maximumAttempts: 2 },
    summary: 'looking at what a build of the site needs',
  });
}

/** A stage is waited for when it is cancelled: its processes are ended before its folder goes. */
function limits(pace: DocsPace): ActivityOptions {
  return {
    heartbeatTimeout: pace.heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/** Best effort: what a dead worker leaves is swept by the next build. */
async function leave({ spec, pace }: DocsRequest, { queue, workspace }: ClaimedWorkspace): Promise<void> {
  const { closeWorkspace } = proxyActivities<StageActivities>({
    taskQueue: queue,
    startToCloseTimeout: MINUTE,
    scheduleToCloseTimeout: pace.lostAfterMs,
    retry: { maximumAttempts: 2 },
    summary: 'clearing its folder away',
  });
  await closeWorkspace({ spec, workspace }).catch(() => undefined);
}

/** Nobody takes its tasks any more, or it is about to stop. */
function isLost(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause } = error;
  if (cause instanceof TimeoutFailure) return LOST.has(String(cause.timeoutType));
  return cause instanceof ApplicationFailure && (cause.type === 'WorkerShutdown' || cause.type === 'WorkspaceLost');
}

const LOST: ReadonlySet<string> = new Set(['SCHEDULE_TO_START', 'HEARTBEAT']);

type Labels<T> = { readonly [Name in keyof T]: string };

/** Activities, each with what the UI's timeline shows for it. */
function labelled<T extends { [Name in keyof T]: ActivityFunction }>(options: ActivityOptions, labels: Labels<T>): T {
  const proxies = Object.entries(labels).map(([name, summary]) => {
    const one = proxyActivities<Record<string, ActivityFunction>>({ ...options, summary: summary as string });
    return [name, one[name]];
  });
  return Object.fromEntries(proxies) as T;
}
