import fc from 'fast-check';
import type { Tick } from '../../../src/core/metrics/compare-sides.ts';
import {
  judgeGate,
  noteAlarm,
  noteMeasured,
  noteServed,
  noteTicks,
  startGate,
  type GateState,
  type StepView,
} from '../../../src/core/metrics/gate-state.ts';
import type { MetricGate } from '../../../src/core/metrics/metric-gate.ts';
import { gatesOn } from '../../support/metric-gates.ts';

/** What a gate takes from one step to the next, and what it must not. */

const SYNC = Date.UTC(2026, 0, 2, 12, 14, 1);
const LATER = SYNC + 600_000;
const gates = gatesOn({ prometheus: { url: 'http://prom' } });

const viewAt = (sinceMs: number, now = sinceMs): StepView => ({
  ...{ now, sinceMs, holdMs: 300_000, share: 50, limitMs: 600_000, timeoutMs: 6_000 },
});

const first = (gate: MetricGate): GateState => startGate(gate, { baselines: [], before: [] });
const next = (gate: MetricGate, before: GateState): GateState => startGate(gate, { baselines: [], before: [before] });
const kindOf = (gate: MetricGate, state: GateState, view: StepView) =>
  judgeGate(gate, state, view).reading.verdict.kind;

type Of<K extends GateState['kind']> = GateState & { readonly kind: K };

function must<K extends GateState['kind']>(state: GateState, kind: K): Of<K> {
  if (state.kind !== kind) throw new Error(`not ${kind}, ${state.kind}`);
  return state as Of<K>;
}

/** Ticks of a gate, each read by itself, from a moment on. */
function counted(state: GateState, ticks: readonly Tick[], from: number): GateState {
  return ticks.reduce((before, tick, index) => {
    const at = from + (index + 1) * gate.tickMs;
    return noteTicks(gate, must(before, 'compare'), { ticks: [{ ...tick, at }], blind: null, at });
  }, state);
}

const gate = gates.compare({ minRequests: 1 });
const tick = (errors: number): Tick => ({ black: { requests: 100, errors }, red: { requests: 100, errors: 1 } });

describe('a comparison', () => {
  const sideCounts = fc.record({ requests: fc.nat(200), errors: fc.nat(20) });
  const ticks = fc.array(fc.record({ black: sideCounts, red: sideCounts }), { maxLength: 12 });

  test('goes on from step to step: it finds what it would have found in one', () => {
    fc.assert(
      fc.property(ticks, fc.nat(12), (all, cut) => {
        const atOnce = must(counted(first(gate), all, SYNC), 'compare');
        const before = counted(first(gate), all.slice(0, cut), SYNC);
        const split = must(counted(next(gate, before), all.slice(cut), LATER), 'compare');
        expect(split.comparison).toEqual(atOnce.comparison);
      }),
    );
  });

  test('adds up harm that no step alone proves, and restores red for it (D3)', () => {
    const after = (ticks: number, state = first(gate), sinceMs = SYNC) => {
      const seen = counted(state, Array<Tick>(ticks).fill(tick(5)), sinceMs);
      return { seen, kind: kindOf(gate, seen, viewAt(sinceMs, sinceMs + ticks * gate.tickMs)) };
    };
    const most = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].findLast((ticks) => after(ticks).kind === 'pass') ?? 0;
    expect([most, after(most + 1).kind]).toEqual([expect.any(Number), 'fail']);
    expect(most).toBeGreaterThan(1);
    const before = after(most).seen;
    expect(after(most - 1, next(gate, before), LATER).kind).toBe('fail');
    expect(after(most - 1).kind).toBe('pass');
  });

  test('is no pass at a step before a tick of that very step was read (D7)', () => {
    const before = counted(first(gate), Array<Tick>(10).fill(tick(1)), SYNC);
    expect(kindOf(gate, before, viewAt(SYNC, SYNC + 500))).toBe('pass');
    // At once: what the step before read is not old yet.
    expect(kindOf(gate, next(gate, before), viewAt(SYNC + 500))).toBe('inconclusive');
  });

  test.each([
    ['CloudWatch is waited for as long as its periods take to show', 'cloudwatch', 'pass'],
    ['any other provider is not', 'prometheus', 'inconclusive'],
  ] as const)('whose newest tick is four minutes old: %s (D7)', (_name, kind, verdict) => {
    const provider = kind === 'cloudwatch' ? ({ kind, name: 'aws', region: null } as const) : gate.requests.provider;
    const asked = { ...gate, tickMs: 60_000, requests: { ...gate.requests, provider } };
    const seen = counted(first(asked), [tick(1)], SYNC - 60_000);
    expect(kindOf(asked, seen, viewAt(SYNC, SYNC + 240_000))).toBe(verdict);
  });
});

describe('a bound, and a share', () => {
  const bound = gates.threshold({ samples: { bad: 2, of: 3, min: 2, afterMs: 0, everyMs: 50 } });
  const share = gates.share();

  test.each([0.001, 0.2])('know nothing of the step before, whether its samples were good or bad: %d (D7)', (value) => {
    const sampled = [50, 100, 150].reduce((state, after) => {
      const at = SYNC + after;
      const measured = { kind: 'samples', samples: [{ at, value }] } as const;
      return noteMeasured(bound, must(state, 'threshold'), { measured, at, sinceMs: SYNC });
    }, first(bound));
    expect(kindOf(bound, sampled, viewAt(SYNC, SYNC + 150))).toBe(value > 0.01 ? 'fail' : 'pass');
    expect(kindOf(bound, next(bound, sampled), viewAt(SYNC + 150))).toBe('inconclusive');
  });

  test('a share that was right before is counted anew (D7)', () => {
    const served = { at: SYNC, black: 50, red: 50 };
    const seen = noteServed(must(first(share), 'share'), { served, blind: null, at: SYNC });
    expect(kindOf(share, seen, viewAt(SYNC))).toBe('pass');
    expect(kindOf(share, next(share, seen), viewAt(SYNC))).toBe('inconclusive');
  });

  test('a silence of the step before is not counted against the next one', () => {
    const silent = judgeGate(bound, first(bound), viewAt(SYNC)).state;
    expect(kindOf(bound, silent, viewAt(SYNC, SYNC + 700_000))).toBe('fail');
    expect(kindOf(bound, next(bound, silent), viewAt(SYNC + 700_000))).toBe('inconclusive');
  });
});

describe('an alarm', () => {
  const alarm = gates.alarm({ accepted: true });
  const saw = (state: GateState, said: 'OK' | 'ALARM') =>
    noteAlarm(must(state, 'alarm'), { kind: 'state', state: said, why: '' }, SYNC);

  test('that was OK at an earlier step is excused no more at any later one (D7)', () => {
    const later = next(alarm, next(alarm, saw(saw(first(alarm), 'ALARM'), 'OK')));
    expect(kindOf(alarm, saw(later, 'ALARM'), viewAt(SYNC))).toBe('fail');
  });

  test('that was accepted and never OK stays excused from step to step', () => {
    const later = next(alarm, saw(first(alarm), 'ALARM'));
    expect(kindOf(alarm, saw(later, 'ALARM'), viewAt(SYNC))).toBe('pass');
  });

  test('is read anew at each step (D7)', () => {
    expect(kindOf(alarm, next(alarm, saw(first(alarm), 'OK')), viewAt(SYNC))).toBe('inconclusive');
  });
});
