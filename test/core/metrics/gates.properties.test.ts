import fc from 'fast-check';
import type { Verdict } from '../../../src/core/dns/gate.ts';
import {
  judgeGate,
  nextLookMs,
  noteAlarm,
  noteMeasured,
  startGate,
  type GateState,
  type StepView,
} from '../../../src/core/metrics/gate-state.ts';
import { mayBegin, type FirstLook } from '../../../src/core/metrics/may-begin.ts';
import type { AlarmGate, AlarmLook, Measured, ThresholdGate } from '../../../src/core/metrics/metric-gate.ts';
import type { SampleRule } from '../../../src/core/metrics/metric-rule.ts';
import { weighVerdicts, type Weighed } from '../../../src/core/metrics/weigh-verdicts.ts';

/** What no example can show: whatever was measured, in whatever order, a gate on a metric cannot be talked into more than was seen. */

const SYNC = Date.UTC(2026, 0, 2, 12, 14, 1);
const EVERY = 15_000;
const VIEW: StepView = { now: SYNC, sinceMs: SYNC, holdMs: 300_000, share: 50, limitMs: 600_000, timeoutMs: 6_000 };

const rules = fc
  .record({ bad: fc.integer({ min: 1, max: 5 }), more: fc.integer({ min: 0, max: 4 }), min: fc.nat(8) })
  .map(({ bad, more, min }): SampleRule => ({ bad, of: bad + more, min, afterMs: 0, everyMs: EVERY }));

const gateWith = (samples: SampleRule, over: Partial<ThresholdGate> = {}): ThresholdGate => ({
  kind: 'threshold',
  name: 'errors',
  weight: 'critical',
  share: null,
  waitMs: null,
  query: { provider: { kind: 'prometheus', name: 'prom', url: 'http://prom', secret: null }, text: 'x', metrics: [] },
  failWhen: { operator: '>', bound: 0.01 },
  samples,
  ...over,
});

/** What one look gave: a number on either side of the bound, or none. */
type Look = 'good' | 'bad' | 'no data' | 'not seen';
const looks = fc.array(fc.constantFrom<Look>('good', 'good', 'bad', 'no data', 'not seen'), { maxLength: 25 });

const timeOf = (index: number): number => SYNC + index * EVERY;

function measured(look: Look, at: number): Measured {
  if (look === 'no data') return { kind: 'no-data', why: 'no series' };
  if (look === 'not seen') return { kind: 'could-not-look', why: 'HTTP 503' };
  return { kind: 'samples', samples: [{ at, value: look === 'bad' ? 0.2 : 0.001 }] };
}

function note(gate: ThresholdGate, state: GateState, { look, at }: { look: Look; at: number }): GateState {
  if (state.kind !== 'threshold') throw new Error('another gate');
  return noteMeasured(gate, state, { measured: measured(look, at), at, sinceMs: SYNC });
}

const begin = (gate: ThresholdGate): GateState => startGate(gate, { baselines: [], before: [] });

const seen = (gate: ThresholdGate, all: readonly Look[]): GateState =>
  all.reduce((state, look, index) => note(gate, state, { look, at: timeOf(index) }), begin(gate));

/** The verdict right after the last look. */
function judged(gate: ThresholdGate, all: readonly Look[]): Verdict['kind'] {
  const view = { ...VIEW, now: timeOf(Math.max(0, all.length - 1)) };
  return judgeGate(gate, seen(gate, all), view).reading.verdict.kind;
}

const isNumber = (look: Look): boolean => look === 'good' || look === 'bad';

describe('a bound on a metric', () => {
  test('passes only on enough numbers, and would if every look without one had been bad (D7)', () => {
    fc.assert(
      fc.property(looks, rules, (all, rule) => {
        if (judged(gateWith(rule), all) !== 'pass') return;
        const newest = all.slice(-rule.of);
        expect(newest.length).toBeGreaterThan(0);
        expect(all.filter(isNumber).length).toBeGreaterThanOrEqual(rule.min);
        expect(newest.filter((look) => look !== 'good').length).toBeLessThan(rule.bad);
      }),
    );
  });

  test('fails at once at M bad numbers of the newest N, and never without them', () => {
    fc.assert(
      fc.property(looks, rules, (all, rule) => {
        const bad = all.slice(-rule.of).filter((look) => look === 'bad').length;
        expect(judged(gateWith(rule), all) === 'fail').toBe(bad >= rule.bad);
      }),
    );
  });

  test('is not made better by a look that gave nothing, or a bad number, in place of a good one', () => {
    const RANK = { pass: 0, inconclusive: 1, fail: 2 } as const;
    const worse = fc.constantFrom<Look>('bad', 'no data', 'not seen');
    fc.assert(
      fc.property(looks, rules, fc.tuple(fc.nat(), worse), (all, rule, [where, instead]) => {
        const index = where % Math.max(1, all.length);
        if (all[index] !== 'good') return;
        const after = all.map((look, at) => (at === index ? instead : look));
        const gate = gateWith(rule);
        expect(RANK[judged(gate, after)]).toBeGreaterThanOrEqual(RANK[judged(gate, all)]);
      }),
    );
  });

  test('says the same whether it was carried over stretches, attempts and workers, or watched at one go', () => {
    fc.assert(
      fc.property(looks, rules, (all, rule) => {
        const gate = gateWith(rule);
        const carried = all.reduce<GateState>(
          (state, look, index) =>
            note(gate, JSON.parse(JSON.stringify(state)) as GateState, { look, at: timeOf(index) }),
          begin(gate),
        );
        expect(carried).toEqual(seen(gate, all));
      }),
    );
  });

  test('takes nothing from before the step was in sync, and the same sample once (D7)', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 1e6 }), fc.nat(20), (rule, early, times) => {
        const gate = gateWith({ ...rule, min: Math.max(1, rule.min) });
        const old = { kind: 'samples', samples: [{ at: SYNC - early, value: 0.001 }] } as const;
        const state = Array.from({ length: times + 1 }).reduce<GateState>(
          (before, _look, index) =>
            before.kind === 'threshold'
              ? noteMeasured(gate, before, { measured: old, at: timeOf(index), sinceMs: SYNC })
              : before,
          begin(gate),
        );
        expect(judgeGate(gate, state, { ...VIEW, now: timeOf(times) }).reading.verdict.kind).toBe('inconclusive');
      }),
    );
  });

  test('is no pass any more once nothing has been measured for long, however well it went (D7)', () => {
    fc.assert(
      fc.property(looks, rules, fc.integer({ min: 1, max: 1e8 }), (all, rule, late) => {
        const maxAgeMs = 2 * (EVERY + VIEW.timeoutMs);
        const now = timeOf(all.length) + maxAgeMs + late;
        expect(judgeGate(gateWith(rule), seen(gateWith(rule), all), { ...VIEW, now }).reading.verdict.kind).not.toBe(
          'pass',
        );
      }),
    );
  });

  test('is asked for the first time after its delay, and blamed for no silence before that', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 0, max: 900_000 }), (rule, afterMs) => {
        const gate = gateWith({ ...rule, afterMs }, { waitMs: 60_000 });
        const state = begin(gate);
        expect(nextLookMs(gate, state, SYNC)).toBe(SYNC + afterMs);
        const first = judgeGate(gate, state, VIEW);
        const { late } = judgeGate(gate, first.state, { ...VIEW, now: SYNC + afterMs + 59_999 }).reading;
        expect(late).toBe(false);
      }),
    );
  });

  test('does not stay silent for longer than it may: then it fails, or somebody is asked, and it is never a pass (D7)', () => {
    const asks = fc.constantFrom<'approve' | undefined>('approve', undefined);
    fc.assert(
      fc.property(rules, fc.integer({ min: 0, max: 900_000 }), asks, (rule, waitMs, then) => {
        const gate = gateWith(rule, { waitMs, ...(then === undefined ? {} : { then }) });
        const first = judgeGate(gate, begin(gate), VIEW);
        const limit = Math.min(waitMs, VIEW.limitMs) + Math.max(0, rule.min - 1) * EVERY;
        const judgedAt = (now: number) => judgeGate(gate, first.state, { ...VIEW, now }).reading;
        expect(judgedAt(SYNC + limit).verdict.kind).toBe(then === 'approve' ? 'inconclusive' : 'fail');
        expect(judgedAt(SYNC + limit).late).toBe(true);
        if (limit > 0) expect(judgedAt(SYNC + limit - 1)).toMatchObject({ late: false });
      }),
    );
  });
});

test('an alarm passes only while it is OK, or was accepted and has never been OK since (D7)', () => {
  const said = fc.constantFrom<AlarmLook>(
    { kind: 'state', state: 'OK', why: 'fine' },
    { kind: 'state', state: 'ALARM', why: 'crossed' },
    { kind: 'state', state: 'INSUFFICIENT_DATA', why: 'nothing' },
    { kind: 'could-not-look', why: 'AccessDenied' },
  );
  fc.assert(
    fc.property(fc.array(said, { minLength: 1, maxLength: 12 }), fc.boolean(), (all, accepted) => {
      const gate: AlarmGate = {
        ...gateWith({ bad: 1, of: 1, min: 1, afterMs: 0, everyMs: EVERY }),
        kind: 'alarm',
        alarm: 'www-5xx',
        region: null,
        everyMs: EVERY,
        accepted,
      };
      const state = all.reduce<GateState>(
        (before, look, index) => (before.kind === 'alarm' ? noteAlarm(before, look, timeOf(index)) : before),
        startGate(gate, { baselines: [], before: [] }),
      );
      const { kind } = judgeGate(gate, state, { ...VIEW, now: timeOf(all.length - 1) }).reading.verdict;
      const last = all.at(-1);
      const stateOf = (look: AlarmLook | undefined) => (look?.kind === 'state' ? look.state : 'unseen');
      const excused = accepted && !all.some((look) => stateOf(look) === 'OK');
      if (stateOf(last) === 'OK') expect(kind).toBe('pass');
      else if (stateOf(last) === 'unseen') expect(kind).toBe('inconclusive');
      else if (stateOf(last) === 'ALARM') expect(kind).toBe(excused ? 'pass' : 'fail');
      else expect(kind === 'pass').toBe(excused);
    }),
  );
});

test('a dry run keeps no deployment from beginning, whatever it finds or cannot find', () => {
  const found = fc.constantFrom<FirstLook>(
    { kind: 'measured', answers: [{ kind: 'could-not-look', why: 'HTTP 503' }] },
    { kind: 'measured', answers: [{ kind: 'no-data', why: 'no series' }] },
  );
  fc.assert(
    fc.property(
      rules,
      found,
      fc.constantFrom<Weighed['weight']>('critical', 'counted', 'dry-run'),
      (rule, first, weight) => {
        const blind = first.kind === 'measured' && first.answers.some(({ kind }) => kind === 'could-not-look');
        const { kind } = mayBegin(gateWith(rule, { weight }), first);
        expect(kind).toBe(blind && weight !== 'dry-run' ? 'inconclusive' : 'pass');
      },
    ),
  );
});

describe('one verdict out of all', () => {
  const kinds = fc.constantFrom<Verdict['kind']>('pass', 'inconclusive', 'fail');
  const weighed = fc
    .record({
      kind: kinds,
      weight: fc.constantFrom<Weighed['weight']>('critical', 'counted', 'dry-run'),
      waived: fc.boolean(),
    })
    .map(({ kind, weight, waived }): Weighed => ({ gate: weight, weight, waived, verdict: { kind, reason: kind } }));
  const all = fc.record({
    probes: fc.option(kinds.map((kind): Verdict => ({ kind, reason: kind }))),
    metrics: fc.array(weighed, { maxLength: 6 }),
    mayFail: fc.nat(3),
  });

  test('is a pass only where nothing critical fails or is open, and too few counted ones could (D7)', () => {
    fc.assert(
      fc.property(all, (view) => {
        if (weighVerdicts(view).kind !== 'pass') return;
        const deciding = view.metrics.filter(({ waived, verdict }) => !(waived && verdict.kind === 'inconclusive'));
        const notPassed = (weight: Weighed['weight']) =>
          deciding.filter((one) => one.weight === weight && one.verdict.kind !== 'pass').length;
        expect(view.probes?.kind ?? 'pass').toBe('pass');
        expect(notPassed('critical')).toBe(0);
        expect(notPassed('counted')).toBeLessThanOrEqual(view.mayFail);
      }),
      { numRuns: 2_000 }, // most of what is drawn is no pass
    );
  });

  test('is the same without dry runs, and in whatever order gates are written', () => {
    fc.assert(
      fc.property(all, (view) => {
        const { kind } = weighVerdicts(view);
        const bare = view.metrics.filter(({ weight }) => weight !== 'dry-run');
        expect(weighVerdicts({ ...view, metrics: bare }).kind).toBe(kind);
        expect(weighVerdicts({ ...view, metrics: [...view.metrics].reverse() }).kind).toBe(kind);
      }),
    );
  });

  test('is not made a failure or a pass of by what somebody has approved to do without, once that speaks', () => {
    fc.assert(
      fc.property(all, (view) => {
        const asked = view.metrics.map((one) => ({ ...one, waived: false }));
        const speaking = view.metrics.every(({ verdict }) => verdict.kind !== 'inconclusive');
        if (speaking) expect(weighVerdicts(view).kind).toBe(weighVerdicts({ ...view, metrics: asked }).kind);
        if (weighVerdicts({ ...view, metrics: asked }).kind === 'fail') expect(weighVerdicts(view).kind).toBe('fail');
      }),
    );
  });
});
