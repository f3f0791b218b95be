import { Context } from '@temporalio/activity';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { DEFAULT_BUILD_LIMITS, type BuildLimits } from '../../contracts/docs.ts';
import type { DocsActivities } from '../../contracts/docs-activities.ts';
import type { SiteSpec } from '../../contracts/docs-runs.ts';
import { withActivityPulse } from '../activity-pulse.ts';
import { beating, whatEnded, type Pulse } from '../pulse.ts';
import { BUILDS_AT_ONCE, openBuildPlaces, type BuildPlaces } from './build-places.ts';
import { collectReleases } from './collect-releases.ts';
import { diagnoseDocs } from './diagnose-docs.ts';
import { docsTools } from './docs-tools.ts';
import { judgeRelease } from './judge-release.ts';
import type { DocsTools } from './make-pages.ts';
import { inWords } from './preflight.ts';
import { prepareSite } from './publish-docs.ts';
import { listingOf } from './release-facts.ts';
import { moveVersion, publish, readSite } from './release-store.ts';
import { resolveSource } from './resolve-source.ts';
import { isSiteName } from '../../core/docs/site-name.ts';
import { readVersionName } from '../../core/docs/version-name.ts';
import { failure } from '../../policies/failures.ts';
import { siteLayout, type SiteLayout } from './site-layout.ts';
import { wantedVersions } from './wanted-versions.ts';

/** What the activities of documentation work with. */
export interface DocsDeps {
  readonly config: Pick<Config, 'docs' | 'reach' | 'secrets'>;
  /** The queue of this worker alone. */
  readonly ownQueue: string;
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** Aborted when the worker is asked to stop; default: never. */
  readonly stopping?: AbortSignal;
  readonly tools?: DocsTools;
  readonly limits?: BuildLimits;
  readonly buildsAtOnce?: number;
}

/** The same with every default filled in, shared by what any worker does and what one does for a build of its own. */
export interface DocsWorkshop extends Required<DocsDeps> {
  readonly places: BuildPlaces;
  /** Runs the body of an activity: beating, ended with its pulse, and what a file system refuses in words. */
  readonly working: <T>(input: Named, work: (at: AtWork) => Promise<T>) => Promise<T>;
}

/** What an input names: whoever may start a workflow chooses it, and it becomes names of folders. */
interface Named {
  readonly spec: Pick<SiteSpec, 'site'>;
  readonly version?: string;
}

interface AtWork {
  readonly layout: SiteLayout;
  readonly pulse: Pulse;
}

export function openWorkshop(deps: DocsDeps): DocsWorkshop {
  const { now = Date.now, stopping = new AbortController().signal, limits = DEFAULT_BUILD_LIMITS } = deps;
  const { buildsAtOnce = BUILDS_AT_ONCE } = deps;
  const { docs } = deps.config;
  const working: DocsWorkshop['working'] = (input, work) =>
    withActivityPulse({ now, stopping }, async (pulse) => {
      mustBeNames(input);
      const layout = siteLayout(join(docs.publishRoot, input.spec.site));
      try {
        return await beating(pulse, () => inWords(layout.out, () => work({ layout, pulse })));
      } catch (error) {
        throw await whatEnded(pulse, error);
      }
    });
  return {
    ...deps,
    now,
    stopping,
    limits,
    tools: deps.tools ?? docsTools(docs),
    buildsAtOnce,
    places: openBuildPlaces(now, buildsAtOnce),
    working,
  };
}

/** The client has seen to it (A2); a worker does not rely on that (A4). */
function mustBeNames({ spec, version = 'latest' }: Named): void {
  const read = readVersionName(version);
  const why = isSiteName(spec.site)
    ? read.kind === 'bad'
      ? `version ${read.why}`
      : null
    : 'site is no name of a site';
  if (why !== null) throw failure('Refused', `The ${why}.`, { next: 'Start builds with ./switchyard docs publish.' });
}

/** The run whose activity this is. */
const runOf = (): string => Context.current().info.workflowExecution?.runId ?? randomUUID();

/** The activities that any worker of documentation does, as the worker registers them. */
export function createDocsActivities(workshop: DocsWorkshop): DocsActivities {
  const { config, places, ownQueue, working } = workshop;
  return {
    resolveSource: ({ spec, ref }) =>
      working({ spec }, ({ pulse: { signal } }) => resolveSource(config, { source: spec.source, ref }, signal)),
    claimWorkspace: ({ spec, version }) =>
      working({ spec, version }, async ({ layout }) => {
        await mkdir(config.docs.publishRoot, { recursive: true });
        const { work } = await prepareSite(layout.out, version);
        return { queue: ownQueue, workspace: (await places.claim(work, runOf())).name };
      }),
    judgeRelease: ({ spec, version, release }) =>
      working({ spec, version }, ({ layout }) => judgeRelease(layout, { version, release, gates: spec.gates })),
    activateRelease: ({ spec, ...asked }) => working({ spec, ...asked }, ({ layout }) => publish(layout, asked)),
    moveVersion: ({ spec, ...asked }) => working({ spec, ...asked }, ({ layout }) => moveVersion(layout, asked)),
    listSite: ({ spec }) => working({ spec }, async ({ layout }) => listingOf(layout, await readSite(layout))),
    collectReleases: ({ spec }) =>
      working({ spec }, ({ layout }) =>
        collectReleases(layout, { keep: spec.keep.releases, graceMs: spec.keep.graceMs }),
      ),
    wantedVersions: ({ spec }) =>
      working({ spec }, ({ layout, pulse }) => wantedVersions({ config, layout }, spec, pulse.signal)),
    diagnoseDocs: ({ spec }) => working({ spec }, ({ pulse: { signal } }) => diagnoseDocs({ config, signal }, spec)),
  };
}
