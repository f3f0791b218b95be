import { seededRandom } from '../../sandbox/dns/random.ts';
import { DEFAULT_PACE } from '../../src/contracts/deploy.ts';
import type { ProbeWindow } from '../../src/core/dns/gate.ts';
import { judgeHold } from '../../src/core/dns/judge-hold.ts';
import { addObservation } from '../../src/core/dns/probe-windows.ts';
import type { Measure, Row } from '../measure.ts';

const BAKE_MS = 15 * 60_000;
const BAKES = 1_000;
/** 0.9 % of bakes at 5 % loss and 0.03 % at 2 % are expected; what is allowed beyond is the luck of a thousand draws. */
const CASES = [
  { lossPercent: 2, goalPercent: 0.3 },
  { lossPercent: 5, goalPercent: 2 },
];

/** How often a healthy black is rolled back because probes get lost: decisions alone, without any waiting. */
export const falseRollbacks: Measure = {
  name: 'false-rollbacks',
  doing: 'healthy bakes of 15 min are simulated under probe loss (some seconds)',
  run: () => Promise.resolve(CASES.map(simulate)),
};

function simulate({ lossPercent, goalPercent }: (typeof CASES)[number]): Row {
  const random = seededRandom(lossPercent);
  let rolledBack = 0;
  for (let bake = 0; bake < BAKES; bake++) if (rollsBack(lossPercent / 100, random)) rolledBack += 1;
  const percent = (100 * rolledBack) / BAKES;
  const { fail, probeEveryMs } = DEFAULT_PACE;
  return {
    measure: `false rollbacks of a 15 min bake, ${lossPercent} % of probes lost`,
    goal: `${goalPercent} %`,
    reached: `${percent.toFixed(1)} % of ${BAKES}`,
    yardstick: `time to detect ${((fail.failures - 1) * probeEveryMs) / 1_000} to ${(fail.failures * probeEveryMs) / 1_000} s (${fail.failures} of ${fail.of})`,
    ok: percent <= goalPercent,
  };
}

/** One bake with the default gates, black and red both well, each probe lost by itself. */
function rollsBack(loss: number, random: () => number): boolean {
  const { fail, probeEveryMs, ownViewMs, inconclusive } = DEFAULT_PACE;
  let windows: readonly ProbeWindow[] = [];
  let inconclusiveSince: number | null = null;
  for (let now = 0; now < BAKE_MS; now += probeEveryMs) {
    for (const side of ['black', 'red'] as const) {
      const ok = random() >= loss;
      const seen = { gate: 'bench', side, value: side, at: now, ok, latencyMs: null, seen: ok ? 'HTTP 200' : 'lost' };
      windows = addObservation(windows, seen, fail);
    }
    const view = { windows, rule: fail, now, maxAgeMs: 2 * probeEveryMs, inconclusiveSince, ownViewMs };
    const judged = judgeHold({ ...view, limitMs: inconclusive.limitAtFullMs });
    if (judged.verdict.kind === 'fail') return true;
    inconclusiveSince = judged.inconclusiveSince;
  }
  return false;
}
