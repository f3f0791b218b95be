import type { Fault } from '../../sandbox/faults.ts';
import type { MetricsSandbox } from '../../sandbox/metrics.ts';
import type { Pace } from '../../src/contracts/deploy.ts';
import type {
  AlarmGate,
  CompareGate,
  MetricQuery,
  ShareGate,
  ThresholdGate,
} from '../../src/core/metrics/metric-gate.ts';

/** The error ratio of a side, as a test asks for it; what it answers is told to the stand-in. */
export const RATIO = 'errors{side="$side"} / requests{side="$side"}';
export const ratioOf = (side: 'black' | 'red'): string => RATIO.replaceAll('$side', side);

/** Each answer of the provider takes longer than two probes, as long as a stretch of a hold that waits would be without gates on metrics. */
export const SLOW: Fault = { kind: 'slow', ms: 400 };

/** A pace of which a look at a slow provider is the longest part. */
export const withSlowLooks = (pace: Pace): Pace => ({
  ...pace,
  probeEveryMs: 50,
  probeTimeoutMs: 500,
  stretch: { ...pace.stretch, minMs: 900 },
  inconclusive: { limitMs: 6_000, limitAtFullMs: 6_000 },
});

/** Gates that ask a sandbox, at the pace of a test. */
export function gatesOn({ prometheus }: { readonly prometheus: Pick<MetricsSandbox['prometheus'], 'url'> }) {
  const query = (text: string, secret: string | null = null): MetricQuery => ({
    provider: { kind: 'prometheus', name: 'prom', url: prometheus.url, secret },
    text,
    metrics: [],
  });
  const base = { weight: 'critical', share: null, waitMs: null } as const;
  return {
    query,
    threshold: (overrides: Partial<ThresholdGate> = {}): ThresholdGate => ({
      ...base,
      kind: 'threshold',
      name: 'errors',
      query: query(RATIO),
      failWhen: { operator: '>', bound: 0.01 },
      samples: { bad: 2, of: 3, min: 3, afterMs: 0, everyMs: 50 },
      ...overrides,
    }),
    alarm: (overrides: Partial<AlarmGate> = {}): AlarmGate => ({
      ...base,
      kind: 'alarm',
      name: 'alarm',
      alarm: 'www-5xx',
      region: null,
      everyMs: 50,
      accepted: false,
      ...overrides,
    }),
    compare: (overrides: Partial<CompareGate> = {}): CompareGate => ({
      ...base,
      kind: 'compare',
      name: 'worse',
      errors: query('errors{side="$side"}[$tick]'),
      requests: query('requests{side="$side"}[$tick]'),
      tickMs: 50,
      alpha: 0.05,
      minEffect: 1.2,
      minRequests: 300,
      ...overrides,
    }),
    share: (overrides: Partial<ShareGate> = {}): ShareGate => ({
      ...base,
      kind: 'share',
      name: 'observed share',
      requests: query('requests{side="$side"}[$tick]'),
      tickMs: 50,
      tolerance: 0.5,
      ...overrides,
    }),
  };
}
