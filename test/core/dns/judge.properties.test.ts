import fc from 'fast-check';
import type { FailRule, Observation, ProbeWindow, Verdict } from '../../../src/core/dns/gate.ts';
import { judgeHold, type HoldView } from '../../../src/core/dns/judge-hold.ts';
import { judge, mayPromote } from '../../../src/core/dns/judge.ts';
import { mayRestore, type RestoreView } from '../../../src/core/dns/may-restore.ts';
import { preflight, type PreflightView } from '../../../src/core/dns/preflight.ts';
import { addObservation } from '../../../src/core/dns/probe-windows.ts';

/** What no example can show: whatever was observed, in whatever order, the judge cannot be talked into more than was seen. */

const START = Date.UTC(2026, 0, 2, 12, 14, 1);
const EVERY = 5_000;
const MAX_AGE = 30_000;

const rules = fc
  .record({ failures: fc.integer({ min: 1, max: 6 }), more: fc.integer({ min: 0, max: 4 }) })
  .map(({ failures, more }): FailRule => ({ failures, of: failures + more }));

interface Probed {
  readonly gate: string;
  readonly side: 'red' | 'black';
  readonly value: string;
  readonly oks: readonly boolean[];
}

const observationOf = ({ gate, side, value }: Omit<Probed, 'oks'>, ok: boolean, at: number): Observation => ({
  ...{ gate, side, value, ok, at, latencyMs: 3 },
  seen: ok ? 'HTTP 200 /healthz' : 'HTTP 503 /healthz',
});

/** Windows as they are kept: the newest probe of each was made at START, or in the moments before it. */
const windowOf = (probed: Probed): ProbeWindow => ({
  ...{ gate: probed.gate, side: probed.side, value: probed.value },
  observations: probed.oks.map((ok, index) =>
    observationOf(probed, ok, START - (probed.oks.length - 1 - index) * EVERY),
  ),
});

const probesOf = (side: 'red' | 'black', { min }: { readonly min: number }) =>
  fc.uniqueArray(
    fc.record({
      gate: fc.constantFrom('healthy', 'tcp 443'),
      side: fc.constant(side),
      value: fc.integer({ min: 1, max: 3 }).map((last) => `192.0.2.${side === 'red' ? 10 + last : 20 + last}`),
      oks: fc.array(fc.boolean(), { maxLength: 10 }),
    }),
    { minLength: min, maxLength: 4, selector: ({ gate, value }) => `${gate} ${value}` },
  );
const blacks = probesOf('black', { min: 1 }).map((probed) => probed.map(windowOf));
const reds = probesOf('red', { min: 0 }).map((probed) => probed.map(windowOf));

const BADNESS = { pass: 0, inconclusive: 1, fail: 2 } as const;
const badness = ({ kind }: Verdict): number => BADNESS[kind];

/** The windows after one more probe of one of them, five seconds later. */
const withProbe = (windows: readonly ProbeWindow[], which: number, ok: boolean): readonly ProbeWindow[] => {
  const window = windows[which % windows.length]!;
  // Kept longer than any rule: the judge has to look at the newest alone.
  return addObservation(windows, observationOf(window, ok, START + EVERY), { failures: 1, of: 100 });
};

describe('one more probe', () => {
  test('that failed never turns a failure or a doubt into a pass', () => {
    fc.assert(
      fc.property(blacks, reds, rules, fc.nat(), (black, red, rule, which) => {
        const windows = [...black, ...red];
        const after = withProbe(windows, which, false);
        expect(badness(judge(after, rule))).toBeGreaterThanOrEqual(badness(judge(windows, rule)));
        const view = { rule, now: START + EVERY, maxAgeMs: MAX_AGE };
        const worse = withProbe(black, which, false);
        expect(badness(mayPromote({ ...view, windows: worse }))).toBeGreaterThanOrEqual(
          Math.min(badness(mayPromote({ ...view, windows: black })), BADNESS.inconclusive),
        );
      }),
    );
  });
  test('that passed never makes a verdict worse', () => {
    fc.assert(
      fc.property(blacks, rules, fc.nat(), (black, rule, which) => {
        expect(badness(judge(withProbe(black, which, true), rule))).toBeLessThanOrEqual(badness(judge(black, rule)));
      }),
    );
  });
  test('that failed keeps a preflight from passing until there are as many passes in a row again (D7)', () => {
    fc.assert(
      fc.property(blacks, fc.nat(), fc.integer({ min: 1, max: 4 }), (black, which, inARow) => {
        const view = { windows: withProbe(black, which, false), inARow, overMs: 0, now: START + EVERY, maxAgeMs: 1e9 };
        expect(preflight(view).kind).not.toBe('pass');
      }),
    );
  });
});

test('a failure in place of a pass, anywhere in a window, never makes a verdict better', () => {
  fc.assert(
    fc.property(blacks, rules, fc.nat(), fc.nat(), (black, rule, which, where) => {
      const worse = black.map((window, index) => {
        if (index !== which % black.length) return window;
        const at = where % Math.max(1, window.observations.length);
        return {
          ...window,
          observations: window.observations.map((one, place) => (place === at ? { ...one, ok: false } : one)),
        };
      });
      expect(badness(judge(worse, rule))).toBeGreaterThanOrEqual(badness(judge(black, rule)));
    }),
  );
});

test('the newest probes decide, however long a window is: as many failures as the rule takes fail it, and no failure passes', () => {
  fc.assert(
    fc.property(blacks, rules, fc.nat(), (black, rule, which) => {
      const over = (oks: readonly boolean[]) => (window: ProbeWindow, index: number) =>
        index === which % black.length
          ? oks.reduce(
              (one, ok, at) => addObservation([one], observationOf(one, ok, START + at), { failures: 1, of: 100 })[0]!,
              window,
            )
          : window;
      const ill = black.map(over(Array.from({ length: rule.failures }, () => false)));
      expect(judge(ill, rule).kind).toBe('fail');
      const well = black.map((window) =>
        over(Array.from({ length: rule.of }, () => true))(window, which % black.length),
      );
      expect(judge(well, rule).kind).toBe('pass');
    }),
  );
});

describe('no data', () => {
  const holds = fc.record({
    inconclusiveSince: fc.option(fc.integer({ min: START - 600_000, max: START })),
    ownViewMs: fc.integer({ min: 0, max: 600_000 }),
    limitMs: fc.integer({ min: 0, max: 600_000 }),
  });

  test('of one value of one gate is never a pass, however well the others do (D7)', () => {
    fc.assert(
      fc.property(blacks, reds, rules, holds, fc.nat(), (black, red, rule, hold, which) => {
        const windows = [...black.map((one, at) => (at === which % black.length ? { ...one, observations: [] } : one))];
        const view = { windows: [...windows, ...red], rule, now: START, maxAgeMs: MAX_AGE };
        expect(judge(windows, rule).kind).not.toBe('pass');
        expect(mayPromote(view).kind).not.toBe('pass');
        expect(judgeHold({ ...view, ...hold }).verdict.kind).not.toBe('pass');
        expect(preflight({ ...view, inARow: 1, overMs: 0 }).kind).not.toBe('pass');
      }),
    );
  });
  test('of now is never a pass, however well it went before (D7)', () => {
    fc.assert(
      fc.property(blacks, reds, rules, holds, fc.integer({ min: 1, max: 1e9 }), (black, red, rule, hold, late) => {
        const view = { windows: [...black, ...red], rule, now: START + MAX_AGE + late, maxAgeMs: MAX_AGE };
        expect(mayPromote(view).kind).not.toBe('pass');
        expect(judgeHold({ ...view, ...hold }).verdict.kind).not.toBe('pass');
        expect(preflight({ ...view, inARow: 1, overMs: 0 }).kind).not.toBe('pass');
      }),
    );
  });
  test('of red neither helps black nor fails it', () => {
    fc.assert(
      fc.property(blacks, reds, rules, (black, red, rule) => {
        const view = { rule, now: START, maxAgeMs: MAX_AGE };
        expect(mayPromote({ ...view, windows: [...black, ...red] })).toEqual(mayPromote({ ...view, windows: black }));
      }),
    );
  });
});

/** Probes as a watch makes them, one after the other. */
const streams = fc.array(
  fc.record({
    gate: fc.constantFrom('healthy', 'tcp 443'),
    side: fc.constantFrom('red', 'black'),
    value: fc.constantFrom('192.0.2.20', '192.0.2.21'),
    ok: fc.boolean(),
  }),
  { maxLength: 60 },
);
type Stream = readonly { gate: string; side: 'red' | 'black'; value: string; ok: boolean }[];
const observed = (stream: Stream): readonly Observation[] =>
  stream.map(({ ok, ...of }, index) => observationOf(of, ok, START + index * 1_000));
const gathered = (
  observations: readonly Observation[],
  rule: FailRule,
  before: readonly ProbeWindow[] = [],
): readonly ProbeWindow[] => observations.reduce((windows, one) => addObservation(windows, one, rule), before);

describe('windows', () => {
  test('that are carried over stretches, attempts and workers are those of one long look', () => {
    fc.assert(
      fc.property(streams, rules, fc.array(fc.nat({ max: 60 }), { maxLength: 5 }), (stream, rule, cuts) => {
        const all = observed(stream);
        const edges = [0, ...[...cuts].sort((a, b) => a - b), all.length];
        const carried = edges.slice(1).reduce<readonly ProbeWindow[]>((before, end, index) => {
          const stretch = gathered(all.slice(edges[index], end), rule, before);
          return JSON.parse(JSON.stringify(stretch)) as readonly ProbeWindow[]; // as a heartbeat hands them on
        }, []);
        expect(carried).toEqual(gathered(all, rule));
      }),
    );
  });
  test('come to the same verdict in whatever order values are probed beside each other', () => {
    fc.assert(
      fc.property(streams, rules, fc.infiniteStream(fc.nat()), (stream, rule, picks) => {
        const all = observed(stream);
        const laneOf = ({ gate, side, value }: Observation): string => `${gate} ${side} ${value}`;
        const queues = [...new Set(all.map(laneOf))].map((lane) => all.filter((one) => laneOf(one) === lane));
        const shuffled: Observation[] = [];
        while (queues.some(({ length }) => length > 0)) {
          const open = queues.filter(({ length }) => length > 0);
          shuffled.push(open[picks.next().value % open.length]!.shift()!);
        }
        expect(judge(gathered(shuffled, rule), rule).kind).toBe(judge(gathered(all, rule), rule).kind);
      }),
    );
  });
  test('hold what the rule looks at and nothing more, so that a day of watching is not a heartbeat of megabytes', () => {
    fc.assert(
      fc.property(streams, rules, (stream, rule) => {
        const windows = gathered(observed(stream), rule);
        expect(windows.every(({ observations }) => observations.length <= rule.of)).toBe(true);
      }),
    );
  });
});

describe('a hold', () => {
  const rule: FailRule = { failures: 4, of: 6 };
  const limits = { rule, maxAgeMs: MAX_AGE, ownViewMs: 60_000, limitMs: 300_000 };
  /** What a hold sees from one look to the next. */
  const LOOKS = {
    'black well': { black: '......', red: '......' },
    'black ill': { black: 'xxxxxx', red: '......' },
    'both ill': { black: 'xxxxxx', red: 'xxxxxx' },
    'red ill': { black: '......', red: 'xxxxxx' },
    'nothing seen': { black: '', red: '' },
  } as const;
  type Look = keyof typeof LOOKS;
  const windowsAt = (look: Look, now: number): readonly ProbeWindow[] =>
    (['black', 'red'] as const).map((side) => {
      const one = windowOf({
        gate: 'healthy',
        side,
        value: side,
        oks: Array.from(LOOKS[look][side], (ch) => ch === '.'),
      });
      return { ...one, observations: one.observations.map((seen) => ({ ...seen, at: seen.at - START + now })) };
    });

  interface Seen {
    readonly look: Look;
    readonly now: number;
    readonly kind: Verdict['kind'];
  }

  /** Looks every 5 s until the first failure, as a watch does. */
  function watch(looks: readonly Look[]): readonly Seen[] {
    const seen: Seen[] = [];
    let inconclusiveSince: HoldView['inconclusiveSince'] = null;
    for (const [index, look] of looks.entries()) {
      const now = START + index * EVERY;
      const judged = judgeHold({ ...limits, windows: windowsAt(look, now), now, inconclusiveSince });
      inconclusiveSince = judged.inconclusiveSince;
      seen.push({ look, now, kind: judged.verdict.kind });
      if (judged.verdict.kind === 'fail') break;
    }
    return seen;
  }
  const looks = fc.array(fc.constantFrom(...(Object.keys(LOOKS) as Look[])), { minLength: 1, maxLength: 80 });
  /** The same look for a while: what real illnesses and outages of our own view are like. */
  const spells = fc
    .array(fc.tuple(fc.constantFrom(...(Object.keys(LOOKS) as Look[])), fc.integer({ min: 1, max: 70 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.flatMap(([look, times]) => Array.from({ length: times }, () => look)));

  test('fails at once when black fails alone, and never because red fails alone', () => {
    fc.assert(
      fc.property(looks, (sequence) => {
        for (const { look, kind } of watch(sequence)) {
          if (look === 'black ill') expect(kind).toBe('fail');
          if (look === 'red ill' || look === 'black well') expect(kind).toBe('pass');
        }
      }),
    );
  });
  test('takes a failure of both sides for our own view up to its limit, and no longer', () => {
    fc.assert(
      fc.property(fc.oneof(looks, spells), (sequence) => {
        let since: number | null = null;
        for (const { look, now, kind } of watch(sequence)) {
          since = kind === 'pass' ? null : (since ?? now);
          if (look !== 'both ill') continue;
          expect(kind).toBe(now - since! < limits.ownViewMs ? 'inconclusive' : 'fail');
        }
      }),
    );
  });
  test('does not stay in doubt for longer than its longest limit: there is always a way out', () => {
    fc.assert(
      fc.property(spells, (sequence) => {
        const seen = watch(sequence);
        const lastPass = seen.findLast(({ kind }) => kind === 'pass');
        const doubts = seen.filter(({ now, kind }) => kind === 'inconclusive' && now > (lastPass?.now ?? 0));
        expect((doubts.at(-1)?.now ?? 0) - (doubts[0]?.now ?? 0)).toBeLessThan(limits.limitMs);
      }),
    );
  });
});

describe('an automatic rollback', () => {
  const views = fc
    .record({ policy: fc.constantFrom('compare', 'restore', 'hold'), black: blacks, red: reds })
    .map(({ policy, black, red }): RestoreView => ({
      ...{ policy: policy, windows: [...black, ...red] },
      ...{ now: START, maxAgeMs: MAX_AGE, aborted: false },
    }));
  const rate = ({ windows, now, maxAgeMs }: RestoreView, side: 'red' | 'black'): number => {
    const fresh = windows
      .filter((window) => window.side === side)
      .flatMap(({ observations }) => observations.filter(({ at }) => at >= now - maxAgeMs));
    return fresh.filter(({ ok }) => ok).length / fresh.length; // NaN where there are none
  };

  test('goes to red whenever an operator asks, or the policy says so (D3, D8)', () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(mayRestore({ ...view, aborted: true }).kind).toBe('restore');
        expect(mayRestore({ ...view, policy: 'restore' }).kind).toBe('restore');
      }),
    );
  });
  test('waits for no measurement: what is missing or old stops none (D8)', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 1, max: 1e9 }), (view, late) => {
        expect(mayRestore({ ...view, windows: [] }).kind).toBe('restore');
        expect(mayRestore({ ...view, now: START + MAX_AGE + late }).kind).toBe('restore');
      }),
    );
  });
  test('by comparison stops only before a red that answers less than black', () => {
    fc.assert(
      fc.property(views, (view) => {
        const { kind } = mayRestore({ ...view, policy: 'compare' });
        if (kind === 'stop') expect(rate(view, 'red')).toBeLessThan(rate(view, 'black'));
      }),
    );
  });
  test('is stopped by no answer of red, and by no failure of black', () => {
    fc.assert(
      fc.property(views, fc.nat(), (view, which) => {
        fc.pre(mayRestore(view).kind === 'restore');
        const better = view.windows.map((window, index) => ({
          ...window,
          observations: window.observations.map((one, place) =>
            (index + place) % 3 === which % 3 ? { ...one, ok: window.side === 'red' } : one,
          ),
        }));
        expect(mayRestore({ ...view, windows: better }).kind).toBe('restore');
      }),
    );
  });
});

test('a preflight that passes has seen every value pass as often, as long and as lately as was asked for', () => {
  const asked = fc.record({
    inARow: fc.integer({ min: 1, max: 6 }),
    overMs: fc.constantFrom(0, 5_000, 10_000, 20_000),
    maxAgeMs: fc.integer({ min: 0, max: 60_000 }),
    late: fc.integer({ min: 0, max: 60_000 }),
  });
  fc.assert(
    fc.property(blacks, reds, asked, (black, red, { late, ...limits }) => {
      const view: PreflightView = { windows: [...black, ...red], ...limits, now: START + late };
      if (preflight(view).kind !== 'pass') return;
      for (const { observations } of view.windows) {
        const asMany = observations.slice(-view.inARow);
        expect(asMany.map(({ ok }) => ok)).toEqual(Array.from({ length: view.inARow }, () => true));
        expect(view.now - asMany.at(-1)!.at).toBeLessThanOrEqual(view.maxAgeMs);
        const passes = observations.slice(observations.findLastIndex(({ ok }) => !ok) + 1);
        expect(passes.at(-1)!.at - passes[0]!.at).toBeGreaterThanOrEqual(view.overMs);
      }
    }),
    { numRuns: 2_000 },
  );
});
