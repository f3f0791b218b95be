import type { Pace } from '../contracts/deploy.ts';
import type { Verdict } from '../core/dns/gate.ts';
import { forward, looking } from './activities.ts';
import { renewInput, sides, type Course } from './course.ts';
import type { Held } from './hold.ts';
import type { Run } from './run.ts';

/** One record, as it is held. */
export function heldRecord(run: Run, course: Course): Held {
  const { pace, gates } = run.request;
  return {
    askGates: () => askGates(run, course),
    keepFenceAhead: (untilMs) => keepFenceAhead(run, course, untilMs),
    watch: ({ step: { share }, untilMs, windows, inconclusiveSince, limits }) =>
      looking(pace).watchEndpoints(
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
        },
        limits,
      ),
  };
}

async function keepFenceAhead(run: Run, course: Course, untilMs: number): Promise<void> {
  const { graceMs, stretch } = run.request.pace;
  if (course.until > untilMs) return;
  const input = renewInput(course, 'step', untilMs + stretch.maxMs + graceMs);
  const label = 'renewing the fence: this hold lasts longer than planned';
  course.standing = (await forward(run.request.pace).setFence(label, input)).standing;
}

/** Only black has to be well for a hold to end early. */
async function askGates(run: Run, course: Course): Promise<Verdict> {
  const { gates } = run.request;
  if (gates.length === 0) return { kind: 'pass', reason: 'no gate is asked for' };
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

const askingOnce = (pace: Pace): Pace => ({ ...pace, preflight: { inARow: 1, overMs: 0 } });
