import { mkdtemp, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorkerProcess } from '../demo/worker-process.ts';
import { startGitServer } from '../sandbox/git/server.ts';
import { removeTree } from '../src/activities/docs/durable.ts';
import { declaredSites } from '../src/cli/site-policy.ts';
import { DEFAULT_DOCS_PACE, DOCS_QUEUE, docsId, type DocsRequest } from '../src/contracts/docs-runs.ts';
import { requestDocs } from '../src/request-docs.ts';
import type { BenchTemporal } from './bench-temporal.ts';

/** A git server with a source, and a worker of documentation in a process of its own. */
export interface DocsGround {
  /** Pushes a change and asks for it as an event does; milliseconds until its page is there. */
  push(what: string): Promise<number>;
  close(): Promise<void>;
}

export interface DocsGroundOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly program: string;
}

const SITE = 'measured';

export async function startDocsGround(
  temporal: BenchTemporal,
  { files, program }: DocsGroundOptions,
): Promise<DocsGround> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-bench-docs-')));
  const git = await startGitServer();
  const env = {
    SWITCHYARD_QUEUES: 'docs',
    SWITCHYARD_HOME: join(folder, 'home'),
    SWITCHYARD_PUBLISH_ROOT: join(folder, 'published'),
    SWITCHYARD_DOCS_SOURCES: new URL(git.url).origin,
  };
  const worker = startWorkerProcess(temporal, env, { queue: DOCS_QUEUE, program: [program] });
  await worker.polls();
  const request = requestOf(git.url);
  const page = join(folder, 'published', SITE, 'versions', 'latest', 'index.html');
  const { client } = temporal.client;
  return {
    push: async (what) => {
      const commit = await git.commit({ ...files, 'README.md': `# Measured\n\nThis is ${what}.\n` });
      const pushedAt = Date.now();
      await requestDocs(client, request, { ref: null, commit, trigger: 'event', by: 'bench' });
      while (!(await readFile(page, 'utf8').catch(() => '')).includes(`This is ${what}.`)) await sleep(20);
      const tookMs = Date.now() - pushedAt;
      await client.workflow.getHandle(docsId({ site: SITE, version: 'latest', publish: true })).result();
      return tookMs;
    },
    close: async () => {
      await worker.kill();
      await git.close();
      await removeTree(folder);
    },
  };
}

function requestOf(url: string): Omit<DocsRequest, 'wish' | 'carried'> {
  const typedoc = { entryPoints: ['src'], strategy: 'expand' as const };
  const policy = { source: { git: url, ref: 'main' }, generator: { typedoc } };
  const spec = declaredSites({ file: { version: 1, docs: { [SITE]: policy } } }).get(SITE)?.spec;
  if (spec === undefined) throw new Error('there is no site to measure');
  return { spec, version: 'latest', publish: true, pace: DEFAULT_DOCS_PACE };
}
