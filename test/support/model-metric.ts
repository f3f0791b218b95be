import { startPrometheus } from '../../sandbox/metrics/prometheus.ts';
import type { ThresholdGate } from '../../src/core/metrics/metric-gate.ts';
import { gatesOn, ratioOf } from './metric-gates.ts';

/** What is told of black's errors. */
export type Told = 'good' | 'bad' | 'no data' | 'unreadable';

/** A metric of black for one run, and everything that was told of it. */
export interface ModelMetric {
  readonly gate: ThresholdGate;
  /** With which a worker may ask it. */
  readonly env: Readonly<Record<string, string>>;
  tell(told: Told): void;
  /** Everything that it said at some time between two moments, milliseconds since the epoch. */
  between(from: number, to: number): readonly Told[];
  close(): Promise<void>;
}

/** How long the gate may say nothing; what comes of that is for the file to say. */
const WAIT_MS = 1_200;

export async function openMetric(first: Told, then: 'rollback' | 'approve'): Promise<ModelMetric> {
  const prometheus = await startPrometheus();
  const said: { readonly at: number; readonly told: Told }[] = [];
  const gate = gatesOn({ prometheus }).threshold({
    samples: { bad: 2, of: 3, min: 2, afterMs: 0, everyMs: 50 },
    waitMs: WAIT_MS,
    ...(then === 'approve' ? { then } : {}),
  });
  const tell = (told: Told): void => {
    said.push({ at: Date.now(), told });
    prometheus.faults.clear();
    if (told === 'unreadable') prometheus.faults.add({ operation: '*', fault: REFUSED, times: Infinity });
    else prometheus.answer(ratioOf('black'), VALUES[told]);
  };
  tell(first);
  return {
    gate,
    env: { SWITCHYARD_METRIC_HOSTS: new URL(prometheus.url).host },
    tell,
    between: (from, to) =>
      said.filter(({ at }, index) => at <= to && (said[index + 1]?.at ?? Infinity) >= from).map(({ told }) => told),
    close: () => prometheus.close(),
  };
}

const REFUSED = { kind: 'refuse', status: 503, code: 'unavailable' } as const;
const VALUES = { good: 0.001, bad: 0.9, 'no data': Number.NaN };
