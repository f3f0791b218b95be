import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import { deployId, MESSAGES, type DeployStatus } from '../../src/contracts/deploy.ts';
import { startWorker, type RunningWorker } from '../../src/worker.ts';
import { untilKnown, type CliNamespace } from './namespaces.ts';
import { runCli, type Ran } from './run-cli.ts';
import { connect, temporalAddress, workflowBundle } from './temporal.ts';

/** The whole way from the command line to DNS, in a namespace of its own: the client knows one queue only, and files must not share it. */
export interface CliYard {
  readonly sandbox: Sandbox;
  readonly client: Client;
  readonly folder: string;
  run(...args: readonly string[]): Promise<Ran>;
  /** A record on red, with a short TTL. */
  record(label: string): string;
  /** What Route 53 has at a record. */
  values(record: string): readonly (string | undefined)[];
  /** Waits until the deployment of a record is in a phase. */
  phase(record: string, wanted: DeployStatus['phase']): Promise<void>;
  /** Another worker, of all chores. */
  worker(version: string | null): Promise<RunningWorker>;
  close(): Promise<void>;
}

/** With one worker, which has a version where one is given. */
export async function startCliYard(namespace: CliNamespace, version: string | null = null): Promise<CliYard> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [sandbox, temporal, folder] = await Promise.all([
    // What is not in sync at the first look is looked at again after 5 s by deployments that a client asks for.
    startSandbox({ zone: `${namespace}-${randomUUID().slice(0, 8)}.example`, insyncAfterMs: 0 }),
    connect(),
    mkdtemp(join(tmpdir(), 'switchyard-cli-')),
  ]);
  await untilKnown(temporal.connection, namespace);
  const env = { ...sandbox.env(), TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: namespace };
  const workers: RunningWorker[] = [];
  const worker = async (of: string | null): Promise<RunningWorker> => {
    const config = loadConfig(of === null ? env : { ...env, SWITCHYARD_WORKER_VERSION: of });
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    const started = await startWorker(config, {
      logger: pino({ level: 'silent' }),
      connection: temporal.nativeConnection,
      workflowBundle: workflowBundle(),
      aws: createAwsClients(config.aws, { credentials }),
    });
    workers.push(started);
    return started;
  };
  await worker(version);
  const client = new Client({ connection: temporal.connection, namespace });
  return {
    sandbox,
    client,
    folder,
    run: (...args) => runCli(args, { folder, namespace }),
    record: (label) => putOnRed(sandbox, label),
    values: (record) =>
      sandbox.route53
        .recordSets(sandbox.zoneId, record)
        .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value)),
    phase: (record, wanted) => untilPhase(client, record, wanted),
    worker,
    close: async () => {
      await Promise.all(workers.map((each) => each.stop()));
      await temporal.close();
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}

function putOnRed({ route53, zoneId, zone }: Sandbox, label: string): string {
  const record = `${label}.${zone}`;
  route53.put(zoneId, { Name: record, Type: 'A', TTL: 1, ResourceRecords: [{ Value: '192.0.2.10' }] });
  return record;
}

async function untilPhase(client: Client, record: string, wanted: DeployStatus['phase']): Promise<void> {
  const handle = client.workflow.getHandle(deployId(record));
  for (;;) {
    const { phase } = await handle.query<DeployStatus>(MESSAGES.status);
    if (phase === wanted) return;
    await sleep(50);
  }
}
