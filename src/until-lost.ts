import type { NativeConnection } from '@temporalio/worker';
import { setTimeout as delay } from 'node:timers/promises';

/** The server has not answered for so long that a new process, perhaps elsewhere, is the better hope. */
export class ServerLost extends Error {
  constructor(lostAfterMs: number) {
    super(
      `Temporal has not answered for ${Math.round(lostAfterMs / 1_000)} s: the worker ends, so that it is started anew.`,
    );
    this.name = 'ServerLost';
  }
}

export interface LostOptions {
  readonly lostAfterMs: number;
  /** Ends the watching; then the promise stays pending. */
  readonly signal: AbortSignal;
}

/** Rejects with `ServerLost` once Temporal has been silent for that long; a worker by itself would poll for ever. */
export async function untilLost(connection: NativeConnection, { lostAfterMs, signal }: LostOptions): Promise<never> {
  const everyMs = Math.min(15_000, lostAfterMs / 4);
  let answeredAt = Date.now();
  while (Date.now() - answeredAt < lostAfterMs) {
    if (await answers(connection, everyMs)) answeredAt = Date.now();
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => new Promise<never>(() => undefined));
  }
  throw new ServerLost(lostAfterMs);
}

/** Whether the server answers now. */
export async function answers(connection: NativeConnection, withinMs: number): Promise<boolean> {
  const answered = connection.workflowService.getSystemInfo({}).then(
    () => true,
    () => false,
  );
  // The client retries by itself, past any deadline that it is given (measured).
  return Promise.race([answered, delay(withinMs, false, { ref: false })]);
}
