import { guard, type Guards, type Stop } from '../../../src/core/tasks/guard.ts';
import type { Fate, OtherCopy } from '../../../src/core/tasks/model.ts';
import type { SyncPlan } from '../../../src/core/tasks/plan-sync.ts';
import { copyOf, GUARDS, markerOf, numbered, planOf, USER, type Situation } from './plan-samples.ts';

/** `gone` of `total` tasks with copies are not in scope any more. */
function lost(gone: number, total: number, situation: Situation & { readonly fate?: Fate } = {}): Stop | null {
  const tasks = numbered(total);
  const { fate = 'deleted', ...others } = situation;
  const fates = Object.fromEntries(tasks.slice(0, gone).map(({ id }) => [id, fate]));
  return planOf({ tasks: tasks.slice(gone), copies: tasks.map((task) => copyOf(task)), fates, ...others }).stop;
}

test.each<[number, number]>([
  [0, 0],
  [5, 6],
  [5, 50],
  [6, 60],
  [6, 61],
  [100, 1_000],
  [100, 5_000],
])('lets %i removals of %i pass (S4)', (gone, total) => {
  expect(lost(gone, total)).toBeNull();
});

test.each<[number, number, string]>([
  [6, 50, 'more than 5 and 10 %'],
  [6, 59, 'more than 5 and 10 %'],
  [101, 1_009, 'more than 5 and 10 %'],
  [101, 1_010, 'more than 100'],
  [101, 5_000, 'more than 100'],
])('stops before %i removals of %i, and says the numbers and the flag (S4)', (gone, total, limit) => {
  expect(lost(gone, total)).toEqual({
    kind: 'too-many-removals',
    sentence: `${gone} of ${total} open copies in To Do would be removed or completed because their tasks were deleted or left the scope: ${limit}.`,
    next: `Look with ./switchyard sync home --dry-run; if it is right, ./switchyard sync home --allow-removals ${gone}.`,
  });
});

test.each<[string, Fate, Situation['policy']]>([
  ['removed for a deletion', 'deleted', { onDeleted: 'delete' }],
  ['completed for a deletion', 'deleted', { onDeleted: 'complete' }],
  ['removed for leaving the scope', 'out-of-scope', {}],
])('counts copies that are %s (S4)', (_, fate, policy = {}) => {
  expect(lost(6, 50, { fate, policy })?.kind).toBe('too-many-removals');
});

test.each<[string, Fate, Situation['policy']]>([
  ['that follow a completion', 'completed', {}],
  ['that are kept after a deletion', 'deleted', { onDeleted: 'keep' }],
  ['that are kept out of scope', 'out-of-scope', { onOutOfScope: 'keep' }],
  ['of which nothing is known', 'unknown', {}],
])('does not count copies %s', (_, fate, policy = {}) => {
  expect(lost(50, 50, { fate, policy })).toBeNull();
});

test('does not count second copies that go, for nothing is lost with them', () => {
  const tasks = numbered(10);
  const copies = tasks.flatMap((task) => [copyOf(task), copyOf(task, { id: `second of ${task.id}` })]);
  const plan = planOf({ tasks, copies });
  expect(plan.actions).toHaveLength(10);
  expect(plan.stop).toBeNull();
});

test('measures the share by open copies: a long history hides no loss (S4)', () => {
  const history = numbered(500, 'old').map((task) =>
    copyOf(task, { completed: true, marker: markerOf(task, { settled: 0 }) }),
  );
  const tasks = numbered(20);
  const fates = Object.fromEntries(tasks.slice(0, 6).map(({ id }) => [id, 'deleted' as const]));
  const copies = [...history, ...tasks.map((task) => copyOf(task))];
  expect(planOf({ tasks: tasks.slice(6), copies, fates }).stop?.sentence).toMatch(/^6 of 20 open copies/);
});

test.each<[number, Partial<Guards>, Stop['kind'] | null]>([
  [6, { allowed: 5 }, 'too-many-removals'],
  [6, { allowed: 6 }, null],
  [6, { allowed: 7 }, null],
  [6, { percent: 12 }, null],
  [6, { atLeast: 6 }, null],
  [50, { percent: 100, never: 50, empty: false }, null],
  [50, { percent: 100, never: 49, empty: false }, 'too-many-removals'],
  [50, { allowed: 50 }, null],
  [50, { allowed: 49 }, 'empty-source'],
  [50, { empty: false }, 'too-many-removals'],
  // Those of this run so far count, and were among the copies when it began.
  [3, { removed: 3 }, 'too-many-removals'],
  [1, { removed: 5 }, 'too-many-removals'],
  [1, { removed: 4 }, null],
  [4, { removed: 10, percent: 25 }, null],
  [1, { removed: 100, percent: 100 }, 'too-many-removals'],
  [3, { removed: 3, allowed: 5 }, 'too-many-removals'],
  [3, { removed: 3, allowed: 6 }, null],
  [0, { removed: 50 }, null],
])('judges %i removals of 50 under %j (S4)', (gone, guards, kind) => {
  expect(lost(gone, 50, { guards })?.kind ?? null).toBe(kind);
});

test('says what the run has removed already, and how much is left to allow (S4)', () => {
  expect(lost(3, 50, { guards: { removed: 3 } })).toEqual({
    kind: 'too-many-removals',
    sentence:
      '3 of 53 open copies in To Do would be removed or completed because their tasks were deleted or left the scope, after 3 that this run has removed or completed already: more than 5 and 10 %.',
    next: 'Look with ./switchyard sync home --dry-run; if it is right, ./switchyard sync home --allow-removals 3.',
  });
});

test('stops at an empty source before one removal, and not where there is nothing to remove (S4)', () => {
  expect(lost(1, 1)).toMatchObject({
    kind: 'empty-source',
    sentence: expect.stringMatching(
      /^No task of Todoist is in scope, and 1 of 1 open copies in To Do would be/,
    ) as string,
    next: expect.stringContaining('--allow-removals 1.') as string,
  });
  expect(planOf({}).stop).toBeNull();
  expect(lost(3, 3, { fate: 'completed' })).toBeNull();
});

test('stops at one copy of another account, whatever is allowed (S4)', () => {
  const stop = lost(0, 3, { userId: 'somebody else', guards: { allowed: 1_000 } });
  expect(stop).toMatchObject({ kind: 'wrong-account', sentence: expect.stringMatching(/^3 of 3 copies/) as string });
  expect(stop?.next).toContain('the old copies stay in To Do, marked with the old name');
});

/** `twins` of `total` tasks in scope have an open copy of the pair `old`, and `own` of the others one of this pair. */
function renamed(twins: number, total: number, own = 0, other: Partial<OtherCopy> = {}): SyncPlan {
  const tasks = numbered(total);
  const otherCopies = tasks.slice(0, twins).map(({ id }) => ({ pair: 'old', source: id, user: USER, ...other }));
  return planOf({ tasks, copies: tasks.slice(total - own).map((task) => copyOf(task)), otherCopies });
}

test.each<[number, number, number, boolean]>([
  [0, 0, 0, false],
  [0, 5, 0, false],
  [1, 1, 0, true],
  [3, 3, 0, true],
  [1, 10, 0, false],
  [2, 10, 0, true],
  [100, 1_000, 0, false],
  [101, 1_000, 0, true],
  [1, 10, 9, false],
  [5, 10, 5, false],
  [6, 10, 4, true],
  [6, 60, 1, false],
  [6, 59, 1, true],
])(
  'makes no second copy of %i of %i tasks that another pair mirrors, beside %i of its own: stops %j (S1)',
  (...row) => {
    const [twins, total, own, stops] = row;
    const { stop, actions } = renamed(twins, total, own);
    expect(actions).toHaveLength(total - own);
    expect(stop?.kind ?? null).toBe(stops ? 'other-pair' : null);
  },
);

test('names the other pair, the numbers, and the ways out (S1)', () => {
  expect(renamed(12, 13).stop).toEqual({
    kind: 'other-pair',
    sentence:
      '12 of 13 tasks in scope have an open copy in this To Do account already, made by old, and home would make a second one.',
    next: 'If the pair was renamed, give it its old name back, or let the old pair remove its copies first (docs/how-a-sync-works.md, "Another name for a pair"); if both are meant, narrow the scope of one.',
  });
});

test('lets a pair of another Todoist account begin beside the copies of the first', () => {
  expect(renamed(12, 12, 0, { user: 'somebody else' }).stop).toBeNull();
});

test('counts a task once that two other pairs mirror, and names both', () => {
  const tasks = numbered(20);
  const otherCopies = ['work', 'old'].flatMap((pair) =>
    tasks.slice(0, 3).map(({ id }) => ({ pair, source: id, user: USER })),
  );
  expect(planOf({ tasks, otherCopies }).stop?.sentence).toMatch(/^3 of 20 .* made by old, work, and home/);
});

test('does not stop halfway through the copies that it let begin', () => {
  const stops = Array.from({ length: 20 }, (_, own) => renamed(2, 20, own).stop);
  expect(stops).toEqual(stops.map(() => null));
});

test('lets two pairs share tasks that each has a copy of', () => {
  const tasks = numbered(20);
  const otherCopies = tasks.map(({ id }) => ({ pair: 'old', source: id, user: USER }));
  expect(planOf({ tasks, copies: tasks.map((task) => copyOf(task)), otherCopies }).stop).toBeNull();
});

test.each<[number, number, boolean]>([
  [0, 0, false],
  [1, 1, false],
  [1, 2, false],
  [2, 2, true],
  [5, 5, true],
  [5, 6, false],
  [6, 60, false],
  [6, 59, true],
  [6, 6, true],
])('takes %i of %i missing markers for a service that hides them: %j (S4)', (missing, total, stops) => {
  const tasks = numbered(total);
  const copies = tasks.map((task, at) => copyOf(task, at < missing ? { marker: null } : {}));
  const { stop } = planOf({ tasks, copies });
  expect(stop?.kind ?? null).toBe(stops ? 'markers-lost' : null);
  if (stops) expect(stop?.sentence).toContain(`${missing} of ${total} copies`);
});

test('names no text of a task (A1)', () => {
  for (const stop of [lost(6, 50), lost(50, 50), lost(0, 5, { userId: 'x' }), renamed(5, 5).stop]) {
    expect(stop).not.toBeNull();
    expect(JSON.stringify(stop)).not.toContain('Do task');
  }
});

test('has nothing against a run without actions', () => {
  const { source, copies } = {
    source: { userId: 'u', timeZone: 'UTC', tasks: [], active: new Map<string, never>(), unreadable: [] },
    copies: [],
  };
  expect(guard({ pair: 'home', source, copies, others: [], actions: [] }, GUARDS)).toBeNull();
});
