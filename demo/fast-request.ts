import type { DeployRequest, Pace } from '../src/contracts/deploy.ts';
import type { MetricGate } from '../src/core/metrics/metric-gate.ts';

/** How many times faster than a real deployment the demo's runs: a hold of 2 min takes 6 s. */
export const SPEED = 20;

/**
 * The same deployment with every wait that many times shorter, so with the same order of times. How long a probe, a change
 * and a proof may take at most stays: this machine is not faster than others.
 */
export function fastRequest(request: DeployRequest, speed: number): DeployRequest {
  const faster = (ms: number | null): number | null => (ms === null ? null : ms / speed);
  return {
    ...request,
    holdMs: faster(request.holdMs),
    bakeMs: faster(request.bakeMs),
    ...(request.metricGates === undefined
      ? {}
      : { metricGates: request.metricGates.map((gate) => fastGate(gate, speed)) }),
    pace: fastPace(request.pace, speed),
  };
}

function fastGate(gate: MetricGate, speed: number): MetricGate {
  if (gate.kind !== 'threshold') return gate;
  const { afterMs, everyMs } = gate.samples;
  return { ...gate, samples: { ...gate.samples, afterMs: afterMs / speed, everyMs: everyMs / speed } };
}

function fastPace(pace: Pace, speed: number): Pace {
  return {
    ...pace,
    probeEveryMs: pace.probeEveryMs / speed,
    preflight: { ...pace.preflight, overMs: pace.preflight.overMs / speed },
    driftEveryMs: pace.driftEveryMs / speed,
    stretch: { minMs: pace.stretch.minMs / speed, maxMs: pace.stretch.maxMs / speed },
    insync: { ...pace.insync, pollMs: pace.insync.pollMs / speed },
    verify: { ...pace.verify, everyMs: pace.verify.everyMs / speed },
    retry: {
      firstMs: pace.retry.firstMs / speed,
      maxMs: pace.retry.maxMs / speed,
    },
  };
}
