import fc from 'fast-check';
import { decidePublish, decideRollback, decideUnpin, type PointerMove } from '../../../src/core/docs/pointer-move.ts';

const wish = (askedAt: number) => ({ version: 'latest', by: 'me', askedAt: time(askedAt), now: time(askedAt) });
const time = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();

/** A story in words: `a b c` are publications, `<` rolls back, `<x` rolls back to x, `u` unpins. */
function play(story: string): readonly PointerMove[] {
  const journal: PointerMove[] = [];
  const releases = new Set('abcdefgh');
  story.split(' ').forEach((word, at) => {
    const decision = word.startsWith('<')
      ? decideRollback(journal, { to: word[1] ?? null, releases }, wish(at))
      : word === 'u'
        ? decideUnpin(journal.at(-1), wish(at))
        : decidePublish(journal.at(-1), word, wish(at));
    if (decision.kind === 'move') journal.push(decision.move);
  });
  return journal;
}

test.each([
  ['a', 'a', false],
  ['a b', 'b', false],
  ['a b <', 'a', true],
  ['a b c < <', 'a', true],
  ['a b c < < <', 'a', true],
  ['a b c <a', 'a', true],
  ['a b c <a <c', 'c', true],
  ['a b < c', 'a', true],
  ['a b < c u', 'a', false],
  ['a b < c u c', 'c', false],
  ['a b a <', 'b', true],
  ['a b < u c <', 'b', true],
  ['a b <b', 'b', true],
  ['a u', 'a', false],
])('%s ends at %s (P3)', (story, release, pinned) => {
  const stands = play(story).at(-1);
  expect([stands?.release, stands?.pinnedSince !== null]).toEqual([release, pinned]);
});

test('an older build does not replace a newer one', () => {
  const journal = play('a b');
  expect(decidePublish(journal.at(-1), 'a', wish(0)).kind).toBe('overtaken');
  expect(decidePublish(journal.at(-1), 'b', wish(0)).kind).toBe('already');
});

test('a clock that is ahead holds no build back for longer than it took', () => {
  const ahead = { ...wish(1), askedAt: time(86_400) };
  const stands = decidePublish(undefined, 'a', ahead);
  expect(decidePublish(stands.kind === 'move' ? stands.move : undefined, 'b', wish(2)).kind).toBe('move');
});

test.each([
  [[], null, 'nothing was published'],
  [play('a'), null, 'no release from before a is kept'],
  [play('a'), 'x', 'there is no release x'],
])('a rollback that is not possible says why', (journal, to, why) => {
  const decision = decideRollback(journal, { to, releases: new Set(['a']) }, wish(9));
  expect(decision).toMatchObject({ kind: 'refused', reason: expect.stringContaining(why) as unknown });
});

test('a rollback passes over releases that are gone', () => {
  const decision = decideRollback(play('a b c'), { to: null, releases: new Set(['a', 'c']) }, wish(9));
  expect(decision).toMatchObject({ kind: 'move', move: { release: 'a' } });
});

test('whatever is done, numbers rise by one, and nothing is published while a version is pinned', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', '<', '<a', '<b', 'u');
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
      const journal = play(words.join(' '));
      journal.forEach((move, at) => {
        expect(move.seq).toBe(at + 1);
        if (move.action === 'publish') expect(journal[at - 1]?.pinnedSince ?? null).toBeNull();
      });
    }),
  );
});
