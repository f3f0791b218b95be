import { formatDuration } from '../duration.ts';
import { shownValues } from './address.ts';
import { moveWeights } from './draw-steps.ts';
import type { StepDraft } from './draw-steps.ts';
import { isPrivateAddress } from './ip-address.ts';
import type { Move } from './moves.ts';
import { displayName } from './name.ts';
import type { PlanRequest, PlanTiming } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import { hitsShare } from './weigh.ts';

/** What a plan is worked out from. */
export interface PlanFacts {
  readonly snapshot: Snapshot;
  readonly request: PlanRequest;
  readonly moves: readonly Move[];
  readonly steps: readonly StepDraft[];
  readonly timing: PlanTiming;
}

/** What an operator should know before the first write, though it refuses nothing. */
export function planWarnings(facts: PlanFacts): readonly string[] {
  return [
    ...ttlWarnings(facts),
    ...shareWarnings(facts),
    ...holdWarnings(facts),
    ...sideWarnings(facts),
    ...zoneWarnings(facts),
    ...leftWarnings(facts),
  ];
}

const UNNOTICED_TTL_MS = 60_000;
const HOUR = 3_600_000;

function ttlWarnings({ request, moves, timing }: PlanFacts): readonly string[] {
  const [forward, back] = [timing.forwardMs / 1_000, timing.backMs / 1_000];
  const slow = Math.max(timing.forwardMs, timing.backMs) > UNNOTICED_TTL_MS;
  const after = Math.max(...moves.map((move) => move.finalTtl ?? 0));
  return [
    ...(slow
      ? [`Resolvers follow up to ${forward} s after a step is in sync, and come back up to ${back} s after a rollback.`]
      : []),
    ...(after > Math.max(back, 60)
      ? [`After the promotion the TTL is ${after} s: from then on the way back takes up to ${after} s.`]
      : []),
    ...(request.preLowerTtl !== null && moves.every((move) => (move.before.ttl ?? 0) <= (request.preLowerTtl ?? 0))
      ? [`--pre-lower-ttl ${request.preLowerTtl}s lowers nothing: the TTL is not above it.`]
      : []),
  ];
}

function shareWarnings({ request, moves }: PlanFacts): readonly string[] {
  return moves.flatMap((move) =>
    moveWeights(request, move)
      .filter((weights) => !hitsShare(weights))
      .map(({ share, actual }) => `${move.type}: ${share} % is ${actual.toFixed(2)} % in whole weights.`),
  );
}

/** The probability of a false verdict grows with the number of probes: facts in docs/how-a-deploy-works.md. */
function holdWarnings({ steps }: PlanFacts): readonly string[] {
  return steps
    .filter(({ kind, holdMs }) => kind === 'shift' && holdMs > HOUR)
    .map(
      ({ label, holdMs }) =>
        `The hold at ${label} takes ${formatDuration(holdMs)}: where probes get lost, long holds roll back healthy deployments (at 5 % loss 0.9 % of them in 15 min, 59 % in 24 h).`,
    );
}

function sideWarnings({ snapshot, moves }: PlanFacts): readonly string[] {
  return moves.flatMap((move) => [
    ...(move.changes ? sharedValues(move) : [`${move.type}: red and black are the same; only the other records move.`]),
    ...(move.black.alias !== null && move.changes && move.type === 'AAAA'
      ? [
          `AAAA becomes an alias too: it answers only where ${displayName(move.black.alias.dnsName)} has IPv6 addresses.`,
        ]
      : []),
    ...(snapshot.zone.private
      ? []
      : move.black.values
          .filter(isPrivateAddress)
          .map((value) => `${value} is a private address, and the zone is public.`)),
  ]);
}

function sharedValues(move: Move): readonly string[] {
  const red = shownValues(move.red);
  const shared = shownValues(move.black).filter((value) => red.includes(value));
  return shared.length === 0
    ? []
    : [`${move.type}: ${shared.join(', ')} is both red and black, so more than the share of the answers is black's.`];
}

function zoneWarnings({ snapshot }: PlanFacts): readonly string[] {
  const { zone, protections } = snapshot;
  return [
    ...(zone.private
      ? [
          `Zone ${displayName(zone.name)} is private: its servers cannot be asked from outside; verify with --verify api.`,
        ]
      : []),
    ...(protections === null
      ? ['Record set protections could not be read: one would make Route 53 refuse the change, and the rollback.']
      : []),
  ];
}

function leftWarnings({ snapshot, request, moves }: PlanFacts): readonly string[] {
  const left = new Set(
    snapshot.sets
      .map(({ type }) => type)
      .filter((type) => request.leave.map((each) => each.toUpperCase()).includes(type)),
  );
  return [...left]
    .filter((type) => !moves.some((move) => move.type === type))
    .map((type) => `${type} stays as it is: clients that use it do not move.`);
}
