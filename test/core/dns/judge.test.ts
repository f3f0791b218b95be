import fc from 'fast-check';
import type { FailRule, Observation, ProbeWindow } from '../../../src/core/dns/gate.ts';
import { judgeHold } from '../../../src/core/dns/judge-hold.ts';
import type { HoldView } from '../../../src/core/dns/judge-hold.ts';
import { judge, mayPromote } from '../../../src/core/dns/judge.ts';
import { mayRestore } from '../../../src/core/dns/may-restore.ts';
import type { RestoreView } from '../../../src/core/dns/may-restore.ts';
import { preflight } from '../../../src/core/dns/preflight.ts';
import { addObservation } from '../../../src/core/dns/probe-windows.ts';

const RULE: FailRule = { failures: 4, of: 6 };
const START = Date.UTC(2026, 0, 2, 12, 14, 1);
const EVERY = 5_000;

/** A window from a text, one probe a character: `.` passed, `x` failed. */
function window(
  side: 'red' | 'black',
  probes: string,
  value = side === 'red' ? '192.0.2.10' : '192.0.2.20',
): ProbeWindow {
  const observations = Array.from(probes, (probe, index): Observation => ({
    gate: 'healthy',
    side,
    value,
    at: START + index * EVERY,
    ok: probe === '.',
    latencyMs: 3,
    seen: probe === '.' ? 'HTTP 200 /healthz' : 'HTTP 503 /healthz',
  }));
  return { gate: 'healthy', side, value, observations };
}

const after = (probes: number): number => START + (probes - 1) * EVERY;

describe('judge', () => {
  test('says how often black failed, with what, and when', () => {
    expect(judge([window('black', '..xxx.x')], RULE)).toEqual({
      kind: 'fail',
      reason: 'black failed 4 of the last 6 probes: HTTP 503 /healthz (12:14:11 to 12:14:31 UTC)',
    });
  });
  test.each([
    ['......', 'pass'],
    ['xxx...', 'pass'],
    ['xxxx..', 'fail'],
    ['xxxx...', 'pass'],
    ['xxx', 'inconclusive'],
    ['..x', 'inconclusive'],
    ['...x', 'pass'],
    ['xxxx', 'fail'],
    ['', 'inconclusive'],
  ])('%j is a %s', (probes, kind) => {
    expect(judge([window('black', probes)], RULE).kind).toBe(kind);
  });
  test('fails for one ill value among many, and names it', () => {
    const windows = [window('black', '......'), window('black', 'xxxxxx', '192.0.2.21')];
    expect(judge(windows, RULE)).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining('6 of the last 6 probes of 192.0.2.21: HTTP 503') as string,
    });
  });
  test('takes no window at all for no data, and names a value without any (D7)', () => {
    expect(judge([], RULE)).toEqual({ kind: 'inconclusive', reason: 'no probe has been made' });
    expect(judge([window('black', ''), window('red', '.')], RULE)).toEqual({
      kind: 'inconclusive',
      reason: 'no probe yet of black 192.0.2.20',
    });
  });
  test('counts what passed by side', () => {
    expect(judge([window('black', '.x..'), window('red', '...')], RULE).reason).toBe(
      'black passed 3 of the last 4 probes; red passed 3 of the last 3 probes',
    );
  });
});

describe('a window', () => {
  test('keeps the newest observations of its own gate, side and value, and no others', () => {
    const probes = [window('black', '.x'), window('red', '..'), window('black', '.', '192.0.2.21')].flatMap(
      (each) => each.observations,
    );
    const windows = probes.reduce<readonly ProbeWindow[]>((all, probe) => addObservation(all, probe, RULE), []);
    expect(windows).toEqual([window('black', '.x'), window('red', '..'), window('black', '.', '192.0.2.21')]);
  });
  test('never grows beyond the rule', () => {
    const long = window('black', '.........').observations.reduce<readonly ProbeWindow[]>(
      (all, probe) => addObservation(all, probe, RULE),
      [],
    );
    expect(long[0]?.observations.map(({ at }) => at)).toEqual(
      window('black', '.........')
        .observations.slice(3)
        .map(({ at }) => at),
    );
  });
  test('judges the same whether it is carried over or seen whole', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[.x]{1,20}$/), (probes) => {
        const carried = window('black', probes).observations.reduce<readonly ProbeWindow[]>(
          (all, probe) => addObservation(all, probe, RULE),
          [],
        );
        expect(judge(carried, RULE)).toEqual(judge([window('black', probes)], RULE));
      }),
    );
  });
});

describe('judgeHold', () => {
  const view = (windows: readonly ProbeWindow[], over: Partial<HoldView> = {}): HoldView => ({
    windows,
    rule: RULE,
    now: after(6),
    maxAgeMs: 30_000,
    inconclusiveSince: null,
    ownViewMs: 60_000,
    limitMs: 300_000,
    ...over,
  });
  const both = [window('black', 'xxxxxx'), window('red', 'xxxxxx')];

  test('passes while black passes, and forgets what was inconclusive', () => {
    expect(
      judgeHold(view([window('black', '......'), window('red', 'xxxxxx')], { inconclusiveSince: 1 })),
    ).toMatchObject({
      verdict: { kind: 'pass' },
      inconclusiveSince: null,
    });
  });
  test('fails at once when black fails alone', () => {
    expect(judgeHold(view([window('black', 'xxxxxx'), window('red', '......')]))).toMatchObject({
      verdict: { kind: 'fail' },
    });
    expect(judgeHold(view([window('black', 'xxxxxx')]))).toMatchObject({ verdict: { kind: 'fail' } });
  });
  test('takes a failure of both for one of our own view, for a minute and no longer', () => {
    const first = judgeHold(view(both));
    expect(first).toMatchObject({
      verdict: { kind: 'inconclusive', reason: expect.stringContaining('black and red both fail') as string },
      inconclusiveSince: after(6),
    });
    const stillFresh = { maxAgeMs: 90_000, inconclusiveSince: after(6) };
    expect(judgeHold(view(both, { ...stillFresh, now: after(6) + 59_999 })).verdict.kind).toBe('inconclusive');
    expect(judgeHold(view(both, { ...stillFresh, now: after(6) + 60_000 })).verdict).toMatchObject({
      kind: 'fail',
      reason: expect.stringMatching(/both fail.*since 12:14:26 UTC, more than 60 s/) as string,
    });
  });
  test('waits for data, and takes none at the limit for a failure (D7)', () => {
    expect(judgeHold(view([]))).toMatchObject({ verdict: { kind: 'inconclusive' }, inconclusiveSince: after(6) });
    expect(judgeHold(view([], { inconclusiveSince: after(6) - 300_000 })).verdict.kind).toBe('fail');
  });
  test('does not go on passing on old observations', () => {
    const late = judgeHold(view([window('black', '......')], { now: after(6) + 30_001 }));
    expect(late.verdict).toEqual({ kind: 'inconclusive', reason: 'no probe of black 192.0.2.20 since 12:14:26 UTC' });
  });
});

describe('mayPromote', () => {
  const now = { rule: RULE, now: after(6), maxAgeMs: 30_000 };
  test.each([
    ['passes while the gates pass', [window('black', '......')], 'pass'],
    ['does not ask red', [window('black', '......'), window('red', 'xxxxxx')], 'pass'],
    ['refuses a failing black', [window('black', 'xxxxxx')], 'fail'],
    ['refuses without data (D7)', [], 'inconclusive'],
    [
      'refuses where one value has not been seen',
      [window('black', '......'), window('black', '', '192.0.2.21')],
      'inconclusive',
    ],
  ])('%s', (_, windows, kind) => {
    expect(mayPromote({ ...now, windows }).kind).toBe(kind);
  });
});

describe('preflight', () => {
  const asked = { inARow: 5, overMs: 20_000, maxAgeMs: 20_000 };
  test.each([
    ['.....', 5, 'pass'],
    ['x.....', 6, 'pass'],
    ['....', 4, 'inconclusive'],
    ['.....x', 6, 'inconclusive'],
    ['xxxx', 4, 'inconclusive'],
    ['xxxxx', 5, 'fail'],
    ['', 1, 'inconclusive'],
    ['.....', 10, 'inconclusive'], // 25 s old
  ])('%j seen at probe %i is a %s', (probes, at, kind) => {
    expect(preflight({ ...asked, windows: [window('black', probes)], now: after(at) }).kind).toBe(kind);
  });
  test('wants the passes spread over the time', () => {
    expect(preflight({ ...asked, overMs: 20_001, windows: [window('black', '.....')], now: after(5) })).toEqual({
      kind: 'inconclusive',
      reason: 'black passed 5 probes in a row over 20 s, and 5 over 20 s are asked for',
    });
  });
  test('does not pass on a value that is not being probed any more', () => {
    expect(preflight({ ...asked, windows: [window('black', '.....')], now: after(10) }).reason).toBe(
      'black has not been probed since 12:14:21 UTC',
    );
  });
  test('asks every value, and names the one that holds it up', () => {
    const windows = [window('black', '.....'), window('black', '....x', '192.0.2.21'), window('red', '')];
    expect(preflight({ ...asked, windows, now: after(5) })).toEqual({
      kind: 'inconclusive',
      reason: 'black 192.0.2.21 failed its last probe: HTTP 503 /healthz (12:14:21 UTC); red has not been probed yet',
    });
  });
  test('says what failed, and what passed', () => {
    expect(preflight({ ...asked, windows: [window('red', 'xxxxx')], now: after(5) }).reason).toBe(
      'red failed 5 probes in a row: HTTP 503 /healthz (12:14:01 to 12:14:21 UTC)',
    );
    expect(
      preflight({ ...asked, windows: [window('red', '.....'), window('black', '.....')], now: after(5) }).reason,
    ).toBe('red and black passed 5 probes in a row over 20 s');
    expect(preflight({ ...asked, windows: [], now: 0 }).kind).toBe('inconclusive');
  });
});

describe('an automatic rollback (D3)', () => {
  const decide = (over: Partial<RestoreView>): string =>
    mayRestore({ policy: 'compare', windows: [], now: after(6), maxAgeMs: 30_000, aborted: false, ...over }).kind;
  const red = (probes: string): ProbeWindow => window('red', probes);
  const black = (probes: string): ProbeWindow => window('black', probes);

  test.each<[string, Partial<RestoreView>, 'restore' | 'stop']>([
    ['restores where there are no observations', {}, 'restore'],
    ['restores a healthy red', { windows: [red('......'), black('xxxxxx')] }, 'restore'],
    ['stops before a red that answers less', { windows: [red('xxxxxx'), black('......')] }, 'stop'],
    ['restores a red that lost one probe', { windows: [red('.....x'), black('......')] }, 'restore'],
    ['restores a red as ill as black', { windows: [red('xxxxxx'), black('xxxxxx')] }, 'restore'],
    [
      'stops before a red of which half the values are dead',
      { windows: [red('......'), window('red', 'xxxxxx', '192.0.2.11'), black('......')] },
      'stop',
    ],
    [
      'restores on observations that are too old to decide',
      { windows: [red('xxxxxx'), black('......')], now: after(6) + 60_000 },
      'restore',
    ],
    ['restores where black was not seen', { windows: [red('xxxxxx')] }, 'restore'],
    [
      'restores for an operator whatever red does',
      { windows: [red('xxxxxx'), black('......')], aborted: true },
      'restore',
    ],
    [
      'restores by policy whatever red does',
      { windows: [red('xxxxxx'), black('......')], policy: 'restore' },
      'restore',
    ],
    ['holds by policy when red is ill', { windows: [red('xxxxxx'), black('xxxxxx')], policy: 'hold' }, 'stop'],
    [
      'restores under the policy hold when red is well',
      { windows: [red('.....x'), black('......')], policy: 'hold' },
      'restore',
    ],
  ])('%s', (_, over, expected) => {
    expect(decide(over)).toBe(expected);
  });

  test('says by which numbers', () => {
    const stopped = mayRestore({
      policy: 'compare',
      windows: [red('xxxxx.'), black('......')],
      now: after(6),
      maxAgeMs: 30_000,
      aborted: false,
    });
    expect(stopped.reason).toBe('red answers only 1 of 6 fresh probes, less than black with 6 of 6 fresh probes');
  });
});
