import { ApplicationFailure } from '@temporalio/common';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { FAILURES } from '../policies/failures.ts';
import type { Pulse } from './pulse.ts';

/** How often to ask again, and how long to wait in between: doubling, in milliseconds. */
export interface Patience {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly tries: number;
}

/** Asks again while asking again can help, where no policy of Temporal does it. @throws what the last try failed with. */
export async function patiently<T>(pulse: Pulse, patience: Patience, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (cause) {
      if (!mayPass(cause) || attempt >= patience.tries) throw cause;
      await pulse.sleep(pauseAfter(cause, patience, attempt));
    }
  }
}

/** Whether asking again can help. */
export function mayPass(cause: unknown): boolean {
  return FAILURES[whatItSays(cause).type] === 'retry';
}

/** As long as the service asked for (`classify` caps that); else doubling. A lost race is tried again at once. */
export function pauseAfter(cause: unknown, { firstMs, maxMs }: Patience, attempt: number): number {
  if (whatItSays(cause).type === 'Foreign') return 0;
  const asked = cause instanceof ApplicationFailure ? Number(cause.nextRetryDelay ?? 0) : 0;
  return Math.max(Number.isFinite(asked) ? asked : 0, Math.min(maxMs, firstMs * 2 ** (attempt - 1)));
}
