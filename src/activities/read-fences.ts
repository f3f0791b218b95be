import type { Route53Client } from '@aws-sdk/client-route-53';
import type { AwsClients } from '../clients.ts';
import type { ReadFencesInput } from '../contracts/guard.ts';
import { readFence } from '../core/dns/fence.ts';
import { sightOf, type FenceSight } from '../core/dns/judge-fence.ts';
import type { GuardedRecord } from '../core/dns/stand-guard.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { findZone } from './find-zone.ts';
import { patiently, type Patience } from './patiently.ts';
import { beating, type Pulse } from './pulse.ts';
import { readNames } from './read-names.ts';

/** What stands at the fences of these records, in their order. A zone that cannot be read keeps no other from being read. */
export async function readFences(
  aws: AwsClients,
  { records, retry }: ReadFencesInput,
  pulse: Pulse,
): Promise<readonly FenceSight[]> {
  const reading: Reading = { aws, pulse, patience: { ...retry, tries: TRIES } };
  return beating(pulse, async () => {
    const sights = new Map<GuardedRecord, FenceSight>();
    const zones = await zonesOf(reading, records, sights);
    await Promise.all(zones.map((zone) => readZone(reading, zone, sights)));
    if (pulse.signal.aborted) await pulse.sleep(0); // called off: what was not read then is no finding
    return records.map((one) => sights.get(one) ?? { kind: 'rest' });
  });
}

const TRIES = 4;

interface Reading {
  readonly aws: AwsClients;
  readonly pulse: Pulse;
  readonly patience: Patience;
}

type Sights = Map<GuardedRecord, FenceSight>;

/** The fences of one zone that one role reaches. */
interface ZoneOfFences {
  readonly id: string;
  readonly client: Route53Client;
  readonly held: GuardedRecord[];
}

/** One after the other, each zone asked for once by its name: an account has ten requests a second. */
async function zonesOf(
  reading: Reading,
  records: readonly GuardedRecord[],
  sights: Sights,
): Promise<readonly ZoneOfFences[]> {
  const zones = new Map<string, ZoneOfFences>();
  const known = new Map<string, string>();
  for (const one of records) {
    try {
      const named = one.zone === null ? null : JSON.stringify([one.role, one.zone]);
      const client = reading.aws.inRole(one.role).route53();
      const id = (named === null ? undefined : known.get(named)) ?? (await zoneIdOf(reading, client, one));
      if (named !== null) known.set(named, id);
      const key = JSON.stringify([one.role, id]);
      const zone = zones.get(key) ?? { id, client, held: [] };
      zone.held.push(one);
      zones.set(key, zone);
    } catch (cause) {
      sights.set(one, unread(cause));
    }
  }
  return [...zones.values()];
}

async function zoneIdOf(
  { pulse, patience }: Reading,
  client: Route53Client,
  { record, zone }: GuardedRecord,
): Promise<string> {
  const found = await patiently(pulse, patience, () => findZone(client, record, zone));
  return found.id;
}

async function readZone({ pulse, patience }: Reading, { id, client, held }: ZoneOfFences, sights: Sights) {
  try {
    const names = held.map(({ record }) => record);
    const standings = await patiently(pulse, patience, () => readNames(client, id, names));
    for (const one of held) sights.set(one, sightOf(readFence(standings.get(one.record)?.fence ?? null)));
  } catch (cause) {
    for (const one of held) sights.set(one, unread(cause));
  }
}

function unread(cause: unknown): FenceSight {
  const { sentence, next } = whatItSays(cause);
  return { kind: 'unread', sentence, next };
}
