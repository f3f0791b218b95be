/**
 * One look at a gate: what it asks, of whom, and what came of it. It judges nothing.
 *
 * D7 A look that is late, cut off or refused gives no number.
 */
import type { ProbeSide } from '../../contracts/deploy-activities.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { Tick } from '../../core/metrics/compare-sides.ts';
import { fillQuery } from '../../core/metrics/fill-query.ts';
import { noteAlarm, noteMeasured, noteServed, noteTicks, type GateState } from '../../core/metrics/gate-state.ts';
import type { FirstLook } from '../../core/metrics/may-begin.ts';
import type {
  AlarmGate,
  CompareGate,
  Measured,
  MetricGate,
  MetricQuery,
  Provider,
  Sample,
  ShareGate,
  ThresholdGate,
  Window,
} from '../../core/metrics/metric-gate.ts';
import type { SideCount } from '../../core/metrics/side-count.ts';
import { withTimeLimit } from '../linked-signal.ts';
import { probeTargets } from '../probe-targets.ts';
import type { Pulse } from '../pulse.ts';
import { readAlarm } from './cloudwatch.ts';
import { couldNotLook, type FilledQuery, type MetricDeps, type MetricProvider } from './metric-provider.ts';
import { openProvider } from './providers.ts';

/** One gate that can be asked. */
export interface MetricLook {
  readonly gate: MetricGate;
  /** Asks it now, and adds what came of it. */
  look(state: GateState, around: Around): Promise<GateState>;
  /** Asks it before the first write. */
  first(pulse: Pulse): Promise<FirstLook>;
  /** What red answered in the ticks before now; of a gate that compares nothing, nothing. */
  history(pulse: Pulse): Promise<readonly SideCount[]>;
}

/** The moment of a look. */
export interface Around {
  readonly pulse: Pulse;
  /** When the step was in sync. */
  readonly sinceMs: number;
}

export interface LookInput {
  readonly gates: readonly MetricGate[];
  readonly sides: readonly ProbeSide[];
  /** Whose credentials ask CloudWatch where the gate names no others; the worker's own without it. */
  readonly role?: string | undefined;
  /** How long one look may take. */
  readonly timeoutMs: number;
}

/** @throws Refused where the worker's configuration does not allow what a gate asks for (A4). */
export async function makeLooks(deps: MetricDeps, input: LookInput): Promise<readonly MetricLook[]> {
  const targets = probeTargets(input.sides);
  const valuesOf = (side: Side): readonly string[] =>
    targets.filter((target) => target.side === side).map(({ value }) => value);
  const tools = { deps, valuesOf, role: input.role, timeoutMs: input.timeoutMs };
  return Promise.all(input.gates.map((gate) => lookOf(tools, gate)));
}

type Side = 'black' | 'red';

interface Tools {
  readonly deps: MetricDeps;
  readonly role: string | undefined;
  readonly valuesOf: (side: Side) => readonly string[];
  readonly timeoutMs: number;
}

async function lookOf(tools: Tools, gate: MetricGate): Promise<MetricLook> {
  switch (gate.kind) {
    case 'threshold':
      return thresholdLook(gate, await askerOf(tools, gate.query, gate.samples.everyMs));
    case 'alarm':
      return alarmLook(tools, gate);
    case 'compare': {
      const errors = await askerOf(tools, gate.errors, gate.tickMs);
      return compareLook(gate, { errors, requests: await askerOf(tools, gate.requests, gate.tickMs) });
    }
    case 'share':
      return shareLook(gate, await askerOf(tools, gate.requests, gate.tickMs));
    default:
      return assertNever(gate);
  }
}

/** Asks one query of one side. */
type Asker = (side: Side, window: Window, pulse: Pulse) => Promise<Measured>;

async function askerOf({ deps, role, valuesOf, timeoutMs }: Tools, query: MetricQuery, tickMs: number): Promise<Asker> {
  const provider = await openProvider(deps, asRole(query.provider, role));
  return async (side, window, pulse) => {
    const filled = filledQuery(query, { side, values: valuesOf(side), tickMs });
    if (filled === null) return couldNotLook(`the values of ${side} cannot stand in a query`);
    return withTimeLimit(pulse.signal, timeoutMs, (signal) => inTime({ provider, timeoutMs, signal }, filled, window));
  };
}

const asRole = (provider: Provider, role: string | undefined): Provider =>
  provider.kind === 'cloudwatch' && provider.role === undefined && role !== undefined
    ? { ...provider, role }
    : provider;

/** A provider that ignores its signal is late all the same. */
function inTime(
  {
    provider,
    timeoutMs,
    signal,
  }: { readonly provider: MetricProvider; readonly timeoutMs: number; readonly signal: AbortSignal },
  query: FilledQuery,
  window: Window,
): Promise<Measured> {
  const late = new Promise<Measured>((resolve) => {
    signal.addEventListener('abort', () => resolve(couldNotLook(`no answer within ${timeoutMs} ms`)), { once: true });
  });
  return Promise.race([late, provider.measure(query, window, signal)]);
}

function filledQuery(
  { provider, text, metrics }: MetricQuery,
  words: Parameters<typeof fillQuery>[1],
): FilledQuery | null {
  const filled = fillQuery(text, words);
  const url = provider.kind === 'cloudwatch' ? '' : fillQuery(provider.url, words);
  const inDimensions = metrics.map((metric) => {
    const entries = Object.entries(metric.dimensions).map(([name, value]) => [name, fillQuery(value, words)] as const);
    return { metric, entries };
  });
  if (
    filled === null ||
    url === null ||
    inDimensions.some(({ entries }) => entries.some(([, value]) => value === null))
  )
    return null;
  return {
    text: filled,
    url,
    metrics: inDimensions.map(({ metric, entries }) => ({
      ...metric,
      dimensions: Object.fromEntries(entries.map(([name, value]) => [name, value ?? ''])),
    })),
  };
}

const moment = (at: number, stepMs: number): Window => ({ fromMs: at, toMs: at, stepMs });

function thresholdLook(gate: ThresholdGate, ask: Asker): MetricLook {
  const measure = (pulse: Pulse): Promise<Measured> => ask('black', moment(pulse.now(), gate.samples.everyMs), pulse);
  return {
    gate,
    first: async (pulse) => ({ kind: 'measured', answers: [await measure(pulse)] }),
    history: () => Promise.resolve([]),
    look: async (state, { pulse, sinceMs }) => {
      if (state.kind !== 'threshold') return state;
      const at = pulse.now();
      return noteMeasured(gate, state, { measured: await measure(pulse), at, sinceMs });
    },
  };
}

function alarmLook({ deps, role, timeoutMs }: Tools, gate: AlarmGate): MetricLook {
  const client = deps.cloudwatch.inRole(gate.role ?? role).client(gate.region);
  const read = (pulse: Pulse) =>
    withTimeLimit(pulse.signal, timeoutMs, (signal) => readAlarm(client, gate.alarm, signal));
  return {
    gate,
    first: async (pulse) => ({ kind: 'alarm', look: await read(pulse) }),
    history: () => Promise.resolve([]),
    look: async (state, { pulse }) =>
      state.kind === 'alarm' ? noteAlarm(state, await read(pulse), pulse.now()) : state,
  };
}

/** Ticks that were missed are read later, at most so many at once. */
const MOST_TICKS = 10;
/** Ticks of red before the first write: what its bursts are measured on. */
const HISTORY_TICKS = 30;

interface CompareAskers {
  readonly errors: Asker;
  readonly requests: Asker;
}

function compareLook(gate: CompareGate, ask: CompareAskers): MetricLook {
  return {
    gate,
    first: async (pulse) => ({
      kind: 'measured',
      answers: await both(ask, 'red', moment(pulse.now(), gate.tickMs), pulse),
    }),
    history: async (pulse) => {
      const toMs = pulse.now();
      const window = { fromMs: toMs - (HISTORY_TICKS - 1) * gate.tickMs, toMs, stepMs: gate.tickMs };
      return [...countsOf(await both(ask, 'red', window, pulse)).values()];
    },
    look: async (state, { pulse, sinceMs }) => {
      if (state.kind !== 'compare') return state;
      const at = pulse.now();
      const window = ticksDue(gate, state.tickedMs, { sinceMs, now: at });
      if (window === null) return noteTicks(gate, state, { ticks: [], blind: null, at });
      const [black, red] = await Promise.all([both(ask, 'black', window, pulse), both(ask, 'red', window, pulse)]);
      return noteTicks(gate, state, { ticks: ticksOf(black, red), blind: blindness(black, red), at });
    },
  };
}

/** The whole ticks that have ended and were not read yet; they end by the clock, never at an error. */
function ticksDue(
  { tickMs }: CompareGate,
  tickedMs: number | null,
  { sinceMs, now }: { readonly sinceMs: number; readonly now: number },
): Window | null {
  const toMs = sinceMs + Math.floor((now - sinceMs) / tickMs) * tickMs;
  const fromMs = Math.max((tickedMs ?? sinceMs) + tickMs, toMs - (MOST_TICKS - 1) * tickMs);
  return fromMs > toMs ? null : { fromMs, toMs, stepMs: tickMs };
}

function both(
  { errors, requests }: CompareAskers,
  side: Side,
  window: Window,
  pulse: Pulse,
): Promise<readonly [Measured, Measured]> {
  return Promise.all([requests(side, window, pulse), errors(side, window, pulse)]);
}

/** Counts by their time: requests and errors of one tick belong together. */
function countsOf([requests, errors]: readonly [Measured, Measured]): ReadonlyMap<number, SideCount> {
  const failed = new Map(samplesOf(errors).map(({ at, value }) => [at, value]));
  return new Map(
    samplesOf(requests).flatMap(({ at, value }) => {
      const found = failed.get(at);
      return found === undefined ? [] : [[at, { requests: value, errors: found }] as const];
    }),
  );
}

const samplesOf = (measured: Measured): readonly Sample[] => (measured.kind === 'samples' ? measured.samples : []);

function ticksOf(
  black: readonly [Measured, Measured],
  red: readonly [Measured, Measured],
): readonly (Tick & { readonly at: number })[] {
  const ofRed = countsOf(red);
  return [...countsOf(black)]
    .flatMap(([at, count]) => {
      const other = ofRed.get(at);
      return other === undefined ? [] : [{ at, black: count, red: other }];
    })
    .sort((one, other) => one.at - other.at);
}

function blindness(black: readonly Measured[], red: readonly Measured[]): string | null {
  const silent = (side: Side, answers: readonly Measured[]): readonly string[] =>
    answers.flatMap((answer) => (answer.kind === 'samples' ? [] : [`${side}: ${answer.why}`]));
  return [...silent('black', black), ...silent('red', red)][0] ?? null;
}

function shareLook(gate: ShareGate, ask: Asker): MetricLook {
  const measure = (pulse: Pulse): Promise<readonly [Measured, Measured]> => {
    const window = moment(pulse.now(), gate.tickMs);
    return Promise.all([ask('black', window, pulse), ask('red', window, pulse)]);
  };
  return {
    gate,
    first: async (pulse) => ({ kind: 'measured', answers: await measure(pulse) }),
    history: () => Promise.resolve([]),
    look: async (state, { pulse }) => {
      if (state.kind !== 'share') return state;
      const at = pulse.now();
      const [ofBlack, ofRed] = await measure(pulse);
      const [black, red] = [samplesOf(ofBlack).at(-1)?.value, samplesOf(ofRed).at(-1)?.value];
      if (black === undefined || red === undefined)
        return noteServed(state, { served: null, blind: blindness([ofBlack], [ofRed]), at });
      if (!(black >= 0 && red >= 0 && black + red > 0))
        return noteServed(state, { served: null, blind: 'no request of either side has been counted', at });
      return noteServed(state, { served: { at, black, red }, blind: null, at });
    },
  };
}
