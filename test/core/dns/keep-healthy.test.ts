import type { ProbeWindow } from '../../../src/core/dns/gate.ts';
import {
  healthOf,
  mayGoBack,
  mayStep,
  type RecordHealth,
  type SideHealth,
} from '../../../src/core/dns/keep-healthy.ts';

const record = (red: SideHealth, black: SideHealth, index = 0): RecordHealth => ({ record: `r${index}`, red, black });
const fleet = (...sides: readonly (readonly [SideHealth, SideHealth])[]) =>
  sides.map(([red, black], at) => record(red, black, at));

const GOOD = ['healthy', 'healthy'] as const;
const ILL_RED = ['ill', 'healthy'] as const;
const ILL_BLACK = ['healthy', 'ill'] as const;
const BLIND = ['unknown', 'unknown'] as const;

describe('a step keeps n records on a healthy side', () => {
  test.each([
    { share: 0, sides: [GOOD, ILL_RED], rule: 2, kept: false },
    { share: 0, sides: [GOOD, ILL_BLACK], rule: 2, kept: true },
    { share: 50, sides: [GOOD, ILL_RED], rule: 2, kept: false },
    { share: 50, sides: [GOOD, ILL_RED], rule: 1, kept: true },
    { share: 50, sides: [GOOD, ILL_BLACK], rule: 2, kept: false },
    { share: 100, sides: [GOOD, ILL_RED], rule: 2, kept: true },
    { share: 100, sides: [ILL_BLACK, ILL_BLACK], rule: 1, kept: false },
    { share: 100, sides: [GOOD, BLIND], rule: 2, kept: false }, // no data is not a pass (D7)
  ] as const)('at share $share with rule $rule: $kept', ({ share, sides, rule, kept }) => {
    expect(mayStep(rule, fleet(...sides), share).kind).toBe(kept ? 'kept' : 'broken');
  });

  test('names the records that would not serve, and the numbers', () => {
    expect(mayStep(2, fleet(GOOD, ILL_RED, BLIND), 50)).toEqual({
      kind: 'broken',
      reason: 'at 50 % only 1 of 3 records would serve from a healthy side, and keepHealthy is 2: not r1, r2',
    });
  });

  test('without a rule everything is kept', () => {
    expect(mayStep(null, fleet(BLIND), 100).kind).toBe('kept');
    expect(mayGoBack(null, fleet(ILL_RED), 100).kind).toBe('kept');
  });
});

describe('a rollback waits for no measurement (D8)', () => {
  test.each([
    { share: 100, sides: [BLIND, BLIND], rule: 2, kept: true },
    { share: 100, sides: [ILL_RED, GOOD], rule: 2, kept: false },
    { share: 100, sides: [ILL_RED, GOOD], rule: 1, kept: true },
    { share: 100, sides: [ILL_RED, ILL_BLACK], rule: 2, kept: true }, // as many are well there as here
    { share: 50, sides: [ILL_RED, ILL_RED], rule: 1, kept: true }, // red serves already
  ] as const)('from share $share with rule $rule: $kept', ({ share, sides, rule, kept }) => {
    expect(mayGoBack(rule, fleet(...sides), share).kind).toBe(kept ? 'kept' : 'broken');
  });
});

describe('what is known of a side', () => {
  const rule = { failures: 4, of: 6 };
  const window = (side: 'red' | 'black', oks: readonly boolean[], from = 1_000): ProbeWindow => ({
    gate: 'g',
    side,
    value: 'v',
    observations: oks.map((ok, at) => ({ gate: 'g', side, value: 'v', at: from + at, ok, latencyMs: 1, seen: '' })),
  });
  const at = { rule, now: 1_100, maxAgeMs: 1_000 };

  test('is healthy, ill, or unknown', () => {
    const windows = [window('red', [true, true, true]), window('black', [false, false, false, false])];
    expect(healthOf('r', windows, at)).toEqual({ record: 'r', red: 'healthy', black: 'ill' });
    expect(healthOf('r', [window('red', [false, false, false])], at)).toEqual({
      record: 'r',
      red: 'unknown',
      black: 'unknown',
    });
  });

  test('old observations say nothing', () => {
    expect(healthOf('r', [window('red', [true, true], 0)], { ...at, now: 5_000 }).red).toBe('unknown');
  });
});
