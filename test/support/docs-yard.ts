import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandleWithSignaledRunId } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createDocsActivities, openWorkshop } from '../../src/activities/docs/docs-activities.ts';
import { removeTree } from '../../src/activities/docs/durable.ts';
import type { DocsTools } from '../../src/activities/docs/make-pages.ts';
import { siteLayout, type SiteLayout } from '../../src/activities/docs/site-layout.ts';
import { createStageActivities } from '../../src/activities/docs/stage-activities.ts';
import { loadConfig } from '../../src/config.ts';
import { DEFAULT_TYPEDOC, NO_GATES, type Gates } from '../../src/contracts/docs.ts';
import type { DocsActivities, StageActivities } from '../../src/contracts/docs-activities.ts';
import {
  DEFAULT_DOCS_PACE,
  DOCS_MESSAGES,
  docsId,
  type DocsPace,
  type DocsReport,
  type DocsRequest,
  type DocsStatus,
  type DocsWish,
  type SiteSpec,
} from '../../src/contracts/docs-runs.ts';
import { docsLabels } from '../../src/contracts/docs-labels.ts';
import { failure } from '../../src/policies/failures.ts';
import { fakeTools } from '../activities/docs/sites.ts';
import { endOf, untilStatus, type RunEnd } from './run-handle.ts';
import type { TestTemporal } from './temporal.ts';
import { startTestWorker } from './test-worker.ts';

export const FAST_DOCS: DocsPace = { ...DEFAULT_DOCS_PACE, debounceMs: 50, retry: { firstMs: 50, maxMs: 300 } };

/** A worker of documentation for all tests of a file; each test has a site and a source of its own. */
export interface DocsYard {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  readonly folder: string;
  site(options?: SiteOptions): Promise<DocsRig>;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly gates?: Partial<Gates>;
  /** Changes an activity before the worker sees it. */
  readonly around?: (activities: AllActivities) => AllActivities;
}

export type AllActivities = DocsActivities & StageActivities;

export interface DocsRig {
  readonly spec: SiteSpec;
  readonly layout: SiteLayout;
  readonly source: string;
  /** What the pages will say; a text of `FAIL`, `FULL` (disk), `WAIT` or `WARN` makes the generator do so. */
  says(text: string): Promise<void>;
  /** Lets a generator go on that waits. */
  letGo(): Promise<void>;
  /** What readers see, page by page. */
  pages(version?: string): Promise<readonly string[]>;
  ask(how?: AskDocs): Promise<DocsRun>;
}

export interface AskDocs {
  readonly version?: string;
  readonly publish?: boolean;
  readonly wish?: Partial<DocsWish>;
  /** As the site is declared now, where that has changed. */
  readonly spec?: SiteSpec;
}

export interface DocsRun {
  readonly handle: WorkflowHandleWithSignaledRunId;
  until(what: (status: DocsStatus) => boolean): Promise<DocsStatus>;
  end(): Promise<RunEnd<DocsReport>>;
}

export async function startDocsYard(): Promise<DocsYard> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-docs-yard-')));
  const config = loadConfig({
    PATH: process.env['PATH'],
    TEMPORAL_CONFIG_FILE: '/nonexistent',
    SWITCHYARD_HOME: join(folder, 'home'),
    SWITCHYARD_PUBLISH_ROOT: join(folder, 'published'),
    SWITCHYARD_DOCS_SOURCES: join(folder, 'sources'),
    SWITCHYARD_DOCS_TRUSTED: join(folder, 'sources', 'trusted'),
  });
  const workshop = openWorkshop({
    config,
    ownQueue: `docs-own-${randomUUID()}`,
    tools: obedientTools(),
    buildsAtOnce: 20,
  });
  const arounds = new Map<string, NonNullable<SiteOptions['around']>>();
  const activities = dispatching({ ...createDocsActivities(workshop), ...createStageActivities(workshop) }, arounds);
  const worker = await startTestWorker({ queue: 'docs', activities });
  const stages = await Worker.create({
    connection: worker.temporal.nativeConnection,
    taskQueue: workshop.ownQueue,
    activities,
    maxHeartbeatThrottleInterval: 50,
    defaultHeartbeatThrottleInterval: 50,
  });
  const staging = stages.run();
  return {
    temporal: worker.temporal,
    taskQueue: worker.taskQueue,
    folder,
    site: async ({ gates = {}, around } = {}) => {
      const site = `s${randomUUID().slice(0, 8)}`;
      if (around !== undefined) arounds.set(site, around);
      const source = join(folder, 'sources', site);
      await mkdir(source, { recursive: true });
      const spec = specOf(site, source, { ...NO_GATES, ...gates });
      return rigOf({ ...worker, folder: join(folder, 'published', site) }, spec, source);
    },
    close: () =>
      worker.close(async () => {
        stages.shutdown();
        await staging;
        await removeTree(folder);
      }),
  };
}

export function specOf(site: string, source: string, gates: Gates): SiteSpec {
  return {
    site,
    source: { kind: 'folder', path: source },
    generator: { kind: 'typedoc', options: DEFAULT_TYPEDOC },
    dependencies: 'none',
    tags: null,
    gates,
    baseUrl: null,
    keep: { releases: 5, graceMs: 3_600_000 },
  };
}

/** Activities of one worker, changed for some of its sites. */
function dispatching(plain: AllActivities, arounds: ReadonlyMap<string, NonNullable<SiteOptions['around']>>) {
  const of = (input: { readonly spec: Pick<SiteSpec, 'site'> }): AllActivities =>
    arounds.get(input.spec.site)?.(plain) ?? plain;
  return Object.fromEntries(
    Object.keys(plain).map((name) => [
      name,
      (input: never) => (of(input)[name as keyof AllActivities] as (input: never) => Promise<unknown>)(input),
    ]),
  );
}

/** A generator that does what the source says. */
function obedientTools(): DocsTools {
  const { generate, ...tools } = fakeTools();
  return {
    ...tools,
    generate: async (task, context) => {
      const text = await readFile(join(task.tree, 'index.ts'), 'utf8');
      if (text.includes('FAIL'))
        throw failure('Invalid', 'TypeDoc cannot read the source: 1 errors.', { details: { shown: ['error: bad'] } });
      if (text.includes('FULL')) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      const [, until] = /WAIT (\S+)/.exec(text) ?? [];
      while (until !== undefined && !existsSync(until)) await sleep(20, undefined, { signal: context.signal });
      const made = await generate(task, context);
      if (!text.includes('WARN')) return made;
      const warnings = { warnings: 1, shown: ['warning: WARN'], warningKeys: [text] };
      return { ...made, diagnostics: { ...made.diagnostics, ...warnings } };
    },
  };
}

interface Parts {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  readonly ids: string[];
  /** The folder of the site. */
  readonly folder: string;
}

function rigOf({ temporal, taskQueue, ids, folder }: Parts, spec: SiteSpec, source: string): DocsRig {
  const layout = siteLayout(folder);
  const go = join(source, '..', `${spec.site}.go`);
  return {
    spec,
    layout,
    source,
    says: (text) => writeFile(join(source, 'index.ts'), text.replace('WAIT', `WAIT ${go}`)),
    letGo: () => writeFile(go, ''),
    pages: async (version = 'latest') => {
      const at = join(layout.versions, version);
      const names = (await readdir(at, { recursive: true })).filter((name) => name.endsWith('.html'));
      return Promise.all(names.sort().map((name) => readFile(join(at, name), 'utf8')));
    },
    ask: async ({ version = 'latest', publish = true, wish = {}, spec: declared = spec } = {}) => {
      const asked: DocsWish = { ref: null, commit: null, trigger: 'manual', by: 'me', ...wish };
      const request: DocsRequest = { spec: declared, version, publish, pace: FAST_DOCS, wish: null, carried: null };
      const workflowId = docsId({ site: spec.site, version, publish });
      const handle = await temporal.client.workflow.signalWithStart('buildDocs', {
        ...docsLabels(request, asked),
        workflowId,
        taskQueue,
        args: [request],
        signal: DOCS_MESSAGES.buildRequested,
        signalArgs: [asked, declared],
      });
      if (!ids.includes(workflowId)) ids.push(workflowId);
      return {
        handle,
        until: (what) => untilStatus(handle, () => handle.query<DocsStatus>(DOCS_MESSAGES.status), what),
        end: () => endOf<DocsReport>(handle),
      };
    },
  };
}
