import fc from 'fast-check';
import { judgeGates, type GateFacts, type GateRules } from '../../../src/core/docs/judge-gates.ts';

const NONE: GateRules = {
  warnings: 'ignore',
  links: 'ignore',
  coverage: { minPercent: null, mayFall: true },
  size: { maxBytes: null },
};

const facts = (over: Partial<GateFacts> = {}): GateFacts => ({
  release: 'R',
  warnings: { count: 0, keys: [] },
  brokenLinks: { count: 0, keys: [] },
  coveragePercent: 80,
  bytes: 1_000_000,
  ...over,
});
const found = (...keys: readonly string[]) => ({ count: keys.length, keys });
const verdict = (rules: Partial<GateRules>, built: GateFacts, stands: GateFacts | null = null) =>
  judgeGates({ ...NONE, ...rules }, built, stands).map(({ gate, passed }) => [gate, passed]);

test('says nothing of gates that nobody asked for', () => {
  expect(
    judgeGates(NONE, facts({ warnings: found('a'), brokenLinks: found('b'), coveragePercent: null }), null),
  ).toEqual([]);
});

test.each<[string, Partial<GateRules>, GateFacts, GateFacts | null, boolean]>([
  ['any warning', { warnings: 'fail' }, facts({ warnings: found('a') }), null, false],
  ['no warning', { warnings: 'fail' }, facts(), null, true],
  [
    'a new warning',
    { warnings: 'no-new' },
    facts({ warnings: found('a', 'b') }),
    facts({ warnings: found('a') }),
    false,
  ],
  [
    'a second of the same',
    { warnings: 'no-new' },
    facts({ warnings: found('a', 'a') }),
    facts({ warnings: found('a') }),
    false,
  ],
  [
    'only old warnings',
    { warnings: 'no-new' },
    facts({ warnings: found('a') }),
    facts({ warnings: found('b', 'a') }),
    true,
  ],
  ['a first release', { warnings: 'no-new' }, facts({ warnings: found('a') }), null, true],
  [
    'more beyond the keys',
    { warnings: 'no-new' },
    facts({ warnings: { count: 9, keys: ['a'] } }),
    facts({ warnings: { count: 8, keys: ['a'] } }),
    false,
  ],
  ['a new broken link', { links: 'no-new' }, facts({ brokenLinks: found('x') }), facts(), false],
  ['any broken link', { links: 'fail' }, facts({ brokenLinks: found('x') }), facts({ brokenLinks: found('x') }), false],
  ['too little coverage', { coverage: { minPercent: 80.1, mayFall: true } }, facts(), null, false],
  ['enough coverage', { coverage: { minPercent: 80, mayFall: true } }, facts(), null, true],
  [
    'coverage that nobody knows',
    { coverage: { minPercent: 0, mayFall: true } },
    facts({ coveragePercent: null }),
    null,
    false,
  ],
  [
    'coverage that falls',
    { coverage: { minPercent: null, mayFall: false } },
    facts(),
    facts({ coveragePercent: 80.1 }),
    false,
  ],
  ['coverage that stays', { coverage: { minPercent: null, mayFall: false } }, facts(), facts(), true],
  ['a site that is too large', { size: { maxBytes: 999_999 } }, facts(), null, false],
  ['a site that fits', { size: { maxBytes: 1_000_000 } }, facts(), null, true],
])('judges %s', (_name, rules, built, stands, passed) => {
  expect(verdict(rules, built, stands)).toEqual([[expect.any(String), passed]]);
});

test('says the numbers', () => {
  const built = facts({ warnings: found('a', 'b') });
  const [finding] = judgeGates({ ...NONE, warnings: 'no-new' }, built, facts({ warnings: found('b') }));
  expect(finding?.sentence).toBe('2 warnings, 1 of them not in release R.');
});

test('a release passes every no-new gate against itself', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c'));
  fc.assert(
    fc.property(keys, keys, fc.nat(5), (warnings, links, more) => {
      const one = facts({
        warnings: { count: warnings.length + more, keys: warnings },
        brokenLinks: found(...links),
      });
      const rules = { warnings: 'no-new', links: 'no-new', coverage: { minPercent: null, mayFall: false } } as const;
      expect(verdict(rules, one, one).every(([, passed]) => passed)).toBe(true);
    }),
  );
});
