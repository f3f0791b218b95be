import { setAside, setAsideOf, startProgress } from '../../../src/activities/tasks/progress.ts';
import { MOST_SET_ASIDE } from '../../../src/contracts/sync.ts';

const NONE = { setAside: [], setAsideCount: 0, removed: 0 };
const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `t${i}`, reason: 'refused' }));

test('names each task once, with the first reason', () => {
  const progress = startProgress(null, NONE);
  setAside(progress, { id: 'a', reason: 'first' }, { id: 'a', reason: 'second' });
  expect(setAsideOf(progress)).toEqual({ setAside: [{ id: 'a', reason: 'first' }], setAsideCount: 1 });
});

test('counts all that is set aside, and names no more than a payload holds (S5)', () => {
  const progress = startProgress(null, NONE);
  setAside(progress, ...tasks(15_000));
  const report = setAsideOf(progress);
  expect(report).toMatchObject({ setAside: { length: MOST_SET_ASIDE }, setAsideCount: 15_000 });
  expect(JSON.stringify(report).length).toBeLessThan(256 * 1_024);
});

test('counts once what the next attempt meets again, and forgets nothing that it does not meet (S5)', () => {
  const before = { ...NONE, setAside: tasks(MOST_SET_ASIDE), setAsideCount: 1_500 };
  expect(setAsideOf(startProgress(null, before)).setAsideCount).toBe(1_500);
  const again = startProgress(null, before);
  setAside(again, ...tasks(1_502));
  expect(setAsideOf(again).setAsideCount).toBe(1_502);
});
