import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../../src/embedded/find-cli.ts';
import { startEmbedded } from '../../src/embedded/server.ts';
import type { EmbeddedServer } from '../../src/embedded/server.ts';
import { buildWorker } from './build-worker.ts';
import { registerNamespaces } from './namespaces.ts';

/** What the run started, for the teardown: jest runs both in one process. */
export interface TestRun {
  readonly server: EmbeddedServer | undefined;
  readonly folders: readonly string[];
}

/**
 * One Temporal server, one workflow bundle and one translated worker for the whole run, found by the tests through `test/support/temporal.ts`.
 *
 * - `SWITCHYARD_TEST_TEMPORAL=host:port` uses a server that runs already.
 * - `SWITCHYARD_TEST_NO_SERVER=1` starts nothing, for runs of unit tests alone.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env['SWITCHYARD_TEST_NO_SERVER'] === '1') return;
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-test-'));
  const [server, worker] = await Promise.all([startServer(folder), buildWorker(), bundleWorkflows(folder)]);
  process.env['SWITCHYARD_TEST_WORKER'] = worker.file;
  const run: TestRun = { server, folders: [folder, worker.folder] };
  Object.assign(globalThis, { switchyardTestRun: run });
}

async function startServer(folder: string): Promise<EmbeddedServer | undefined> {
  if (process.env['SWITCHYARD_TEST_TEMPORAL'] !== undefined) return undefined;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const cli = await findTemporalCli({ explicit: process.env['SWITCHYARD_TEMPORAL_CLI'], env: process.env, say });
  const server = await startEmbedded({
    cli: cli.path,
    file: 'memory',
    port: 0,
    uiPort: 'headless',
    logFile: join(folder, 'temporal.log'),
    say,
  });
  process.env['SWITCHYARD_TEST_TEMPORAL'] = server.address;
  await registerNamespaces(server.address);
  return server;
}

async function bundleWorkflows(folder: string): Promise<void> {
  const workflowsPath = fileURLToPath(new URL('../../src/workflows', import.meta.url));
  if (!existsSync(join(workflowsPath, 'index.ts'))) return;
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const codePath = join(folder, 'workflow-bundle.js');
  await writeFile(codePath, code);
  process.env['SWITCHYARD_TEST_BUNDLE'] = codePath;
}
