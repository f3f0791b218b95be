import type { Observation } from '../core/dns/gate.ts';
import type { Probe } from './probes.ts';
import type { Pulse } from './pulse.ts';

/**
 * Asks every probe at a fixed rhythm of its own, so that a slow one never delays the others; one that outlasts the rhythm is asked again at once.
 * Never fulfilled: it rejects when the pulse ends.
 */
export async function probeInRhythm(
  probes: readonly Probe[],
  { pulse, everyMs }: { readonly pulse: Pulse; readonly everyMs: number },
  see: (observations: readonly Observation[]) => void,
): Promise<never> {
  const rhythms = probes.map(async (probe): Promise<never> => {
    for (;;) {
      const startedAt = pulse.now();
      const observations = await probe.ask(pulse);
      await pulse.sleep(0); // what was cut off by the end of the pulse has not been seen
      see(observations);
      await pulse.sleep(Math.max(0, startedAt + everyMs - pulse.now()));
    }
  });
  return Promise.race(rhythms);
}
