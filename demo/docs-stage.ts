import { cp, mkdir, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeTree } from '../src/activities/docs/durable.ts';
import { serveHere } from '../src/cli/docs-here.ts';
import { DOCS_QUEUE } from '../src/contracts/docs-runs.ts';
import type { TakeDown } from './take-down.ts';
import { startWorkerProcess, type WorkerPlace } from './worker-process.ts';

/** Where documentation is played: a source that can be changed, a worker of its own, and a server that readers ask. */
export interface DocsStage {
  readonly site: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly configFile: string;
  /** Writes a file of the source. */
  says(path: string, text: string): Promise<void>;
}

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const SITE = 'switchyard';

/** @param entries Folders of this repository that are documented: fewer of them take less time. */
export async function startDocsStage(
  place: WorkerPlace,
  { entries, takeDown }: { readonly entries: readonly string[]; readonly takeDown: TakeDown[] },
): Promise<DocsStage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-demo-docs-')));
  takeDown.push(() => removeTree(folder));
  const source = join(folder, 'source');
  await copySource(source, entries);
  const root = join(folder, 'published');
  await mkdir(join(root, SITE), { recursive: true });
  const env = {
    SWITCHYARD_QUEUES: 'docs',
    SWITCHYARD_HOME: join(folder, 'home'),
    SWITCHYARD_PUBLISH_ROOT: root,
    SWITCHYARD_DOCS_SOURCES: source,
    SWITCHYARD_DOCS_TRUSTED: source, // its dependencies are links to ours
  };
  const worker = startWorkerProcess(place, env, { queue: DOCS_QUEUE });
  takeDown.push(() => worker.kill());
  await worker.polls();
  const server = await serveHere(join(root, SITE), { port: 0, consistent: true });
  takeDown.push(() => closed(server));
  const configFile = join(folder, 'switchyard.yaml');
  await writeFile(configFile, fileOf(source, entries));
  return {
    site: SITE,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    configFile,
    says: (path, text) => writeFile(join(source, path), text),
  };
}

/** This repository, as far as its documentation needs it: TypeDoc would read and check whatever its tsconfig.json includes. */
async function copySource(to: string, entries: readonly string[]): Promise<void> {
  await mkdir(to);
  for (const path of ['src', 'package.json', 'README.md'])
    await cp(join(REPOSITORY, path), join(to, path), { recursive: true });
  const tsconfig = JSON.parse(await readFile(join(REPOSITORY, 'tsconfig.json'), 'utf8')) as object;
  await writeFile(join(to, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include: entries }));
  await symlink(join(REPOSITORY, 'node_modules'), join(to, 'node_modules'));
}

const fileOf = (source: string, entries: readonly string[]): string => `version: 1
docs:
  ${SITE}:
    source: { folder: ${JSON.stringify(source)} }
    generator:
      typedoc: { name: Switchyard, strategy: expand, entryPoints: ${JSON.stringify(entries)}, typeErrors: report }
    gates: { warnings: no-new, links: no-new }
`;

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
