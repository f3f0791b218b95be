import type { Copy, Fate } from '../../../src/core/tasks/model.ts';
import type { SyncPlan } from '../../../src/core/tasks/plan-sync.ts';
import { copyOf, markerOf, planOf, shortly, type Situation } from './plan-samples.ts';
import { sourceTask } from './task-samples.ts';

const TASK = sourceTask({ id: 'a' });
const copy = (changes: Partial<Copy> = {}): Copy => copyOf(TASK, changes);
const done = (settled: number, changes: Partial<Copy> = {}): Copy =>
  copy({ completed: true, marker: markerOf(TASK, { settled }), ...changes });

const UNKNOWN = 'aside: Todoist did not tell what became of it';
const STEPS = 'and its copy has steps or attachments that a removal would lose: complete or delete the copy by hand';
const LEFT = `aside: it left the scope, ${STEPS}`;
const DELETED = `aside: it was deleted in Todoist, ${STEPS}`;
const unasked = done(-1);
const stepped = copy({ extras: true });
const noMark = copy({ marker: null });
const noLink = copy({ linked: false });
const edited = copy({ fields: { ...copy().fields, title: 'Buy beer' } });
const two = [copy(), copy({ id: 'second' })];

/** The copies; the fate; the policy; what is planned. */
type Row = readonly [string, readonly Copy[], Fate, Situation['policy'], readonly string[]];

const ROWS: readonly Row[] = [
  ['completes the copy of a completed task', [copy()], 'completed', {}, ['complete']],
  ['completes both copies of a completed task', two, 'completed', {}, ['complete', 'complete']],
  ['completes a copy that lost its marker', [noMark], 'completed', {}, ['complete']],
  ['completes a copy that lost its link', [noLink], 'completed', {}, ['complete']],
  ['completes a copy that was edited', [edited], 'completed', {}, ['complete']],
  ['marks a completion that happened on both sides, so that it never travels', [unasked], 'completed', {}, ['repair']],
  ['leaves a completed copy whose completion is known', [done(0)], 'completed', {}, []],
  ['leaves a completed copy without a marker', [done(0, { marker: null })], 'completed', {}, []],
  ['completes only the copy that is open', [copy(), done(0, { id: 'second' })], 'completed', {}, ['complete']],

  ['completes the copy of a deleted task', [copy()], 'deleted', {}, ['complete']],
  ['removes the copy of a deleted task', [copy()], 'deleted', { onDeleted: 'delete' }, ['remove']],
  ['removes both copies of a deleted task', two, 'deleted', { onDeleted: 'delete' }, ['remove', 'remove']],
  ['keeps the copy of a deleted task', [copy()], 'deleted', { onDeleted: 'keep' }, []],
  ['never removes a completed copy', [unasked, done(0)], 'deleted', { onDeleted: 'delete' }, []],
  ['keeps the steps of a deleted task, and names it (S5)', [stepped], 'deleted', { onDeleted: 'delete' }, [DELETED]],
  ['completes the copy of a deleted task with its steps', [stepped], 'deleted', {}, ['complete']],
  ['marks what a person completed of a deleted task', [unasked], 'deleted', {}, ['repair']],

  ['removes the copy of a task out of scope', [copy()], 'out-of-scope', {}, ['remove']],
  ['removes a copy that lost its link', [noLink], 'out-of-scope', {}, ['remove']],
  ['removes a copy that lost its marker', [noMark], 'out-of-scope', {}, ['remove']],
  ['keeps the steps of a task out of scope, and names it (S5)', [stepped], 'out-of-scope', {}, [LEFT]],
  [
    'names two copies with steps once, and removes the one without',
    [stepped, copy({ id: 'second', extras: true }), copy({ id: 'third' })],
    'out-of-scope',
    {},
    ['remove', LEFT],
  ],
  [
    'says nothing of steps in a completed copy, which is never removed',
    [done(0, { extras: true })],
    'out-of-scope',
    {},
    [],
  ],
  ['keeps the copy of a task out of scope', [copy()], 'out-of-scope', { onOutOfScope: 'keep' }, []],
  ['closes nothing out of scope, and removes no completed copy (S3)', [done(0)], 'out-of-scope', {}, []],
  ['marks what was completed out of scope, so that it never travels (S3)', [unasked], 'out-of-scope', {}, ['repair']],
  ['marks it where the copy is kept, too', [unasked], 'out-of-scope', { onOutOfScope: 'keep' }, ['repair']],
  ['marks nothing where completions do not travel', [unasked], 'out-of-scope', { completion: 'todoist-only' }, []],

  ['touches nothing of which it is not known what became', [copy()], 'unknown', {}, [UNKNOWN]],
  ['names it once', two, 'unknown', {}, [UNKNOWN]],
];

test.each(ROWS)('%s', (_, copies, fate, policy = {}, expected) => {
  const plan = planOf({ copies, fates: { a: fate }, policy, guards: { empty: false } });
  expect(shortly(plan)).toEqual(expected);
  expect(plan.stop).toBeNull();
});

test('touches nothing whose fate was not looked up', () => {
  expect(shortly(planOf({ copies: [copy()] }))).toEqual([UNKNOWN]);
});

test('marks a completion of ours before it is written, whatever is known of the copy (S3)', () => {
  const copies = [copy({ marker: markerOf(TASK, { turn: 3, settled: 2 }) }), copy({ id: 'second', marker: null })];
  expect(planOf({ copies, fates: { a: 'completed' } }).actions).toMatchObject([
    { kind: 'complete', removal: false, marker: { turn: 3, settled: 3 } },
    { kind: 'complete', removal: false, marker: { source: 'a', turn: 0, settled: 0, hash: '' } },
  ]);
});

test('counts no copy that stays for its steps as a removal (S4, S5)', () => {
  const tasks = Array.from({ length: 6 }, (_, at) => sourceTask({ id: `task-${at}` }));
  const fates = Object.fromEntries(tasks.map(({ id }) => [id, 'out-of-scope' as const]));
  const removing = (extras: boolean): SyncPlan =>
    planOf({ copies: tasks.map((task) => copyOf(task, { extras })), fates });
  expect(removing(false).stop?.kind).toBe('empty-source');
  expect(removing(true)).toMatchObject({ stop: null, actions: [] });
  expect(removing(true).setAside.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
});

test('counts what follows from a deletion as a removal, and what follows from a completion not (S4)', () => {
  const removals = (fate: Fate, policy: Situation['policy'] = {}): unknown =>
    planOf({ copies: [copy()], fates: { a: fate }, policy }).actions.map(
      (action) => 'removal' in action && action.removal,
    );
  expect(removals('completed')).toEqual([false]);
  expect(removals('deleted')).toEqual([true]);
  expect(removals('deleted', { onDeleted: 'delete' })).toEqual([true]);
  expect(removals('out-of-scope')).toEqual([true]);
});

test('names a completion in To Do of a task that left the scope: it closes nothing (S5)', () => {
  const left = (one: Copy): readonly string[] =>
    planOf({ copies: [one], fates: { a: 'out-of-scope' }, guards: { empty: false } }).overruled;
  expect([left(unasked), left(done(0)), left(copy())]).toEqual([['a'], [], []]);
});
