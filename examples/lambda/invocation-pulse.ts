import { plainPulse, type Pulse } from '../../src/activities/pulse.ts';
import { failure } from '../../src/policies/failures.ts';

/** What is used of the context of an invocation. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** As long as a write may take whose answer is waited for. */
const TO_REPORT_MS = 20_000;
/** Of a function with a short time-out, so that there is some time to work in. */
const MOST_TO_REPORT = 0.25;

/** A pulse that ends while there is time left to report: Lambda cuts off without a word, and nobody would know what was written. */
export function invocationPulse(invocation: Invocation): Pulse {
  const leftMs = invocation.getRemainingTimeInMillis();
  const workMs = Math.max(0, Math.floor(leftMs - Math.min(TO_REPORT_MS, leftMs * MOST_TO_REPORT)));
  const pulse = plainPulse(Date.now, AbortSignal.timeout(workMs));
  return { ...pulse, sleep: (ms) => pulse.sleep(ms).catch(() => timeIsUp(leftMs)) };
}

function timeIsUp(leftMs: number): never {
  throw failure('DeadlineExceeded', `the time-out of the function (${Math.round(leftMs / 1_000)} s) was near.`, {
    next: 'Invoke it again: what was written is found, and only looked at.',
  });
}
