import type { Route53Client } from '@aws-sdk/client-route-53';
import type { WatchEnd, WatchInput } from '../contracts/deploy-activities.ts';
import { classify } from '../core/dns/classify-standing.ts';
import { readFence } from '../core/dns/fence.ts';
import { hashSets } from '../core/dns/record-set.ts';
import type { Standing } from '../core/dns/snapshot.ts';
import { readNames } from './read-names.ts';
import { readStanding, typesOf } from './read-standing.ts';

const ENDED_BEFORE =
  'this deployment has put red back and ended already, before the data of Temporal was set back. It writes nothing more.';

export type DriftLook =
  | { readonly kind: 'same' }
  | Extract<WatchEnd, { kind: 'drift' }>
  /** Route 53 did not say: throttled, unreachable, not allowed. */
  | { readonly kind: 'not-seen' };

/** One read of the name and its fence. A difference is read twice: the two may stand on two pages, with a write in between. */
export async function lookForDrift(client: Route53Client, input: WatchInput): Promise<DriftLook> {
  const types = typesOf(input.standing.sets, ...input.sides.map(({ sets }) => sets));
  const look = async (): Promise<DriftLook> => driftIn(input, await readStanding(client, input, types));
  try {
    const first = await look();
    return first.kind === 'drift' ? await look() : first;
  } catch {
    return { kind: 'not-seen' }; // counted by the caller: "could not look" is not "drift"
  }
}

/** The same for several records of one zone, in as few reads as their places in it allow. In the order in which they were given. */
export async function lookForDrifts(
  client: Route53Client,
  inputs: readonly WatchInput[],
): Promise<readonly DriftLook[]> {
  const [first] = inputs;
  if (first === undefined) return [];
  const look = async (): Promise<readonly DriftLook[]> => {
    const found = await readNames(
      client,
      first.zone.id,
      inputs.map(({ record }) => record),
    );
    return inputs.map((input) => driftIn(input, ofTypes(input, found.get(input.record))));
  };
  try {
    const looks = await look();
    return looks.some(({ kind }) => kind === 'drift') ? await look() : looks;
  } catch {
    return inputs.map(() => ({ kind: 'not-seen' }));
  }
}

function ofTypes({ standing, sides }: WatchInput, found: Standing = { sets: [], fence: null }): Standing {
  const types = typesOf(standing.sets, ...sides.map(({ sets }) => sets));
  return { sets: found.sets.filter(({ type }) => types.includes(type)), fence: found.fence };
}

function driftIn({ record, standing, sides }: WatchInput, found: Standing): DriftLook {
  const expected = readFence(standing.fence);
  const seen = readFence(found.fence);
  const owner = expected.kind === 'standing' ? expected.fence.owner : '';
  const red = sides.find(({ side }) => side === 'red')?.sets ?? [];
  const whose = classify(found, { record, owner, snapshot: { sets: red, fence: null }, own: [standing.sets] });
  if (whose.kind === 'superseded' || whose.kind === 'foreign')
    return { kind: 'drift', sentence: whose.sentence, superseded: whose.kind === 'superseded' };
  // A promotion follows a hold and a rollback ends it, so the run that is over is an earlier life of this one: Temporal's data is older than the record.
  if (
    whose.kind === 'snapshot' &&
    seen.kind === 'standing' &&
    seen.fence.stage === 'idle' &&
    seen.fence.owner === owner
  )
    return { kind: 'drift', sentence: `${record}: ${ENDED_BEFORE}`, superseded: true };
  // Ours by its values; ours by hand too only where the fence carries their hash: Terraform puts red back without it.
  if (seen.kind === 'standing' && seen.fence.sets === hashSets(found.sets)) return { kind: 'same' };
  const sentence = `${record}: found ${whose.kind === 'snapshot' ? 'red' : 'a state of this run'} written past its fence, which this run did not do.`;
  return { kind: 'drift', sentence, superseded: false };
}
