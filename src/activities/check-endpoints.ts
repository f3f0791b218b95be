import type { Checked, CheckInput } from '../contracts/deploy-activities.ts';
import type { FailRule, ProbeWindow, Verdict } from '../core/dns/gate.ts';
import { preflight } from '../core/dns/preflight.ts';
import { addObservation, ofSide } from '../core/dns/probe-windows.ts';
import { makeProbes, type ProbeDeps } from './probes.ts';
import { probeInRhythm } from './probe-rhythm.ts';
import { beating, withPartPulse, type Pulse } from './pulse.ts';

/** Probes black and red until each has passed or failed, at most `limitMs`: then no data is what it says (D7). */
export async function checkEndpoints(deps: ProbeDeps, input: CheckInput, pulse: Pulse): Promise<Checked> {
  const probes = await makeProbes(deps, input);
  let windows: readonly ProbeWindow[] = probes.flatMap((probe) => probe.windows);
  const rule = longWindows(input);
  const verdicts = (): Checked => verdictsOf(input, windows, pulse.now());
  if (probes.length === 0) return verdicts();

  const decide = (part: Pulse): Promise<void> =>
    new Promise((resolve, reject) => {
      probeInRhythm(probes, { pulse: part, everyMs: input.pace.probeEveryMs }, (observations) => {
        for (const observation of observations) windows = addObservation(windows, observation, rule);
        if (isDecided(input, verdicts())) resolve();
      }).catch(reject);
      part.sleep(input.limitMs).then(resolve, reject);
    });
  await withPartPulse(pulse, (part) => beating(part, () => decide(part), verdicts));
  return verdicts();
}

/** A window as long as the preflight looks back, with room for probes that came late. */
function longWindows({ pace: { preflight: asked, probeEveryMs } }: CheckInput): FailRule {
  const of = Math.max(asked.inARow, Math.ceil(asked.overMs / probeEveryMs)) + 3;
  return { failures: of, of };
}

function isDecided({ sides }: CheckInput, checked: Checked): boolean {
  return sides.every(({ side }) => checked[side].kind !== 'inconclusive');
}

function verdictsOf({ pace }: CheckInput, windows: readonly ProbeWindow[], now: number): Checked {
  const maxAgeMs = 2 * (pace.probeEveryMs + pace.probeTimeoutMs);
  const judge = (side: 'red' | 'black'): Verdict =>
    preflight({ ...pace.preflight, windows: ofSide(windows, side), now, maxAgeMs });
  const kept = windows.map((window) => ({ ...window, observations: window.observations.slice(-pace.fail.of) }));
  return { black: judge('black'), red: judge('red'), windows: kept };
}
