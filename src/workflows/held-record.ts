import { isGatedAt, metricTimeoutMs, type Pace } from '../contracts/deploy.ts';
import type { Gate, Verdict } from '../core/dns/gate.ts';
import { gatesAt } from '../core/dns/gates-at.ts';
import { forward, looking } from './activities.ts';
import { renewInput, sides, type Course } from './course.ts';
import type { Held, HeldStep } from './held.ts';
import { askMetrics, keepMetrics, startMeasuring, stretchOf, waive, type Measuring } from './measure.ts';
import type { Run } from './run.ts';

/** One record, as it is held at one step; made when the step is in sync, since its gates count from then on. */
export function heldRecord(run: Run, course: Course, step: HeldStep): Held {
  const { pace } = run.request;
  const gates = gatesAt(run.request, step.share);
  const metrics = startMeasuring(run, step);
  return {
    gated: isGatedAt(run.request, step.share),
    longestLookMs: metrics === null ? 0 : metricTimeoutMs(pace),
    askGates: () => askGates(run, course, { gates, metrics, share: step.share }),
    keepFenceAhead: (untilMs) => keepFenceAhead(run, course, untilMs),
    watch: async ({ step: { share }, untilMs, windows, inconclusiveSince, asked, limits }) => {
      const watched = await looking(pace).watchEndpoints(
        `watching ${course.plan.record} at ${share} %`,
        {
          ...course.ref,
          gates,
          sides: sides(course),
          standing: course.standing,
          share,
          untilMs,
          pace,
          windows,
          inconclusiveSince,
          ...stretchOf(metrics, asked),
        },
        limits,
      );
      const readings = keepMetrics(run.measured, metrics, watched);
      if (readings !== null) run.progress.show({ metrics: readings });
      return watched;
    },
    waive: (gates) => waive(run.measured, metrics, { gates, share: step.share }),
  };
}

async function keepFenceAhead(run: Run, course: Course, untilMs: number): Promise<void> {
  const { graceMs, stretch } = run.request.pace;
  if (course.until > untilMs) return;
  const input = renewInput(course, 'step', untilMs + stretch.maxMs + graceMs);
  const label = 'renewing the fence: this hold lasts longer than planned';
  course.standing = (await forward(run.request.pace).setFence(label, input)).standing;
}

interface Asked {
  readonly gates: readonly Gate[];
  readonly metrics: Measuring | null;
  readonly share: number;
}

/** Only black has to be well for a hold to end early. */
async function askGates(run: Run, course: Course, { gates, metrics, share }: Asked): Promise<Verdict> {
  if (gates.length === 0 && metrics === null) return { kind: 'pass', reason: 'no gate is asked for' };
  const measured = metrics === null ? null : await askMetrics(run, course, { share, metrics });
  if (measured !== null && (measured.kind !== 'pass' || gates.length === 0)) return measured;
  const pace = askingOnce(run.request.pace);
  const checked = await looking(pace).checkEndpoints('asking the gates once, to promote early', {
    ...course.ref,
    gates,
    sides: sides(course).filter(({ side }) => side === 'black'),
    pace,
    limitMs: 2 * pace.probeTimeoutMs + pace.probeEveryMs,
  });
  return checked.black;
}

/** One pass is enough for somebody who waits. */
export const askingOnce = (pace: Pace): Pace => ({ ...pace, preflight: { inARow: 1, overMs: 0 } });
