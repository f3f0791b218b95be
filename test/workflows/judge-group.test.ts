import fc from 'fast-check';
import type { WatchEnd } from '../../src/contracts/deploy-activities.ts';
import type { Verdict } from '../../src/core/dns/gate.ts';
import { judgeGroup, type SeenRecord } from '../../src/workflows/judge-group.ts';

/** What no example can show: however many records say whatever, a group is never held on less than all of them. */

const verdicts = fc.constantFrom<Verdict['kind']>('pass', 'pass', 'inconclusive', 'fail');
const ends = fc.oneof(
  fc.constantFrom<WatchEnd['kind']>('held', 'held', 'held', 'asks'),
  fc.constantFrom<WatchEnd['kind']>('breach', 'drift'),
);

function endOf(kind: WatchEnd['kind']): WatchEnd {
  switch (kind) {
    case 'held':
      return { kind };
    case 'asks':
      return { kind, gates: ['errors'] };
    case 'breach':
      return { kind, verdict: { kind: 'fail', reason: 'HTTP 503' } };
    case 'drift':
      return { kind, sentence: 'somebody else wrote it', superseded: false };
  }
}

const groups = fc.array(fc.record({ verdict: verdicts, end: ends }), { minLength: 1, maxLength: 6 }).map((all) =>
  all.map(({ verdict, end }, index): SeenRecord => ({
    record: `r${index}.example.com`,
    watched: {
      end: endOf(end),
      windows: [],
      verdict: { kind: verdict, reason: verdict },
      inconclusiveSince: null,
      at: index,
    },
  })),
);

const ending = ({ watched: { end } }: SeenRecord): boolean => end.kind === 'breach' || end.kind === 'drift';

describe('a stretch of a group', () => {
  test('passes only where the gates of every record do, and none has ended it (D7, G3)', () => {
    fc.assert(
      fc.property(groups, (seen) => {
        const { end, verdict } = judgeGroup(seen, []);
        const isHeld = (end.kind === 'held' || end.kind === 'asks') && verdict.kind === 'pass';
        expect(isHeld).toBe(seen.every((one) => one.watched.verdict.kind === 'pass' && !ending(one)));
      }),
    );
  });

  test('is ended by whatever ends it for one record, and says whose it was (G2, D3, D4)', () => {
    fc.assert(
      fc.property(groups, (seen) => {
        const { end, verdict } = judgeGroup(seen, []);
        expect(end.kind === 'breach' || end.kind === 'drift').toBe(seen.some(ending));
        const named = end.kind === 'breach' ? end.verdict.reason : verdict.reason;
        if (end.kind === 'breach' || verdict.kind !== 'pass') expect(named).toMatch(/^r\d\.example\.com: /);
      }),
    );
  });

  test('is judged the same in whatever order its records are', () => {
    fc.assert(
      fc.property(
        groups.chain((seen) => fc.tuple(fc.constant(seen), fc.shuffledSubarray(seen, { minLength: seen.length }))),
        ([seen, shuffled]) => {
          const [one, other] = [judgeGroup(seen, []), judgeGroup(shuffled, [])];
          expect(other.at).toBe(one.at);
          if (seen.some(ending)) return; // of two ends at once either may be told: both take all back
          expect(other.verdict.kind).toBe(one.verdict.kind);
          expect(other.end.kind).toBe(one.end.kind);
        },
      ),
    );
  });

  test('asks about the gates of all records that ask, and goes on asking about those that say nothing new', () => {
    fc.assert(
      fc.property(groups, fc.array(fc.nat(5)), (seen, earlier) => {
        const asked = [...new Set(earlier)].map((index) => `r${index}.example.com: errors`);
        const { end } = judgeGroup(seen, asked);
        const asking = seen
          .filter(({ watched }) => watched.end.kind === 'asks')
          .map(({ record }) => `${record}: errors`);
        if (seen.some(ending)) return;
        expect(end.kind === 'asks' ? [...end.gates].sort() : []).toEqual(
          asking.length === 0 ? [] : [...new Set([...asked, ...asking])].sort(),
        );
      }),
    );
  });
});
