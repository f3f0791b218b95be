import { goneSources } from '../../../src/core/tasks/plan-sync.ts';
import { copyOf, INBOX, markerOf, numbered, planOf, shortly, strangerOf } from './plan-samples.ts';
import { fieldsOf, sourceTask } from './task-samples.ts';

const [A, B] = [sourceTask({ id: 'a' }), sourceTask({ id: 'b' })];
const nobody = { userId: 'u', timeZone: 'UTC', tasks: [], active: new Map<string, never>(), unreadable: [] };

test('sets a task aside that could not be read, and neither creates nor removes (S5)', () => {
  const unreadable = [{ id: 'a', reason: 'it has no content' }];
  const plan = planOf({ tasks: [B], unreadable, copies: [copyOf(A)], fates: { a: 'deleted' } });
  expect(shortly(plan)).toEqual(['create', 'aside: it has no content']);
});

test('goes on with the others where one task cannot be mapped (S5)', () => {
  const bad = sourceTask({ id: 'bad', due: { date: 'soon', text: '', recurring: false } });
  const plan = planOf({ tasks: [bad, B] });
  expect(plan.actions).toMatchObject([{ kind: 'create', source: 'b' }]);
  expect(plan.setAside).toMatchObject([{ id: 'bad' }]);
});

test('names once, and leaves alone, what was set aside earlier in the run (S5)', () => {
  const bad = sourceTask({ id: 'bad', due: { date: 'soon', text: '', recurring: false } });
  const unreadable = [{ id: 'worse', reason: 'it has no content' }];
  const gone = { copies: [copyOf(A)], fates: { a: 'deleted' as const }, guards: { empty: false } };
  const plan = planOf({ tasks: [bad, B], unreadable, ...gone, leftAside: ['bad', 'worse', 'a', 'b'] });
  expect(shortly(plan)).toEqual([]);
});

test('asks what became of tasks only while something can follow from it', () => {
  const [open, unasked, known, unmarked] = ['open', 'unasked', 'known', 'unmarked'].map((id) => sourceTask({ id }));
  const copies = [open, open, unasked, known, unmarked, A, B].flatMap((task) =>
    task === undefined ? [] : [copyOf(task)],
  );
  const completed = copies.map((copy) => {
    if (copy.source === 'unasked') return { ...copy, completed: true };
    if (copy.source === 'unmarked') return { ...copy, completed: true, marker: null };
    if (copy.source === 'known') return { ...copy, completed: true, marker: markerOf(A, { settled: 0 }) };
    return copy;
  });
  const source = { ...nobody, tasks: [A], unreadable: [{ id: 'b', reason: 'it has no content' }] };
  expect(goneSources(source, completed)).toEqual(['open', 'unasked']);
});

test('removes last: what replaces a copy stands before the copy goes (S1)', () => {
  const [c, d, e, f] = ['c', 'd', 'e', 'f'].map((id) => sourceTask({ id, content: id }));
  if (c === undefined || d === undefined || e === undefined || f === undefined) throw new Error('four tasks');
  const copies = [
    copyOf(A),
    copyOf(B, { completed: true }),
    copyOf(c, { linked: false }),
    copyOf(d, { fields: fieldsOf(A) }),
    copyOf(f, { completed: true, marker: markerOf(f, { settled: 0 }) }),
  ];
  const plan = planOf({ tasks: [f, e, d, c, B], copies, fates: { a: 'out-of-scope' } });
  expect(shortly(plan)).toEqual(['repair', 'close', 'reopen', 'update', 'create', 'remove']);
});

test('gives one unmarked task to one task only, the oldest first (S1)', () => {
  const twins = [A, B];
  const late = strangerOf(A, { id: 'late', createdAt: '2026-10-02T00:00:00Z' });
  const early = strangerOf(A, { id: 'early' });
  const adopted = (strangers: readonly (typeof late)[]): unknown =>
    planOf({ tasks: twins, strangers, policy: { adopt: true } }).actions.map((action) =>
      action.kind === 'adopt' ? action.stranger.id : action.kind,
    );
  expect(adopted([late, early])).toEqual(['early', 'late']);
  expect(adopted([early, late])).toEqual(['early', 'late']);
  expect(adopted([late])).toEqual(['late', 'create']);
});

test('adopts by the title that a person would have typed, without the parent in front', () => {
  const child = sourceTask({ id: 'child', parentId: 'a', parentTitle: 'Shopping' });
  const strangers = [strangerOf(child, { title: child.content })];
  expect(shortly(planOf({ tasks: [child], strangers, policy: { adopt: true } }))).toEqual(['adopt']);
});

test('counts unmarked tasks that look alike, and leaves them (S3)', () => {
  const strangers = [strangerOf(A), strangerOf(A, { id: 'other', title: 'Buy beer' })];
  const plan = planOf({ tasks: [A, B], strangers });
  expect(plan.similar).toBe(1);
  expect(shortly(plan)).toEqual(['create', 'create']);
  expect(planOf({ tasks: [A], strangers, copies: [copyOf(A)] }).similar).toBe(0);
});

test('wants lists by the names of projects, and makes each where it is missing', () => {
  const tasks = [sourceTask({ id: 'a', project: 'Home' }), sourceTask({ id: 'b', project: 'Work' })];
  const todoLists = [INBOX, { id: 'list-2', name: 'Home', isDefault: false, shared: 'no' as const }];
  expect(planOf({ tasks, todoLists, lists: { kind: 'per-project' } }).actions).toMatchObject([
    { kind: 'create', source: 'a', list: { id: 'list-2' } },
    { kind: 'create', source: 'b', list: { id: null, name: 'Work' } },
  ]);
});

test('plans ten thousand tasks that are right in one pass, and nothing to do (S2)', () => {
  const tasks = numbered(10_000);
  expect(planOf({ tasks, copies: tasks.map((task) => copyOf(task)) }).actions).toEqual([]);
});
