import fc from 'fast-check';
import type { Fault } from '../../sandbox/faults.ts';
import type { FaultPlace } from './sync-yard.ts';

/** What a person does to one task; `task` picks one of those that are there. */
export interface Edit {
  readonly what: (typeof EDITS)[number];
  readonly task: number;
}

const EDITS = [
  'add',
  'add a daily one',
  'add a sub-task',
  'edit',
  'complete',
  'complete',
  'reopen',
  'remove',
  'move',
  'change due',
  'leave scope',
  'enter scope',
  'To Do: complete',
  'To Do: complete',
  'To Do: complete',
  'To Do: reopen',
  'To Do: edit',
  'To Do: move',
  'To Do: remove',
  'To Do: add a step',
  'To Do: remove the link',
  'To Do: add',
] as const;

export interface Struck {
  readonly plan: FaultPlace;
  readonly operation: string;
  readonly fault: Fault;
  readonly times: number;
  /** How many of its requests pass first. */
  readonly after: number;
}

/** People edit, then a run looks and writes while things happen to it. */
export interface Phase {
  readonly before: readonly Edit[];
  readonly faults: readonly Struck[];
  /** Edits in the middle of it: at the n-th request of a service. */
  readonly meanwhile: readonly { readonly edit: Edit; readonly at: number; readonly service: 'todoist' | 'graph' }[];
  /** After so many writes the attempt dies, and what it said last is lost; null: none dies. */
  readonly diesAfter: number | null;
  /** How many runs go on at the same time, as overlapping attempts do. */
  readonly runs: 1 | 2;
  /** After how many attempts it is called off, wherever it is. */
  readonly attempts: number;
}

export interface Scenario {
  readonly phases: readonly Phase[];
  /** How long each service hides writes from reads, in milliseconds. */
  readonly lagMs: number;
  readonly onDeleted: 'complete' | 'delete';
}

/** After the client's time limit, before what was not seen is taken for not done. */
const LATE_MS = 500;
export const SETTLE_MS = 1_600;

const edit: fc.Arbitrary<Edit> = fc.record({ what: fc.constantFrom(...EDITS), task: fc.nat(30) });

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(
    { kind: 'refuse', status: 503, code: 'ServiceUnavailable' } as const,
    { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 0 } as const,
    { kind: 'garble', body: '<html>busy</html>', status: 502 } as const,
  ),
  fc.constantFrom('apply-then-error', 'apply-then-reset', 'apply-then-hang', 'reset', 'hang').map((kind) => ({ kind })),
  fc.constant({ kind: 'apply-late', afterMs: LATE_MS } as const),
);

const target: fc.Arbitrary<Pick<Struck, 'plan' | 'operation'>> = fc.constantFrom(
  { plan: 'todoist', operation: 'sync read' },
  { plan: 'todoist', operation: 'sync write' },
  { plan: 'todoist', operation: 'sync write' },
  { plan: 'todoist', operation: 'GET task' },
  { plan: 'graph', operation: 'GET tasks' },
  { plan: 'graph', operation: 'POST list' },
  { plan: 'graph', operation: '$batch' },
  { plan: 'steps', operation: 'POST task' },
  { plan: 'steps', operation: 'PATCH task' },
  { plan: 'steps', operation: 'PATCH task' },
  { plan: 'steps', operation: 'PATCH extension' },
  { plan: 'steps', operation: 'PATCH extension' },
  { plan: 'steps', operation: 'GET task' },
  { plan: 'steps', operation: 'DELETE task' },
);

const struck: fc.Arbitrary<Struck> = fc
  .record({ target, fault, times: fc.integer({ min: 1, max: 3 }), after: fc.integer({ min: 0, max: 2 }) })
  .map(({ target: at, ...rest }) => ({ ...at, ...rest }));

const phase: fc.Arbitrary<Phase> = fc.record({
  before: fc.array(edit, { maxLength: 6 }),
  faults: fc.array(struck, { maxLength: 3 }),
  meanwhile: fc.array(
    fc.record({
      edit,
      at: fc.integer({ min: 0, max: 8 }),
      service: fc.constantFrom('todoist' as const, 'graph' as const),
    }),
    { maxLength: 2 },
  ),
  diesAfter: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 3 }),
  runs: fc.constantFrom(1 as const, 1 as const, 2 as const),
  attempts: fc.constantFrom(1, 1, 2, 8),
});

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  phases: fc.array(phase, { minLength: 2, maxLength: 4 }),
  lagMs: fc.constantFrom(0, 0, 0, 100),
  onDeleted: fc.constantFrom('complete', 'delete'),
});
