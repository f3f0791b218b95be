import type { MetricReading } from './metric-gate.ts';
import { weighVerdicts } from './weigh-verdicts.ts';

/**
 * The gates that somebody is to be asked about: they have said nothing for too long, and the verdict hangs on them. Counted gates do so together: of
 * few enough that say nothing the verdict is a pass all the same, and nobody is asked.
 */
export function gatesToAsk(readings: readonly MetricReading[], mayFail: number): readonly string[] {
  const counted = readings.filter(({ weight }) => weight === 'counted');
  const isOpen = weighVerdicts({ probes: null, metrics: counted, mayFail }).kind === 'inconclusive';
  return readings
    .filter(({ weight }) => weight === 'critical' || (weight === 'counted' && isOpen))
    .filter(({ late, verdict, waived }) => late && verdict.kind === 'inconclusive' && waived !== true)
    .map(({ gate }) => gate);
}
