import { changedOtherwise, undoOfGroup, type GroupMoves, type RecordMove } from '../../../src/core/dns/group-undo.ts';
import type { Plan } from '../../../src/core/dns/plan.ts';
import type { RecordSets } from '../../../src/core/dns/record-set.ts';
import { groupRevision } from '../../../src/core/dns/revision.ts';
import { simple } from './record-sets.ts';

/** A run that moved a record from one value to another; values stand for whole sets here. */
const moved = (record: string, from: string, to: string, number = 2): RecordMove => ({
  plan: { record, before: from, promotion: { sets: to } } as unknown as Plan,
  number,
});
const RUNS = [
  [moved('b', 'b2', 'b3', 8)], // the newest left a as it was
  [moved('a', 'a1', 'a2', 6), moved('b', 'b1', 'b2', 6)],
  [moved('a', 'a0', 'a1', 4), moved('c', 'c0', 'c1', 4)],
].map((moves): GroupMoves => ({ moves }));

const undone = (runs: number, state: 'after' | 'before') =>
  undoOfGroup(RUNS.slice(0, runs), { state, toRevision: null }).map(({ newest, run, undo }) => [
    newest.record,
    undo.sets,
    undo.expected,
    undo.expectedRevision,
    run,
  ]);

test('an undo brings back what the newest run moved, and nothing else', () => {
  expect(undone(1, 'before')).toEqual([['b', 'b2', 'b3', 8, 0]]);
});

test('a revision brings every record back to what it served then, also one that its run left as it was', () => {
  expect(undone(2, 'after')).toEqual([
    ['a', 'a2', 'a2', 6, 1],
    ['b', 'b2', 'b3', 8, 0],
  ]);
  expect(undone(3, 'after')).toEqual([
    ['a', 'a1', 'a2', 6, 1],
    ['b', 'b1', 'b3', 8, 0], // moved later only: what the first run after it found
    ['c', 'c1', 'c1', 4, 2],
  ]);
  expect(undone(3, 'before')).toEqual([
    ['a', 'a0', 'a2', 6, 1],
    ['b', 'b1', 'b3', 8, 0],
    ['c', 'c0', 'c1', 4, 2],
  ]);
});

test('a record that a deployment of its own moved in between comes back as the revision kept it, not as the next run found it', () => {
  const sets = (value: string): RecordSets => [simple('A', [value])];
  const plan = { record: 'b', before: sets('192.0.2.1'), promotion: { sets: sets('192.0.2.2') } } as unknown as Plan;
  const kept = (value: string) => ({ record: 'b', sets: [...sets(value), simple('MX', ['10 mail.example.com.'])] });
  const first: GroupMoves = { moves: [moved('a', 'a0', 'a1')], kept: [kept('192.0.2.0')] };
  const back = undoOfGroup([{ moves: [{ plan, number: 4 }] }, first], { state: 'after', toRevision: 10 });
  expect(back.map(({ undo }) => undo.sets)).toEqual(['a1', sets('192.0.2.0')]);

  const later = { moves: [moved('a', 'a1', 'a2')], kept: [kept('192.0.2.1')] };
  expect(changedOtherwise([later, first])).toEqual(['b']); // nobody knows how it is reached: it is named
  expect(changedOtherwise([{ ...later, kept: first.kept ?? [] }, first])).toEqual([]);
});

test('a group’s revision rises with every write at any of its records, and lists few of many', () => {
  const of = (record: string) => ({ record, number: 4, before: 2, from: '192.0.2.1', to: '192.0.2.2' });
  const three = ['a', 'b', 'c'].map(of);
  expect(groupRevision(three, [null])).toMatchObject({
    number: 12,
    before: 6,
    to: 'a=192.0.2.2 b=192.0.2.2 c=192.0.2.2',
  });
  expect(groupRevision([...three, of('d'), of('e')], []).from).toBe('a=192.0.2.1 b=192.0.2.1 c=192.0.2.1 and 2 more');
});
