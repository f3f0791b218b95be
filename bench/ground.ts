import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../sandbox/endpoints/endpoint.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { deployRequest } from '../src/cli/deploy-request.ts';
import type { RequestFlags } from '../src/cli/deploy-flags.ts';
import { endOfRun, type RunEnd } from '../src/cli/look-at-run.ts';
import { queryStatus, startDeployment, type StartedRun } from '../src/cli/start-deployment.ts';
import { createAwsClients } from '../src/clients.ts';
import { loadConfig } from '../src/config.ts';
import { DEPLOY_QUEUE, type DeployRequest, type DeployStatus } from '../src/contracts/deploy.ts';
import { startWorker } from '../src/worker.ts';
import { untilPolled } from '../demo/until-polled.ts';
import type { BenchTemporal } from './bench-temporal.ts';

/** A sandbox with many records on red, and, unless told otherwise, a worker in this process. */
export interface Ground {
  readonly sandbox: Sandbox;
  readonly temporal: BenchTemporal;
  /** Each with an endpoint of its own as black, where `blacks` asked for it. */
  readonly lots: readonly Lot[];
  deploy(lot: Lot, asked?: Asked): Promise<Deployment>;
  close(): Promise<void>;
}

/** One record, and where it is going. */
export interface Lot {
  readonly record: string;
  readonly black: Endpoint;
}

export interface Asked {
  readonly flags?: RequestFlags;
  /** Beyond what flags can say: the pace. */
  readonly change?: (request: DeployRequest) => DeployRequest;
}

export interface Deployment {
  readonly lot: Lot;
  readonly run: StartedRun;
  /** Waits until the status fulfils a condition. @throws when the run ends before. */
  until(what: (status: DeployStatus) => boolean): Promise<DeployStatus>;
  end(): Promise<RunEnd>;
  /** When the batch that brings red back was accepted, in milliseconds since the epoch. @throws where there is none. */
  revertedAt(): number;
}

export interface GroundOptions {
  readonly records: number;
  /** How many of the records, from the first, have a black endpoint of their own; the rest share one. */
  readonly blacks: number;
  readonly insyncAfterMs?: number;
  /** `none`: the measure runs workers of its own, on the queue that they poll. */
  readonly worker?: 'here' | 'none';
}

export async function startGround(temporal: BenchTemporal, options: GroundOptions): Promise<Ground> {
  const { worker: where = 'here', insyncAfterMs = 200 } = options;
  const zone = `b${randomUUID().slice(0, 8)}.example`;
  const sandbox = await startSandbox({ zone, insyncAfterMs, seed: 7 });
  const lots = await layOut(sandbox, options);
  const taskQueue = where === 'here' ? `bench-${zone}` : DEPLOY_QUEUE;
  const stop = where === 'here' ? await startWorkerHere(temporal, sandbox, taskQueue) : () => Promise.resolve();
  const ground = { sandbox, temporal, taskQueue };
  return {
    sandbox,
    temporal,
    lots,
    deploy: (lot, asked = {}) => deploy(ground, lot, asked),
    close: async () => {
      await stop();
      await sandbox.close();
    },
  };
}

async function layOut(sandbox: Sandbox, { records, blacks }: GroundOptions): Promise<readonly Lot[]> {
  const lots: Lot[] = [];
  const hosts = [`*.${sandbox.zone}`];
  for (let index = 0; index < records; index++) {
    const record = `r${index}.${sandbox.zone}`;
    const ResourceRecords = [{ Value: sandbox.red.address }];
    sandbox.route53.put(sandbox.zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords });
    const own = index < blacks ? await sandbox.endpoints.add(`198.51.100.${index + 1}`, { hosts }) : sandbox.black;
    lots.push({ record, black: own });
  }
  return lots;
}

/** @returns what stops it. */
export async function startWorkerHere(
  { client, address, bundleFile, logger }: BenchTemporal,
  sandbox: Sandbox,
  taskQueue: string,
): Promise<() => Promise<void>> {
  const env = { ...sandbox.env(), TEMPORAL_ADDRESS: address, SWITCHYARD_WORKFLOW_BUNDLE: bundleFile };
  const config = loadConfig(env);
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const aws = createAwsClients(config.aws, { credentials });
  const worker = await startWorker(config, { logger, taskQueue, aws });
  await untilPolled(client, taskQueue);
  return () => worker.stop();
}

interface Parts {
  readonly sandbox: Sandbox;
  readonly temporal: BenchTemporal;
  readonly taskQueue: string;
}

async function deploy(parts: Parts, lot: Lot, { flags = {}, change = (same) => same }: Asked): Promise<Deployment> {
  const { client } = parts.temporal;
  const given: RequestFlags = { to: [lot.black.address], check: ['/healthz'], by: 'bench', ...flags };
  const { request } = deployRequest(lot.record, { flags: given, policyOf: () => null, env: {} });
  const run = await startDeployment(client, change(request), parts.taskQueue);
  const status = (): Promise<DeployStatus | null> => queryStatus(client, run.workflowId, run.runId);
  return {
    lot,
    run,
    until: async (what) => {
      for (;;) {
        const now = await status();
        if (now !== null && what(now)) return now;
        if (now !== null && now.outcome !== null)
          throw new Error(`${lot.record} ended as ${now.outcome}: ${now.failure?.sentence ?? ''}`);
        await sleep(50);
      }
    },
    end: async () => {
      while (((await status())?.outcome ?? null) === null) await sleep(100);
      return endOfRun(client, run, null);
    },
    revertedAt: () => revertedAt(parts.sandbox, lot.record),
  };
}

/** The first accepted batch of the record that the rollback wrote. */
function revertedAt({ route53 }: Sandbox, record: string): number {
  const entry = route53.log.find(
    ({ accepted, comment = '', changes }) =>
      accepted && comment.includes('rollback') && changes.some(({ recordSet }) => recordSet.Name === `${record}.`),
  );
  if (entry === undefined) throw new Error(`${record} was not rolled back`);
  return entry.at;
}
