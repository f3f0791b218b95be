import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './statistics.ts';

export interface Answered {
  readonly status: number;
  /** When it really was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** From the time at which it was to be sent: whatever keeps the sender from sending is not left out. */
  readonly tookMs: number;
}

export interface Load {
  readonly perSecond: number;
  readonly forMs: number;
  /** The request of this number. */
  readonly send: (number: number) => Promise<{ readonly status: number }>;
}

/** Sends at a constant rate, however slowly the other side answers; fulfilled when all were answered, in the order of their sending. */
export async function sendAtRate({ perSecond, forMs, send }: Load): Promise<readonly Answered[]> {
  const everyMs = 1_000 / perSecond;
  const began = performance.now();
  const answers: Promise<Answered>[] = [];
  for (let number = 0; number * everyMs < forMs; number += 1) {
    const due = began + number * everyMs;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    answers.push(answered(due, () => send(number)));
  }
  return Promise.all(answers);
}

async function answered(due: number, send: () => Promise<{ readonly status: number }>): Promise<Answered> {
  const sentAt = Date.now();
  const status = await send().then(
    (answer) => answer.status,
    () => 0,
  );
  return { status, sentAt, tookMs: performance.now() - due };
}

export const p99 = (answers: readonly Answered[]): number =>
  percentile(
    answers.map(({ tookMs }) => tookMs),
    99,
  );
