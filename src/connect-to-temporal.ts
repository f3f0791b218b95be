import { NativeConnection } from '@temporalio/worker';
import { setTimeout as delay } from 'node:timers/promises';
import type { TemporalConfig } from './config.ts';
import { DEFAULT_ADDRESS } from './default-address.ts';
import type { Logger } from './logger.ts';

export interface ConnectOptions {
  readonly logger: Logger;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 500;
const SAY_EVERY_MS = 5_000;

/** Connects to Temporal, and waits for it as long as it takes; says so every few seconds. Null when told to stop. */
export async function connectToTemporal(
  config: TemporalConfig,
  { logger, signal }: ConnectOptions,
): Promise<NativeConnection | null> {
  const address = config.address ?? DEFAULT_ADDRESS;
  let saidAt = -Infinity;
  while (!signal.aborted) {
    try {
      return await NativeConnection.connect({ ...config.connection, address });
    } catch (cause) {
      if (Date.now() - saidAt >= SAY_EVERY_MS) {
        const why = cause instanceof Error ? cause.message : String(cause);
        logger.warn({ address, why }, `Temporal does not answer at ${address}; trying until it does`);
        saidAt = Date.now();
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined); // the loop's condition says what it means
    }
  }
  return null;
}
