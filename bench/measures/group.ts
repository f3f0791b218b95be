import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { deployRequest } from '../../src/cli/deploy-request.ts';
import { startGroup } from '../../src/cli/start-deployment.ts';
import { endOfRun, type RunEnd } from '../../src/cli/look-at-run.ts';
import type { DeployRequest } from '../../src/contracts/deploy.ts';
import type { GroupRequest } from '../../src/contracts/deploy-group.ts';
import type { BenchTemporal } from '../bench-temporal.ts';
import { startWorkerHere } from '../ground.ts';
import type { Measure, Row } from '../measure.ts';
import { seconds } from '../statistics.ts';

const GOAL_RATIO = 1.3;
/** Of an account: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html */
const REQUESTS_A_SECOND = 10;
const ZONES = 5;
const EACH = 10;

/** A group of many records against a group of one, both at Route 53's own rate. */
export const group: Measure = {
  name: 'group',
  doing: '50 records in 5 zones move together (about 3 min)',
  run: async ({ quick, temporal }) => {
    const bake = quick ? '15s' : '60s';
    const one = await deployed(await temporal(), { zones: 1, each: 1, bake });
    const many = await deployed(await temporal(), { zones: ZONES, each: EACH, bake });
    return [asRow(one, many)];
  },
};

interface Measured {
  readonly tookMs: number;
  /** How many requests Route 53 got. */
  readonly requests: number;
}

/** What more there is to ask takes time at that rate, whoever asks. */
function asRow(one: Measured, many: Measured): Row {
  const pacingMs = (1_000 * (many.requests - one.requests)) / REQUESTS_A_SECOND;
  const ratio = many.tookMs / (one.tookMs + pacingMs);
  return {
    measure: `a group of ${ZONES * EACH} records in ${ZONES} zones, at Route 53's rate`,
    goal: `${GOAL_RATIO} x one record and the pacing`,
    reached: `${ratio.toFixed(2)} x`,
    yardstick: `${seconds(many.tookMs)}; one record ${seconds(one.tookMs)}, and ${many.requests} requests instead of ${one.requests}: ${seconds(pacingMs)}`,
    ok: ratio <= GOAL_RATIO,
  };
}

interface Size {
  readonly zones: number;
  readonly each: number;
  readonly bake: string;
}

async function deployed(temporal: BenchTemporal, size: Size): Promise<Measured> {
  const sandbox = await startSandbox({ insyncAfterMs: 5_000, throttling: 'real', seed: 7 });
  const taskQueue = `bench-group-${size.zones * size.each}`;
  const request = await layOut(sandbox, size);
  const stop = await startWorkerHere(temporal, sandbox, taskQueue);
  try {
    let requests = 0;
    sandbox.route53.deny(() => {
      requests += 1;
      return false;
    });
    const startedAt = performance.now();
    const run = await startGroup(temporal.client, request, taskQueue);
    await temporal.client.client.workflow
      .getHandle(run.workflowId, run.runId)
      .result()
      .catch(async (cause: unknown) => {
        const end = await endOfRun(temporal.client, run, null);
        throw new Error(`the group ended otherwise: ${whyOf(end)}`, { cause });
      });
    return { tookMs: performance.now() - startedAt, requests };
  } finally {
    await stop();
    await sandbox.close();
  }
}

async function layOut({ route53, endpoints, zone }: Sandbox, size: Size): Promise<GroupRequest> {
  const nameServers = route53.zones()[0]?.nameServers ?? [];
  const records: DeployRequest[] = [];
  for (let at = 1; at <= size.zones; at++) {
    const name = `z${at}.${zone}`;
    const zoneId = route53.createZone({ name, nameServers });
    const hosts = [`*.${name}`];
    const red = await endpoints.add(`192.0.2.${100 + at}`, { hosts });
    for (let index = 0; index < size.each; index++) {
      const record = `r${index}.${name}`;
      const ResourceRecords = [{ Value: red.address }];
      route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords });
      const black = await endpoints.add(`198.51.100.${records.length + 1}`, { hosts });
      const flags = { to: [black.address], check: ['/healthz'], by: 'bench', bake: size.bake };
      records.push(deployRequest(record, { flags, policyOf: () => null, env: {} }).request);
    }
  }
  return { group: `of-${records.length}`, keepHealthy: null, planHash: null, records };
}

const whyOf = (end: RunEnd): string => (end.kind === 'reported' ? (end.status.failure?.sentence ?? '') : end.why);
