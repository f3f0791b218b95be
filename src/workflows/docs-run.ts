import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import {
  docsId,
  type AskedWish,
  type DocsRequest,
  type DocsStatus,
  type DocsWish,
  type SiteSpec,
} from '../contracts/docs-runs.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { failure } from '../policies/failures.ts';
import { startDocsProgress, type DocsProgress } from './docs-progress.ts';
import { handOver } from './hand-over.ts';

/** Builds of one version, one after another, until nobody has asked for a newer one. */
export interface DocsRun {
  /** With the site as it was declared with the newest wish that was taken. */
  readonly request: DocsRequest;
  readonly progress: DocsProgress;
  /** Somebody asks for a build: it ends the one that is under way, unless that would go on for ever. */
  ask(wish: DocsWish, spec?: SiteSpec): void;
  /** Takes the newest wish, which is built next; events are collected for a moment, so that several give one build. */
  untilWished(): Promise<AskedWish>;
  /** Runs a build. One that a newer wish has ended, or made pointless by its failure, is no failure of the run. */
  unlessSuperseded(build: () => Promise<void>): Promise<void>;
  isDone(): boolean;
  /** Continues as new where the history grows long; returns otherwise. */
  handOver(): Promise<void>;
}

/** Begins a run. Set the handlers before anything is awaited. */
export function startDocs(started: DocsRequest): DocsRun {
  const progress = startDocsProgress(started);
  const { pace, carried } = started;
  let request = started;
  let newest = started.spec;
  let next = carried?.wish ?? (started.wish === null ? null : asked(started.wish));
  let building: CancellationScope | null = null;
  let endedInARow = 0;
  return {
    get request() {
      return request;
    },
    progress,
    ask: (wish, spec = newest) => {
      const same = isSame(progress.status, wish) && canonicalJson(spec) === canonicalJson(request.spec);
      if (building !== null && same) return;
      [next, newest] = [asked(wish), spec];
      if (endedInARow < MOST_ENDED_IN_A_ROW) building?.cancel();
    },
    untilWished: async () => {
      await condition(() => next !== null, ASKED_WITHIN_MS);
      if (next?.trigger === 'event') await sleep(pace.debounceMs, { summary: 'collecting events for one build' });
      const taken = next;
      if (taken === null) throw nobodyAsked(request);
      next = null;
      request = { ...request, spec: newest };
      progress.begin(taken, request.spec);
      return taken;
    },
    unlessSuperseded: async (build) => {
      building = new CancellationScope();
      try {
        await building.run(build);
        endedInARow = 0;
      } catch (error) {
        if (next === null || CancellationScope.current().consideredCancelled) throw error;
        endedInARow += 1;
        progress.show({ superseded: progress.status.superseded + 1 });
      } finally {
        building = null;
      }
    },
    isDone: () => next === null,
    handOver: async () => {
      const wish = next;
      if (wish === null) return;
      const { startedAt, superseded } = progress.status;
      const carried = { startedAt, superseded, wish };
      await handOver((): DocsRequest => ({ ...request, spec: newest, wish: null, carried }));
    },
  };
}

/** Where pushes come faster than builds end, something is published all the same now and then. */
const MOST_ENDED_IN_A_ROW = 5;

/** The signal comes with the start. */
const ASKED_WITHIN_MS = 60_000;

/** Workflow time, so that all wishes of a version are in the order in which they were heard. */
const asked = (wish: DocsWish): AskedWish => ({ ...wish, askedAt: new Date(Date.now()).toISOString() });

/** Whether what is built right now is what is asked for: an event that is delivered twice must not begin it anew. */
function isSame({ wish, source }: DocsStatus, { commit, ref }: DocsWish): boolean {
  if (commit === null || wish?.ref !== ref) return false;
  return (source?.kind === 'git' ? source.commit : wish.commit) === commit;
}

function nobodyAsked({ spec, version, publish }: DocsRequest) {
  return failure('Invalid', `Nobody asked ${docsId({ site: spec.site, version, publish })} for a build.`, {
    next: 'Start it with the signal buildRequested, as ./switchyard docs publish does.',
  });
}
