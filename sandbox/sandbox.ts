import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAll } from './close-all.ts';
import type { Control } from './control-server.ts';
import { startNameServers } from './dns/name-servers.ts';
import type { NameServers } from './dns/name-servers.ts';
import { seededRandom } from './dns/random.ts';
import type { Random } from './dns/random.ts';
import { startControl } from './endpoints/control.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { startEndpoints } from './endpoints/endpoints.ts';
import type { Endpoints } from './endpoints/endpoints.ts';
import { startRoute53 } from './route53/stand-in.ts';
import type { Route53StandIn } from './route53/stand-in.ts';
import { Identities, type SandboxRole } from './sts/identities.ts';
import { startSts, type StsStandIn } from './sts/stand-in.ts';

export interface SandboxOptions {
  /** Default `example.com`. */
  readonly zone?: string;
  /** Milliseconds from an accepted change to INSYNC, when the name servers serve it; default that of the stand-in. */
  readonly insyncAfterMs?: number;
  /** Makes the weighted draws of the name servers the same in every run; default different ones. */
  readonly seed?: number;
  /** Starts STS too, which gives out these roles by the names that SWITCHYARD_ROLES binds to them. */
  readonly roles?: Readonly<Record<string, SandboxRole>>;
  /** `real`: Route 53's published rates, and a client that keeps to them. */
  readonly throttling?: 'real' | 'off';
}

export interface Sandbox {
  readonly route53: Route53StandIn;
  /** The zone's id in `route53`, without a prefix. */
  readonly zoneId: string;
  /** The zone's name, without the final dot. */
  readonly zone: string;
  /** What stands on red at the start: `www.` in the zone, A, TTL 60. */
  readonly record: string;
  readonly nameServers: NameServers;
  readonly endpoints: Endpoints;
  /** 192.0.2.10, where the record points at the start. */
  readonly red: Endpoint;
  /** 192.0.2.20 */
  readonly black: Endpoint;
  readonly control: Control;
  /** Null unless roles were wanted. */
  readonly sts: StsStandIn | null;
  /** Who may assume which role. */
  readonly identities: Identities;
  /** The environment in which worker, client and AWS SDK work against this sandbox and nothing else. */
  env(): Record<string, string>;
  close(): Promise<void>;
}

/** Starts Route 53, its name servers, red and black on loopback, with one record on red. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const undo: (() => Promise<void>)[] = [];
  const close = (): Promise<void> => closeAll(undo);
  try {
    return { ...(await startParts(options, undo)), close };
  } catch (cause) {
    await close(); // half a sandbox would keep the process alive
    throw cause;
  }
}

const RED = '192.0.2.10';
const BLACK = '192.0.2.20';
const DELEGATION = ['ns-1', 'ns-2', 'ns-3', 'ns-4'].map((label) => `${label}.sandbox.example`);

async function startParts(options: SandboxOptions, undo: (() => Promise<void>)[]): Promise<Omit<Sandbox, 'close'>> {
  const { zone = 'example.com', seed } = options;
  const random: Random = seed === undefined ? Math.random : seededRandom(seed);

  const identities = new Identities(Object.values(options.roles ?? {}));
  const { insyncAfterMs, throttling = 'off' } = options;
  const route53 = await startRoute53({
    identities,
    throttling,
    ...(insyncAfterMs === undefined ? {} : { insyncAfterMs }),
  });
  undo.push(() => route53.close());
  const sts = options.roles === undefined ? null : await startSts(identities);
  undo.push(async () => sts?.close());
  const zoneId = createZone(route53, zone);
  const nameServers = await startNameServers(route53, { count: DELEGATION.length, random });
  undo.push(() => nameServers.close());

  const endpoints = startEndpoints();
  undo.push(() => endpoints.close());
  const hosts = [zone, `*.${zone}`];
  const red = await endpoints.add(RED, { hosts });
  const black = await endpoints.add(BLACK, { hosts });
  const control = await startControl({ endpoints: endpoints.all, nameServers: nameServers.servers });
  undo.push(() => control.close());

  const folder = await mkdtemp(join(tmpdir(), 'switchyard-sandbox-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const caFile = join(folder, 'ca.pem');
  await endpoints.writeCa(caFile);

  const env = () => ({
    ...environment({ route53, nameServers, endpoints, caFile }),
    ...roleVariables(options.roles ?? {}, sts),
  });
  const aws = { route53, sts, identities, zoneId };
  return { ...aws, zone, record: `www.${zone}`, nameServers, endpoints, red, black, control, env };
}

function createZone(route53: Route53StandIn, name: string): string {
  const zoneId = route53.createZone({ name, id: 'Z0SANDBOX000EXAMPLE', nameServers: DELEGATION });
  route53.put(zoneId, { Name: `www.${name}`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: RED }] });
  return zoneId;
}

interface Addressed {
  readonly route53: Route53StandIn;
  readonly nameServers: NameServers;
  readonly endpoints: Endpoints;
  readonly caFile: string;
}

function environment({ route53, nameServers, endpoints, caFile }: Addressed): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_ROUTE_53: route53.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(route53.throttling === 'off' ? { SWITCHYARD_ROUTE53_RATE: '1000' } : {}),
    SWITCHYARD_NAME_SERVERS: nameServers.addresses.join(','),
    SWITCHYARD_CONNECT_TO: endpoints.connectTo(),
    SWITCHYARD_CA_FILE: caFile,
  };
}

function roleVariables(roles: Readonly<Record<string, SandboxRole>>, sts: StsStandIn | null): Record<string, string> {
  if (sts === null) return {};
  const ids = Object.entries(roles).flatMap(([role, { externalId }]) =>
    externalId === undefined
      ? []
      : [[`SWITCHYARD_ROLE_${role.toUpperCase().replaceAll('-', '_')}_EXTERNAL_ID`, externalId] as const],
  );
  return {
    AWS_ENDPOINT_URL_STS: sts.url,
    SWITCHYARD_ROLES: Object.entries(roles)
      .map(([role, { arn }]) => `${role}=${arn}`)
      .join(','),
    ...Object.fromEntries(ids),
  };
}
