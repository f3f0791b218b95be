import { startPatience, type Patience, type PatienceOptions } from '../../../src/activities/tasks/patience.ts';
import type { Action } from '../../../src/core/tasks/plan.ts';
import { copyOf, markerOf, planOf, strangerOf } from '../../core/tasks/plan-samples.ts';
import { due, sourceTask } from '../../core/tasks/task-samples.ts';

const SETTLE = 1_000;
const T = 1_000_000;
const [A, B] = [sourceTask({ id: 'a', due: due('2026-11-25') }), sourceTask({ id: 'b' })];

const start = (options: Partial<PatienceOptions> = {}): Patience =>
  startPatience({ settleMs: SETTLE, creations: {}, earlier: {}, quietUntil: 0, ...options });

function only(actions: readonly Action[]): Action {
  const [action] = actions;
  if (action === undefined || actions.length > 1) throw new Error(`${actions.length} actions`);
  return action;
}

const createA = only(planOf({ tasks: [A] }).actions);
const createB = only(planOf({ tasks: [B] }).actions);
const adoptA = only(planOf({ tasks: [A], strangers: [strangerOf(A)], policy: { adopt: true } }).actions);
const repairA = only(planOf({ tasks: [A], copies: [copyOf(A, { linked: false })] }).actions);
const repairLater = only(planOf({ tasks: [A], copies: [copyOf(A, { linked: false, etag: 'W/"2"' })] }).actions);
const closeA = only(planOf({ tasks: [A], copies: [copyOf(A, { completed: true })] }).actions);

const held = (patience: Patience, now: number, ...actions: readonly Action[]): readonly Action[] =>
  patience.split(actions, now).held;

test('does at once what was never sent', () => {
  expect(start().split([createA, repairA], T)).toEqual({ ready: [createA, repairA], held: [] });
});

test.each([
  ['a creation', createA],
  ['an adoption', adoptA],
])('does not repeat %s before a look could have shown it (S1)', (_, action) => {
  const patience = start();
  patience.sent(action, T);
  expect(held(patience, T + SETTLE - 1, createA)).toEqual([createA]);
  expect(held(patience, T + SETTLE, createA)).toEqual([]);
});

test('counts from the end of a creation that was obeyed late (S1)', () => {
  const patience = start();
  patience.sent(createA, T);
  patience.done(createA, T + 900);
  expect(held(patience, T + 900 + SETTLE - 1, createA)).toEqual([createA]);
});

test('repeats a creation at once that was certainly not obeyed', () => {
  const patience = start();
  patience.sent(createA, T);
  patience.notDone(createA);
  expect(held(patience, T, createA)).toEqual([]);
});

test('does not repeat a creation that a look has shown already: the next one may be answered by a replica that is behind (S1)', () => {
  const patience = start();
  patience.sent(createA, T);
  patience.done(createA, T + 1);
  patience.split([], T + 2);
  expect(held(patience, T + SETTLE, createA)).toEqual([createA]);
  expect(held(patience, T + 1 + SETTLE, createA)).toEqual([]);
});

test('holds back one task and not the others', () => {
  const patience = start();
  patience.sent(createA, T);
  expect(patience.split([createA, createB, repairA], T + 1)).toEqual({ ready: [createB, repairA], held: [createA] });
});

test('hands on what may not show yet, and goes on from it in the next attempt (S1)', () => {
  const before = start();
  before.sent(createA, T);
  before.sent(repairA, T);
  expect(before.creations(T + 1)).toEqual({ a: T });
  const after = start({ creations: before.creations(T + 1) });
  expect(held(after, T + SETTLE - 1, createA, createB)).toEqual([createA]);
  expect(held(after, T + SETTLE, createA)).toEqual([]);
  expect(after.creations(T + SETTLE)).toEqual({});
});

test('creates nothing for a while after an attempt that died without a word, and repairs meanwhile (S1)', () => {
  const patience = start({ quietUntil: T + SETTLE });
  expect(patience.split([createA, createB, repairA], T)).toEqual({ ready: [repairA], held: [createA, createB] });
  expect(held(patience, T + SETTLE, createA)).toEqual([]);
});

test('does not repeat the creation of an earlier run either, and leaves it to that run to hand it on (S1)', () => {
  const patience = start({ earlier: { a: T } });
  expect(held(patience, T + SETTLE - 1, createA, createB)).toEqual([createA]);
  expect(held(patience, T + SETTLE, createA)).toEqual([]);
  expect(patience.creations(T)).toEqual({});
});

test('writes a copy once for each state that reads show, for they may lag behind', () => {
  const patience = start();
  patience.done(repairA, T);
  expect(held(patience, T + SETTLE - 1, repairA)).toEqual([repairA]);
  expect(held(patience, T + 1, repairLater)).toEqual([]);
  expect(held(patience, T + SETTLE, repairA)).toEqual([]);
});

test('tries a write again at once that was sent and not obeyed', () => {
  const patience = start();
  patience.sent(repairA, T);
  patience.notDone(repairA);
  expect(held(patience, T, repairA)).toEqual([]);
});

test('does not send again at once what was refused for the state that reads show', () => {
  const patience = start();
  patience.refused(repairA, T);
  expect(held(patience, T + SETTLE - 1, repairA)).toEqual([repairA]);
  expect(held(patience, T + 1, repairLater)).toEqual([]);
  patience.refused(createA, T);
  expect(held(patience, T, createA)).toEqual([]);
});

test('opens no copy again for a task that was just closed, and that Todoist does not show as closed yet', () => {
  const patience = start();
  patience.done(closeA, T);
  const reopen = (date: string): Action => {
    const copies = [copyOf(A, { completed: true, marker: markerOf(A, { settled: 0 }), etag: 'W/"2"' })];
    return only(planOf({ tasks: [{ ...A, due: due(date) }], copies }).actions);
  };
  expect(held(patience, T + SETTLE - 1, reopen('2026-11-25'))).toHaveLength(1);
  expect(held(patience, T + 1, reopen('2026-11-26'))).toEqual([]);
  expect(held(patience, T + SETTLE, reopen('2026-11-25'))).toEqual([]);
});
