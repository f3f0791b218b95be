/** kill -9 of the worker in each stage: the next one begins anew, and readers see the old release until the new one is whole (P1, P2). */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { startReader } from '../../demo/read-docs.ts';
import { removeTree } from '../../src/activities/docs/durable.ts';
import { mustBeWhole } from '../../src/activities/docs/read-manifest.ts';
import { serveSite } from '../../src/activities/docs/serve-site.ts';
import { NO_GATES } from '../../src/contracts/docs.ts';
import {
  DEFAULT_DOCS_PACE,
  DOCS_MESSAGES,
  docsId,
  type DocsReport,
  type DocsRequest,
  type DocsStatus,
  type SiteSpec,
} from '../../src/contracts/docs-runs.ts';
import { endChildren, startWorkerChild, type Child } from '../support/e2e-child.ts';
import { endOf } from '../support/run-handle.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';
import { connect, freshTaskQueue, temporalAddress, workflowBundle, type TestTemporal } from '../support/temporal.ts';

const PACE = { ...DEFAULT_DOCS_PACE, heartbeatMs: 3_000, lostAfterMs: 3_000, retry: { firstMs: 100, maxMs: 500 } };
const STAGES = ['claim', 'fetch', 'generate', 'verify', 'stage', 'activate'] as const;

let temporal: TestTemporal;
let folder = '';
beforeAll(async () => {
  temporal = await connect();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-docs-kill-')));
});
afterAll(async () => {
  await endChildren();
  await temporal.close();
  await removeTree(folder);
});

/** Each is two workers and three builds; `npm run test:long` takes all of them. */
const SAMPLE =
  process.env['SWITCHYARD_TEST_RUNS'] === undefined ? (['fetch', 'generate', 'activate'] as const) : STAGES;

test.concurrent.each(SAMPLE)(
  'kill -9 in %s',
  async (stage) => {
    const rig = await openRig();
    try {
      await rig.says('one');
      const first = await rig.worker();
      expect((await rig.publish().then((run) => endOf<DocsReport>(run))).report).toMatchObject({
        outcome: 'published',
      });
      const reader = startReader(rig.url);
      await rig.says('two');
      const run = await rig.publish();
      await rig.reaches(run, stage);
      first.kill('SIGKILL');
      await first.exit;
      await rig.worker();
      expect((await endOf<DocsReport>(run)).report).toMatchObject({ outcome: 'published' });
      const reading = await reader.stop();
      expect(reading).toMatchObject({ missing: 0, mixed: 0 });
      expect(new Set(reading.releases).size).toBeLessThanOrEqual(2);
      const latest = join(rig.out, 'versions/latest');
      expect((await mustBeWhole(latest)).files.map(({ path }) => path)).toContain('functions/two.html');
      expect(await readdir(join(rig.out, '.tmp'))).toEqual([]);
    } finally {
      await rig.close();
    }
  },
  120_000,
);

async function openRig() {
  const site = `k${randomUUID().slice(0, 8)}`;
  const [source, root] = [join(folder, site, 'source'), join(folder, site, 'published')];
  await mkdir(join(source, 'src'), { recursive: true });
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }));
  await writeFile(join(source, 'tsconfig.json'), SMALL_TSCONFIG);
  const taskQueue = freshTaskQueue('docs-kill');
  const spec = specOf(site, source);
  const server = await serveSite(join(root, site), { port: 0, consistent: true });
  const asker = await answersQueries(taskQueue);
  const env = {
    SWITCHYARD_QUEUES: 'docs',
    SWITCHYARD_PUBLISH_ROOT: root,
    SWITCHYARD_DOCS_SOURCES: source,
    SWITCHYARD_HOME: join(folder, site, 'home'),
  };
  const at = server.address();
  return {
    out: join(root, site),
    url: `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`,
    worker: (): Promise<Child> =>
      startWorkerChild({ sandbox: { env: () => env }, address: temporalAddress() }, taskQueue),
    says: (name: string) =>
      writeFile(join(source, 'src/index.ts'), `/** Says it. */\nexport function ${name}(): void {}\n`),
    publish: () => {
      const request: DocsRequest = { spec, version: 'latest', publish: true, pace: PACE, wish: null, carried: null };
      return temporal.client.workflow.signalWithStart('buildDocs', {
        workflowId: docsId({ site, version: 'latest', publish: true }),
        taskQueue,
        args: [request],
        signal: DOCS_MESSAGES.buildRequested,
        signalArgs: [{ ref: null, commit: null, trigger: 'manual', by: 'me' }],
      });
    },
    /** Waits until a stage has begun; claiming a folder is no stage of its own, and comes after resolving. */
    reaches: async (run: { query<T>(name: string): Promise<T> }, stage: (typeof STAGES)[number]) => {
      const [name, over] = stage === 'claim' ? ['resolve', true] : [stage, false];
      for (;;) {
        const { stages } = await run.query<DocsStatus>(DOCS_MESSAGES.status);
        if (stages.some((one) => one.name === name && (one.tookMs !== null || !over))) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await asker();
    },
  };
}

/** Runs workflows, and no activity: so that a run can be asked where it is while its worker is dead. */
async function answersQueries(taskQueue: string): Promise<() => Promise<void>> {
  const connection = temporal.nativeConnection;
  const worker = await Worker.create({ connection, taskQueue, workflowBundle: workflowBundle() });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}

function specOf(site: string, source: string): SiteSpec {
  const options = { name: null, entryPoints: ['src/index.ts'], strategy: 'resolve', typeErrors: 'fail' } as const;
  return {
    site,
    source: { kind: 'folder', path: source },
    generator: { kind: 'typedoc', options },
    dependencies: 'none',
    tags: null,
    gates: NO_GATES,
    baseUrl: null,
    keep: { releases: 5, graceMs: 3_600_000 },
  };
}
