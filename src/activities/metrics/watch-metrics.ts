/**
 * Measures the gates of a stretch, each in its own rhythm.
 *
 * D7 What is cut off by the end of the stretch has not been seen; what was seen goes on in the next attempt, stretch or worker.
 */
import type { MetricsWatched, MetricStretch } from '../../contracts/deploy-activities.ts';
import { judgeGate, nextLookMs, startGate, type GateState, type StepView } from '../../core/metrics/gate-state.ts';
import type { MetricReading } from '../../core/metrics/metric-gate.ts';
import { never, type Pulse } from '../pulse.ts';
import type { MetricLook } from './metric-looks.ts';

/** Of each gate what is carried, or a beginning. */
export function startMetrics(
  { gates, states }: MetricStretch,
  carried: readonly GateState[] | undefined,
): readonly GateState[] {
  const known = carried ?? states;
  return gates.map(
    (gate) =>
      known.find((state) => state.gate === gate.name && state.kind === gate.kind) ??
      startGate(gate, { baselines: [], before: [] }),
  );
}

/** Judges all gates at one moment. */
export function judgeMetrics(
  { gates, waived = [] }: Pick<MetricStretch, 'gates' | 'waived'>,
  states: readonly GateState[],
  view: StepView,
): MetricsWatched {
  const judged = gates.flatMap((gate, index) => {
    const state = states[index];
    return state === undefined ? [] : [judgeGate(gate, state, view)];
  });
  return { states: judged.map(({ state }) => state), readings: judged.map(({ reading }) => marked(reading, waived)) };
}

const marked = (reading: MetricReading, waived: readonly string[]): MetricReading =>
  waived.includes(reading.gate) ? { ...reading, waived: true } : reading;

/** How looks reach whoever judges: the newest state is read before a look and replaced after it. */
export interface Seen {
  state(index: number): GateState | undefined;
  see(index: number, state: GateState): void;
}

/** Asks every gate at its times. Never fulfilled: it rejects when the pulse ends. */
export async function measureInRhythm(
  looks: readonly MetricLook[],
  { pulse, sinceMs }: { readonly pulse: Pulse; readonly sinceMs: number },
  seen: Seen,
): Promise<never> {
  const rhythms = looks.map(async (look, index): Promise<never> => {
    for (;;) {
      const state = seen.state(index);
      if (state === undefined) throw new Error(`the gate ${look.gate.name} has no state`);
      await pulse.sleep(Math.max(0, nextLookMs(look.gate, state, sinceMs) - pulse.now()));
      const next = await look.look(state, { pulse, sinceMs });
      await pulse.sleep(0); // what was cut off by the end of the pulse has not been seen
      seen.see(index, next);
    }
  });
  return Promise.race([...rhythms, never(pulse)]);
}

/** Asks every gate once, at once. */
export async function measureOnce(
  looks: readonly MetricLook[],
  { pulse, sinceMs }: { readonly pulse: Pulse; readonly sinceMs: number },
  seen: Seen,
): Promise<void> {
  await Promise.all(
    looks.map(async (look, index) => {
      const state = seen.state(index);
      if (state !== undefined) seen.see(index, await look.look(state, { pulse, sinceMs }));
    }),
  );
}
