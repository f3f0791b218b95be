import fc from 'fast-check';
import { chooseCopy } from '../../../src/core/tasks/choose-copy.ts';
import type { Copy } from '../../../src/core/tasks/model.ts';
import { copyOf, INBOX, markerOf } from './plan-samples.ts';
import { sourceTask } from './task-samples.ts';

const TASK = sourceTask();
const copy = (id: string, changes: Partial<Copy> = {}): Copy => copyOf(TASK, { id, ...changes });
const turn = (number: number, settled = -1): Partial<Copy> => ({ marker: markerOf(TASK, { turn: number, settled }) });

test.each<[string, Copy, Copy]>([
  [
    'an open one before a completed one of the right list',
    copy('a', { listId: 'other' }),
    copy('b', { completed: true }),
  ],
  ['the one in the list where it belongs', copy('a', { marker: null }), copy('b', { ...turn(9), listId: 'other' })],
  ['the one whose marker has seen more', copy('a', turn(2)), copy('b', { ...turn(1), createdAt: '2026-01-01' })],
  ['one with a marker before one without', copy('b'), copy('a', { marker: null })],
  [
    'of completed ones one that shows a marker, wherever it is (S3)',
    copy('b', { completed: true, listId: 'other' }),
    copy('a', { completed: true, marker: null }),
  ],
  ['the oldest', copy('b', { createdAt: '2026-01-01' }), copy('a', { createdAt: '2026-01-02' })],
  ['the first by id of two of one age', copy('a'), copy('b')],
  [
    'of completed ones the one whose completion is known, so that a stray one closes nothing (S3)',
    copy('b', { completed: true, ...turn(0, 0) }),
    copy('a', { completed: true, ...turn(0) }),
  ],
])('chooses %s', (_, first, second) => {
  expect(chooseCopy([first, second], INBOX.id)).toBe(first);
  expect(chooseCopy([second, first], INBOX.id)).toBe(first);
});

test('chooses none of none', () => {
  expect(chooseCopy([], INBOX.id)).toBeNull();
});

test('chooses the same in any order, on every worker (S1)', () => {
  const any = fc.record({
    completed: fc.boolean(),
    listId: fc.constantFrom(INBOX.id, 'other'),
    createdAt: fc.constantFrom('2026-01-01', '2026-01-02'),
    marker: fc.option(
      fc.record({ turn: fc.nat(2), settled: fc.nat(2) }).map((changes) => markerOf(TASK, changes)),
      { nil: null },
    ),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (several, order) => {
      const copies = several.map((changes, at) => copy(`copy ${at}`, changes));
      const shuffled = copies.map((one) => [order.next().value as number, one] as const);
      shuffled.sort(([a], [b]) => a - b);
      expect(
        chooseCopy(
          shuffled.map(([, one]) => one),
          INBOX.id,
        ),
      ).toBe(chooseCopy(copies, INBOX.id));
    }),
  );
});
