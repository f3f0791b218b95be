import { metricTimeoutMs } from '../../contracts/deploy.ts';
import type { CheckMetricsInput, MetricsChecked } from '../../contracts/deploy-activities.ts';
import type { Baseline, MetricReading } from '../../core/metrics/metric-gate.ts';
import { measureDispersion } from '../../core/metrics/dispersion.ts';
import { mayBegin } from '../../core/metrics/may-begin.ts';
import { beating, withPartPulse, type Pulse } from '../pulse.ts';
import { makeLooks, type MetricLook } from './metric-looks.ts';
import type { MetricDeps } from './metric-provider.ts';

/**
 * Asks every gate once before the first write, and again until `limitMs` where it could not be looked at; what is still dark then is said to be (D7).
 * Measures on red how its errors come in bursts, for the gates that compare.
 */
export async function checkMetrics(deps: MetricDeps, input: CheckMetricsInput, pulse: Pulse): Promise<MetricsChecked> {
  const { gates, sides, role, pace } = input;
  const looks = await makeLooks(deps, { gates, sides, role, timeoutMs: metricTimeoutMs(pace) });
  return withPartPulse(pulse, (part) =>
    beating(part, async () => ({
      readings: await Promise.all(looks.map((look) => firstReading(look, input, part))),
      baselines: (await Promise.all(looks.map((look) => baselineOf(look, part)))).flat(),
    })),
  );
}

async function firstReading(
  look: MetricLook,
  { pace, limitMs }: CheckMetricsInput,
  pulse: Pulse,
): Promise<MetricReading> {
  const until = pulse.now() + limitMs;
  for (;;) {
    const verdict = mayBegin(look.gate, await look.first(pulse));
    await pulse.sleep(0); // what was cut off by the end of the pulse has not been seen
    const { name, kind, weight } = look.gate;
    const late = verdict.kind === 'inconclusive' && pulse.now() + pace.probeEveryMs > until;
    if (verdict.kind !== 'inconclusive' || late) return { gate: name, kind, weight, verdict, late: false, values: [] };
    await pulse.sleep(pace.probeEveryMs);
  }
}

async function baselineOf(look: MetricLook, pulse: Pulse): Promise<readonly Baseline[]> {
  if (look.gate.kind !== 'compare') return [];
  return [{ gate: look.gate.name, dispersion: measureDispersion(await look.history(pulse)) }];
}
