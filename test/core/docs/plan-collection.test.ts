import fc from 'fast-check';
import { planCollection, type CollectionAsk } from '../../../src/core/docs/plan-collection.ts';
import type { PointerMove } from '../../../src/core/docs/pointer-move.ts';

const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
const move = (seq: number, release: string, version = 'latest'): PointerMove => ({
  schemaVersion: 1,
  seq,
  version,
  release,
  action: 'publish',
  pinnedSince: null,
  askedAt: time(seq),
  at: time(seq),
  by: 'me',
});
const built = (id: string, at: number, version = 'latest') => ({ id, built: { version, finishedAt: time(at) } });

const ASK: CollectionAsk = {
  releases: [built('a', 1), built('b', 2), built('c', 3), built('d', 4)],
  journals: [[move(1, 'a'), move(2, 'b'), move(3, 'c'), move(4, 'd')]],
  pointed: new Set(['d']),
  keep: 1,
  graceMs: 0,
  now: time(100),
};

test.each<[string, Partial<CollectionAsk>, readonly string[]]>([
  ['all but what stands and the way back', {}, ['a', 'b']],
  ['all but what stands, where no way back is wanted', { keep: 0 }, ['a', 'b', 'c']],
  ['nothing that was replaced within the grace', { keep: 0, graceMs: 98_000 }, ['a']],
  ['nothing that a pointer really leads to', { pointed: new Set(['a']) }, ['b']],
  ['nothing that another version stands on', { journals: [...ASK.journals, [move(1, 'a', 'v1')]] }, ['b']],
  ['nothing whose manifest is unreadable', { releases: [{ id: 'a', built: null }, ...ASK.releases.slice(1)] }, ['b']],
  [
    'what was only built, as long as it is among the newest',
    { releases: [...ASK.releases, built('e', 5)] },
    ['a', 'b', 'c'],
  ],
  [
    'what was only built of a version that never stood',
    { releases: [built('p', 1, 'preview'), ...ASK.releases] },
    ['p', 'a', 'b'],
  ],
])('collects %s', (_, over, collect) => {
  expect(planCollection({ ...ASK, ...over }).collect).toEqual(collect);
});

test('whatever there is, what stands is kept, and each release is either kept or collected', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const version = fc.constantFrom('latest', 'v1');
  fc.assert(
    fc.property(fc.array(fc.tuple(id, version), { maxLength: 20 }), fc.nat(4), (moves, keep) => {
      const journals = ['latest', 'v1'].map((one) =>
        moves.flatMap(([release, of], at) => (of === one ? [move(at + 1, release, of)] : [])),
      );
      const { collect, kept } = planCollection({ ...ASK, journals, keep });
      for (const journal of journals) expect(collect).not.toContain(journal.at(-1)?.release);
      expect([...collect, ...kept.map((one) => one.id)].sort()).toEqual(['a', 'b', 'c', 'd']);
    }),
  );
});
