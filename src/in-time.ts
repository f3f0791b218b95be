import { setTimeout as delay } from 'node:timers/promises';

/**
 * What was asked for, where it comes in time. What comes later, well or ill, was not waited for.
 *
 * @throws Error with the sentence `late`.
 */
export async function inTime<T>(asked: Promise<T>, limitMs: number, late: string): Promise<T> {
  const ended = new AbortController();
  const limit = delay(limitMs, undefined, { ref: false, signal: ended.signal }).then(() => {
    throw new Error(late);
  });
  for (const one of [asked, limit]) one.catch(() => undefined); // the one that loses is nobody's
  try {
    return await Promise.race([asked, limit]);
  } finally {
    ended.abort();
  }
}
