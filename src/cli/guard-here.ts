import { askOwners } from '../activities/ask-owners.ts';
import { findSnapshot } from '../activities/find-snapshot.ts';
import { lookDeps } from '../activities/look-deps.ts';
import { plainPulse } from '../activities/pulse.ts';
import { readFences } from '../activities/read-fences.ts';
import { repairRecords } from '../activities/repair-records.ts';
import { createAwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { GuardPace } from '../contracts/guard.ts';
import {
  standGuard,
  type Guarded,
  type GuardedRecord,
  type OwnersSight,
  type Repair,
} from '../core/dns/stand-guard.ts';
import { knock } from './knock.ts';
import { connect, type TemporalClient } from './temporal-client.ts';
import type { TemporalPlace } from './temporal-place.ts';
import type { Environment } from './terminal.ts';

export interface GuardHere {
  readonly records: readonly GuardedRecord[];
  readonly act: 'report' | 'restore';
  readonly pace: GuardPace;
  readonly env: Environment;
  /** Where Temporal is, if it is anywhere. */
  readonly place: TemporalPlace;
  readonly show: (guarded: readonly Guarded[]) => void;
}

const CONNECT_WITHIN_MS = 1_500;

/** One guard from this process, with its own AWS credentials. What Temporal cannot be asked about is restored once it is long past. */
export function guardHere({ records, act, pace, env, place, show }: GuardHere): Promise<readonly Guarded[]> {
  const config = loadDirectConfig(env);
  const aws = createAwsClients(config.aws);
  const pulse = plainPulse();
  const repairing = {
    aws,
    look: lookDeps({ config }),
    findSnapshot: (repair: Repair) => whileConnected(place, ({ client }) => findSnapshot(client, repair)),
  };
  return standGuard(
    {
      now: pulse.now,
      readFences: (some) => readFences(aws, { records: some, retry: pace.retry }, pulse),
      askOwners: (owners) => askIfThere(place, owners),
      restore: (repairs) => repairRecords(repairing, { repairs, pace }, pulse),
      found: () => undefined, // whoever typed it is told when it is done
      wait: pulse.sleep,
      show,
    },
    { records, act, blind: 'restore', limits: pace },
  );
}

/** A knock first: loading the SDK only to be refused costs seconds. Nobody there is no answer about the run. */
async function askIfThere(place: TemporalPlace, owners: readonly string[]): Promise<OwnersSight> {
  const notSeen = (why: string): OwnersSight => ({ namespace: { kind: 'not-seen', why }, owners: {} });
  if (!(await knock(place.address, CONNECT_WITHIN_MS))) return notSeen(`no Temporal answers at ${place.address}.`);
  try {
    return await whileConnected(place, ({ client }) => askOwners(client, owners));
  } catch (cause) {
    return notSeen(`${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

async function whileConnected<T>(place: TemporalPlace, body: (temporal: TemporalClient) => Promise<T>): Promise<T> {
  const temporal = await connect(place, () => undefined, CONNECT_WITHIN_MS);
  try {
    return await body(temporal);
  } finally {
    await temporal.close();
  }
}
