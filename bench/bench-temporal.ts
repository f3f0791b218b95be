import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { bundleWorkflows } from '../demo/bundle-workflows.ts';
import { connect, type TemporalClient } from '../src/cli/temporal-client.ts';
import { findTemporalCli } from '../src/embedded/find-cli.ts';
import { startEmbedded } from '../src/embedded/server.ts';
import { installRuntime } from '../src/temporal-runtime.ts';

/** A Temporal server without a UI, a client of it, and the workflows bundled once. */
export interface BenchTemporal {
  readonly client: TemporalClient;
  readonly address: string;
  /** For SWITCHYARD_WORKFLOW_BUNDLE. */
  readonly bundleFile: string;
  readonly logger: Logger;
  close(): Promise<void>;
}

export async function startBenchTemporal(say: (line: string) => void): Promise<BenchTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const logger = pino({ level: 'warn' }, pino.destination({ dest: join(folder, 'worker.log'), sync: true }));
  installRuntime(logger);
  const bundleFile = join(folder, 'workflow-bundle.js');
  await bundleWorkflows(bundleFile);
  const { path } = await findTemporalCli({ explicit: process.env['SWITCHYARD_TEMPORAL_CLI'], env: process.env, say });
  const server = await startEmbedded({ cli: path, file: 'memory', port: 0, uiPort: 'headless', say });
  const place = { address: server.address, namespace: server.namespace, from: 'bench', ui: null, connection: {} };
  const client = await connect(place, say);
  const close = async (): Promise<void> => {
    await client.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { client, address: server.address, bundleFile, logger, close };
}
