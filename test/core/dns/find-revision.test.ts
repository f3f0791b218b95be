import { findRevision } from '../../../src/core/dns/find-revision.ts';

/** Newest first, as Temporal lists them: the second deployment followed a reset, the oldest found a fence of a rolled-back run. */
const REVISIONS = [{ number: 12, before: 9 }, { number: 6, before: 4 }, null, { number: 4, before: 1 }];

test.each([
  ['12 is what the newest served', 12, { kind: 'found', at: 0, state: 'after' }],
  ['4 is what a revision served, not what the next one found', 4, { kind: 'found', at: 3, state: 'after' }],
  ['9 is no revision, but what the newest found (after a reset)', 9, { kind: 'found', at: 0, state: 'before' }],
  ['1 is what stood before all that is known', 1, { kind: 'found', at: 3, state: 'before' }],
  ['5 is none of them', 5, { kind: 'unknown', known: [12, 9, 6, 4, 1] }],
])('an undo to a number goes where history says: %s', (_, wanted, found) => {
  expect(findRevision(REVISIONS, wanted)).toEqual(found);
});

test('a number that a removed fence gave out twice is refused, not guessed', () => {
  const twice = [
    { number: 2, before: 0 },
    { number: 4, before: 2 },
    { number: 2, before: 0 },
  ];
  expect(findRevision(twice, 2)).toEqual({ kind: 'ambiguous', at: [0, 2] });
  expect(findRevision(twice, 0)).toEqual({ kind: 'ambiguous', at: [0, 2] });
  expect(findRevision([], 2)).toEqual({ kind: 'unknown', known: [] });
});
