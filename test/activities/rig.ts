import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Info } from '@temporalio/activity';
import { createDeployActivities, type DeployDeps } from '../../src/activities/deploy-activities.ts';
import { createAwsClients, type AwsClients } from '../../src/clients.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import type { RecordRef } from '../../src/contracts/deploy-activities.ts';
import { DEFAULT_PACE, type Pace } from '../../src/contracts/deploy.ts';
import type { DeployActivities } from '../../src/contracts/deploy-activities.ts';
import { fenceSet, readFence, type Fence } from '../../src/core/dns/fence.ts';
import { hashSets, type RecordSet, type RecordSets } from '../../src/core/dns/record-set.ts';
import type { Snapshot, Standing } from '../../src/core/dns/snapshot.ts';
import { startRoute53, type Route53StandIn } from '../../sandbox/route53/stand-in.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';

/** A deployment a hundred times faster. */
export const QUICK: Pace = {
  ...DEFAULT_PACE,
  probeEveryMs: 20,
  probeTimeoutMs: 250,
  preflight: { inARow: 2, overMs: 20 },
  driftEveryMs: 20,
  insync: { pollMs: 10, noticeMs: 1_000, limitMs: 5_000 },
  inconclusive: { limitMs: 1_000, limitAtFullMs: 500 },
  ownViewMs: 300,
};

export const OWNER = 'ns-1/deploy:www.example.com/run-1';
export const TIMEOUT_MS = 300;

/** The real SDK against stand-ins of its own. */
export interface Route53Rig {
  readonly route53: Route53StandIn;
  readonly zoneId: string;
  readonly aws: AwsClients;
  readonly ref: RecordRef;
  /** Runs an activity as a worker would. */
  run<T>(activity: (activities: DeployActivities) => Promise<T>, info?: Partial<Info>): Promise<T>;
  readonly activities: DeployActivities;
  read(): Promise<Snapshot>;
  standing(): Promise<Standing>;
  close(): Promise<void>;
}

/** With name servers and endpoints too. */
export interface ActivityRig extends Route53Rig {
  readonly sandbox: Sandbox;
  readonly config: Config;
  /** Another worker of the same sandbox. */
  with(deps: Partial<DeployDeps>): DeployActivities;
}

/** Route 53 alone, with `www.example.com` on red: started in no time. */
export async function startRoute53Rig(): Promise<Route53Rig> {
  const route53 = await startRoute53({ insyncAfterMs: 20 });
  const zoneId = route53.createZone({ name: 'example.com' });
  route53.put(zoneId, { Name: 'www.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.10' }] });
  const config = loadConfig({ AWS_ENDPOINT_URL_ROUTE_53: route53.url, SWITCHYARD_ROUTE53_RATE: '1000' });
  return rigOf({ route53, zoneId, config, close: () => route53.close() });
}

export async function startActivityRig(
  options: SandboxOptions & { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ActivityRig> {
  const sandbox = await startSandbox({ insyncAfterMs: 20, seed: 1, ...options });
  const config = loadConfig({ ...sandbox.env(), ...options.env });
  const { route53, zoneId } = sandbox;
  const rig = await rigOf({ route53, zoneId, config, close: () => sandbox.close() });
  const withDeps = (deps: Partial<DeployDeps>): DeployActivities =>
    createDeployActivities({ config, aws: rig.aws, askTimeoutMs: TIMEOUT_MS, ...deps });
  return { ...rig, sandbox, config, with: withDeps };
}

interface Parts extends Pick<Route53Rig, 'route53' | 'zoneId' | 'close'> {
  readonly config: Config;
}

async function rigOf({ route53, zoneId, config, close }: Parts): Promise<Route53Rig> {
  const aws = clientsFor(config.aws);
  const activities = createDeployActivities({ config, aws, askTimeoutMs: TIMEOUT_MS });
  const run: Route53Rig['run'] = (activity, info) => environment(info).run(() => activity(activities));
  const read = (): Promise<Snapshot> => run((the) => the.readRecord({ record: 'www.example.com', zone: null }));
  const standing = async (): Promise<Standing> => {
    const { sets, fence } = await read();
    return { sets, fence };
  };
  const { record, zone } = await read();
  return { route53, zoneId, aws, activities, ref: { record, zone }, run, read, standing, close };
}

export function clientsFor(aws: Config['aws']): AwsClients {
  return createAwsClients(aws, {
    credentials: { accessKeyId: 'switchyard', secretAccessKey: 'sandbox' },
    timeouts: { readMs: TIMEOUT_MS, writeMs: TIMEOUT_MS },
  });
}

/** A context of Temporal without Temporal, and without its noise. */
export function environment(info?: Partial<Info>): MockActivityEnvironment {
  return new MockActivityEnvironment(
    { currentAttemptScheduledTimestampMs: Date.now(), ...info },
    { logger: new DefaultLogger('ERROR') },
  );
}

/** The same sets, pointed elsewhere. */
export function pointedAt(sets: RecordSets, ...values: string[]): RecordSets {
  return sets.map((set): RecordSet => ({ ...set, values }));
}

/** What this run writes at a step: sets under a fence of its own. */
export function ownStanding(record: string, sets: RecordSets, fence: Partial<Fence> = {}): Standing {
  const whole: Fence = {
    gen: 1,
    stage: 'step',
    owner: OWNER,
    until: 4_102_444_800_000,
    sets: hashSets(sets),
    red: null,
    ...fence,
  };
  return { sets, fence: fenceSet(record, whole) };
}

export function fenceOf({ fence }: { readonly fence: RecordSet | null }): Fence | null {
  const reading = readFence(fence);
  return reading.kind === 'standing' ? reading.fence : null;
}

/** The failure that a promise ends with. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ type: string; message: string; nextRetryDelay?: unknown }> {
  const error: unknown = await work.then(
    (value) => new Error(`expected a failure, found ${JSON.stringify(value)}`),
    (cause: unknown) => cause,
  );
  return error as { type: string; message: string; nextRetryDelay?: unknown };
}
