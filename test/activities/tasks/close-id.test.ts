import { closeId, type CloseAction } from '../../../src/activities/tasks/close-id.ts';
import { copyOf, markerOf } from '../../core/tasks/plan-samples.ts';
import { due, sourceTask } from '../../core/tasks/task-samples.ts';

const TASK = sourceTask({ id: 'a', due: due('2026-11-25', 'every day') });
const MARKER = markerOf(TASK, { settled: 0 });
const CLOSE: CloseAction = { kind: 'close', source: 'a', copy: copyOf(TASK), marker: MARKER };

test('is a name-based UUID', () => {
  expect(closeId(CLOSE)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('is the same in every release, so that a worker of the next one closes nothing twice (S3)', () => {
  expect(closeId(CLOSE)).toBe('46fc4520-84e4-55b2-9058-57d7f59490d1');
});

test('stays the same for one completion, whatever else is seen of the copy (S3)', () => {
  const copy = copyOf(TASK, {
    etag: 'W/"9"',
    listId: 'list-2',
    linked: false,
    fields: { ...CLOSE.copy.fields, title: 'x' },
  });
  const marker = { ...MARKER, hash: 'another', settled: 3, version: 2, list: 'list:Home', overruled: 'x' };
  expect(closeId({ ...CLOSE, copy, marker })).toBe(closeId(CLOSE));
});

test.each<[string, CloseAction]>([
  ['the next occurrence', { ...CLOSE, marker: { ...MARKER, occurrence: '2026-11-26' } }],
  ['a task without a date', { ...CLOSE, marker: { ...MARKER, occurrence: null } }],
  ['the next completion of one that was opened again', { ...CLOSE, marker: { ...MARKER, turn: 1 } }],
  ['another copy', { ...CLOSE, copy: copyOf(TASK, { id: 'second' }) }],
  ['another task', { ...CLOSE, source: 'b' }],
  ['another pair', { ...CLOSE, marker: { ...MARKER, pair: 'work' } }],
])('is another for %s', (_, other) => {
  expect(closeId(other)).not.toBe(closeId(CLOSE));
});
