import fc from 'fast-check';
import type { Fault } from '../../sandbox/faults.ts';
import type { Told } from './model-metric.ts';

/** What happens to a deployment from outside, and when: at the begin of its n-th activity, since that is the same in every run. */
export interface Event {
  readonly at: number;
  /** To which record, of several; counted round. */
  readonly of: number;
  readonly what: What;
}

export type Message = 'abort' | 'pause' | 'resume' | 'promote' | 'approve' | 'reject';

export type What =
  | { readonly kind: 'fault'; readonly operation: string; readonly fault: Fault; readonly times: number }
  | { readonly kind: 'zombie' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'health'; readonly side: 'red' | 'black'; readonly ill: boolean }
  | { readonly kind: 'metric'; readonly told: Told }
  | { readonly kind: 'foreign'; readonly hand: 'other value' | 'other TTL' | 'red again' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'second deployment' }
  /** Somebody deploys with `--if-busy`, to the side that is named. */
  | { readonly kind: 'if busy'; readonly how: 'wait' | 'replace'; readonly to: 'red' | 'black' };

/** What waits for somebody; the world approves in the end what nobody has decided. */
export type Asks = 'nothing' | 'cutover' | 'promotion' | 'both' | 'confirmation';

/** Of one run, whatever it moves. */
export interface Play {
  readonly shares: readonly number[];
  readonly ifRedIsIll: 'compare' | 'restore' | 'hold';
  readonly events: readonly Event[];
  readonly asks: Asks;
  /** What a metric of black says from the start; null: no gate asks. */
  readonly metric: Told | null;
  /** What comes of a metric that says nothing for too long: red is restored, or somebody is asked, who says so. */
  readonly inconclusive: 'rollback' | 'approve' | 'reject';
  /** What the operator does about a stop that nobody but he can end. */
  readonly decision: 'leave' | 'mend and retry';
  /** Brings back what was replaced before, in peace: what it replaces takes the place of red, and no metric is asked. */
  readonly undo: boolean;
}

export interface Scenario extends Play {
  /** Whether a cutover may begin; an undo may always. */
  readonly freeze: 'none' | 'in force' | 'overridden';
}

/** Records that move together. */
export interface GroupScenario extends Play {
  readonly zones: number;
  /** Records of each zone. */
  readonly each: number;
  /** How many have to serve from a healthy side; null: no rule. */
  readonly keepHealthy: number | null;
}

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(
    { kind: 'refuse', status: 400, code: 'Throttling' } as const,
    { kind: 'refuse', status: 400, code: 'Throttling', retryAfterSeconds: 1 } as const,
    { kind: 'refuse', status: 400, code: 'PriorRequestNotComplete' } as const,
    { kind: 'refuse', status: 403, code: 'AccessDenied' } as const,
    { kind: 'refuse', status: 503, code: 'ServiceUnavailable' } as const,
  ),
  fc.constantFrom('apply-then-error', 'apply-then-reset', 'apply-then-hang', 'reset', 'hang').map((kind) => ({ kind })),
  fc.constant({ kind: 'garble', body: '<html>busy</html>' } as const),
);

const OPERATIONS = ['ChangeResourceRecordSets', 'ChangeResourceRecordSets', 'ListResourceRecordSets', 'GetChange'];
const told = fc.constantFrom<Told>('good', 'bad', 'no data', 'unreadable');

interface Weighed {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<What>;
}

const anywhere: readonly Weighed[] = [
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      operation: fc.constantFrom(...OPERATIONS),
      fault,
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'zombie' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'denied' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('health' as const),
      side: fc.constantFrom('red' as const, 'black' as const),
      ill: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('metric' as const), told }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('foreign' as const),
      hand: fc.constantFrom('other value' as const, 'other TTL' as const, 'red again' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      message: fc.constantFrom<Message>('abort', 'pause', 'resume', 'promote', 'approve', 'reject'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'second deployment' } as const) },
];

const alone: readonly Weighed[] = [
  ...anywhere,
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('if busy' as const),
      how: fc.constantFrom('wait' as const, 'replace' as const),
      to: fc.constantFrom('red' as const, 'black' as const),
    }),
  },
];

/** Rollbacks begin late: an event may wait for the twentieth activity. */
function events(all: readonly Weighed[]): fc.Arbitrary<readonly Event[]> {
  const event = fc.record({ at: fc.integer({ min: 1, max: 20 }), of: fc.nat(3), what: fc.oneof(...all) });
  return fc.array(event, { minLength: 1, maxLength: 5 });
}

const shared = {
  shares: fc.constantFrom([100], [50, 100]),
  ifRedIsIll: fc.constantFrom<Play['ifRedIsIll']>('compare', 'restore', 'hold'),
  asks: fc.constantFrom<Asks>('nothing', 'nothing', 'nothing', 'cutover', 'promotion', 'both', 'confirmation'),
  metric: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.constant<Told>('good') },
    { weight: 1, arbitrary: told },
  ),
  inconclusive: fc.constantFrom<Play['inconclusive']>('rollback', 'approve', 'reject'),
  decision: fc.constantFrom<Play['decision']>('leave', 'mend and retry'),
  undo: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
};

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  ...shared,
  shares: fc.constantFrom([100], [50, 100], [10, 50, 100]),
  events: events(alone),
  freeze: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'in force', 'overridden'),
});

const places = fc.constantFrom(
  { zones: 1, each: 2 },
  { zones: 1, each: 3 },
  { zones: 2, each: 1 },
  { zones: 2, each: 2 },
);

export const groupScenarios: fc.Arbitrary<GroupScenario> = fc
  .record({
    ...shared,
    places,
    events: events([...anywhere, { weight: 2, arbitrary: fc.constant({ kind: 'reset' } as const) }]),
    keepHealthy: fc.constantFrom(null, null, 1, 2),
  })
  .map(({ places: { zones, each }, ...others }) => ({ ...others, zones, each }));
