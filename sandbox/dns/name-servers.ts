import { storedName } from '../route53/domain-name.ts';
import { valueProblem } from '../route53/record-value.ts';
import type { Route53StandIn } from '../route53/stand-in.ts';
import { answerQuestion } from './answer.ts';
import type { AliasTargets, Reply, ZoneView } from './answer.ts';
import { listen } from './listen.ts';
import type { Random } from './random.ts';
import { replyTo } from './reply.ts';
import { resourceRecord } from './resource-record.ts';

/** The records that the name servers serve. */
export type RecordSource = Pick<Route53StandIn, 'zones' | 'visibleRecordSets' | 'lag'>;

export interface Lie {
  readonly name: string;
  readonly type: string;
  /** As Route 53 writes them; none denies that the name has this type. */
  readonly values: readonly string[];
}

export interface NameServer {
  /** `127.0.0.1:port`, for UDP and TCP. */
  readonly address: string;
  /**
   * Serves changes of the zones that exist now this many milliseconds later than it would; Infinity stands still,
   * 0 catches up.
   */
  lag(ms: number): void;
  /** Takes questions and answers none. */
  silence(): void;
  speak(): void;
  /** Answers one name and type wrongly, until `honest`. @throws RangeError for a value that is none of its type. */
  lie(lie: Lie): void;
  honest(): void;
}

export interface NameServers {
  readonly servers: readonly NameServer[];
  /** `127.0.0.1:port` of each. */
  readonly addresses: readonly string[];
  /** What AWS's own names answer; to be changed at any time. */
  readonly aliasTargets: AliasTargets;
  close(): Promise<void>;
}

export interface NameServersOptions {
  /** At most and by default 4, as a delegation set of Route 53 has. */
  readonly count?: number;
  /** Draws among weighted sets; default Math.random. */
  readonly random?: Random;
  readonly aliasTargets?: AliasTargets;
}

/** Starts authoritative name servers on loopback over the public zones of `source`. */
export async function startNameServers(source: RecordSource, options: NameServersOptions = {}): Promise<NameServers> {
  const { count = 4, random = Math.random } = options;
  const aliasTargets: AliasTargets = options.aliasTargets ?? new Map<string, never>();
  const servers = await Promise.all(
    Array.from({ length: count }, (_, index) => startNameServer({ source, index, random, aliasTargets })),
  );
  return {
    servers,
    addresses: servers.map((server) => server.address),
    aliasTargets,
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

/** Private zones are answered inside their networks only, never by public name servers. */
function visibleZones(source: RecordSource, serverIndex: number): readonly ZoneView[] {
  const open = source.zones().filter((zone) => !zone.private);
  return open.map(({ id, name }) => ({ name, sets: source.visibleRecordSets(id, serverIndex) }));
}

interface Setup {
  readonly source: RecordSource;
  readonly index: number;
  readonly random: Random;
  readonly aliasTargets: AliasTargets;
}

async function startNameServer(setup: Setup): Promise<NameServer & { close(): Promise<void> }> {
  const { source, index } = setup;
  const lies = new Map<string, Reply>();
  let silent = false;
  const resolve = (name: string, type: string): Reply =>
    lies.get(`${name} ${type}`) ?? answerQuestion({ ...setup, zones: visibleZones(source, index) }, name, type);
  const listening = await listen((packet, transport) => (silent ? undefined : replyTo(packet, transport, resolve)));
  return {
    address: `127.0.0.1:${listening.port}`,
    lag: (ms) => {
      for (const zone of source.zones()) source.lag(zone.id, index, ms);
    },
    silence: () => void (silent = true),
    speak: () => void (silent = false),
    lie: (lie) => void lies.set(`${storedName(lie.name)} ${lie.type}`, falseReply(lie)),
    honest: () => lies.clear(),
    close: () => listening.close(),
  };
}

function falseReply({ name, type, values }: Lie): Reply {
  const problem = values.map((value) => valueProblem(type, value)).find((text) => text !== undefined);
  if (problem !== undefined) throw new RangeError(problem);
  const owner = storedName(name);
  const answers = values.flatMap((value) => resourceRecord({ owner, type, ttl: 60, value }) ?? []);
  return { rcode: 'NOERROR', answers, authorities: [] };
}
