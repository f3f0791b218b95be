import fc from 'fast-check';
import type { Fault } from '../../sandbox/faults.ts';

/** What happens to a deployment from outside, and when: at the begin of its n-th activity, since that is the same in every run. */
export interface Event {
  readonly at: number;
  readonly what: What;
}

export type Message = 'abort' | 'pause' | 'resume' | 'promote' | 'approve' | 'reject';

export type What =
  | { readonly kind: 'fault'; readonly operation: string; readonly fault: Fault; readonly times: number }
  | { readonly kind: 'zombie' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'health'; readonly side: 'red' | 'black'; readonly ill: boolean }
  | { readonly kind: 'foreign'; readonly hand: 'other value' | 'other TTL' | 'red again' }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'second deployment' };

export interface Scenario {
  readonly shares: readonly number[];
  readonly ifRedIsIll: 'compare' | 'restore' | 'hold';
  readonly events: readonly Event[];
  /** What waits for somebody; the world approves in the end what nobody has decided. */
  readonly asks: 'nothing' | 'cutover' | 'promotion' | 'both' | 'confirmation';
  /** Whether a cutover may begin; an undo may always. */
  readonly freeze: 'none' | 'in force' | 'overridden';
  /** Brings back what was replaced before, in peace: what it replaces takes the place of red. */
  readonly undo: boolean;
  /** What the operator does about a stop that nobody but he can end. */
  readonly decision: 'leave' | 'mend and retry';
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

const what: fc.Arbitrary<What> = fc.oneof(
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
);

/** Rollbacks begin late: an event may wait for the twentieth activity. */
const event: fc.Arbitrary<Event> = fc.record({ at: fc.integer({ min: 1, max: 20 }), what });

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  shares: fc.constantFrom([100], [50, 100], [10, 50, 100]),
  ifRedIsIll: fc.constantFrom('compare', 'restore', 'hold'),
  events: fc.array(event, { minLength: 1, maxLength: 5 }),
  asks: fc.constantFrom('nothing', 'nothing', 'nothing', 'cutover', 'promotion', 'both', 'confirmation'),
  freeze: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'in force', 'overridden'),
  undo: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
  decision: fc.constantFrom('leave', 'mend and retry'),
});
