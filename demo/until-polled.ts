import { setTimeout as sleep } from 'node:timers/promises';
import { mustHaveWorker } from '../src/cli/start-deployment.ts';
import type { TemporalClient } from '../src/cli/temporal-client.ts';

const WITHIN_MS = 30_000;

/** A worker that says it polls has not been seen by the server yet, and the client starts nothing before that. */
export async function untilPolled(temporal: TemporalClient, taskQueue: string): Promise<void> {
  const until = Date.now() + WITHIN_MS;
  for (;;) {
    try {
      await mustHaveWorker(temporal, taskQueue);
      return;
    } catch (cause) {
      if (Date.now() > until) throw cause;
      await sleep(50);
    }
  }
}
