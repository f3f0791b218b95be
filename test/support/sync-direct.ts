import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { SyncChunk } from '../../src/contracts/sync-activities.ts';
import type { SyncRequest } from '../../src/contracts/sync.ts';
import type { SyncRig } from './sync-yard.ts';

/** One attempt of the activity of a sync, without Temporal. */
export interface Attempt {
  readonly end: Promise<SyncChunk>;
  /** Ends it as a cancellation does. */
  cancel(): void;
  /** What it said last. */
  lastBeat(): unknown;
}

export function attempt(
  { activities, request }: Pick<SyncRig, 'activities' | 'request'>,
  { overrides = {}, info = {} }: { readonly overrides?: Partial<SyncRequest>; readonly info?: Partial<Info> } = {},
): Attempt {
  const scheduled = { currentAttemptScheduledTimestampMs: Date.now() };
  const environment = new MockActivityEnvironment({ ...scheduled, ...info }, { logger: new DefaultLogger('ERROR') });
  let beat: unknown;
  environment.on('heartbeat', (details: unknown) => (beat = details));
  const { spec, adopt, allowRemovals, pace } = request(overrides);
  const input = { spec, adopt, allowRemovals, pace, setAside: [], setAsideCount: 0, removed: 0, creations: {} };
  return {
    end: environment.run(() => activities.syncChunk(input)),
    cancel: () => environment.cancel('CANCELLED'),
    lastBeat: () => beat,
  };
}

/** Attempts of a run that nothing is in the way of: a busy machine may keep a request from its answer. */
const MOST_ATTEMPTS = 5;

/** A whole run without Temporal, which nothing may keep from being done. @throws where it is not. */
export async function runDirectly(rig: SyncRig, overrides: Partial<SyncRequest> = {}): Promise<SyncChunk> {
  let heartbeatDetails: unknown;
  for (let number = 1; ; number++) {
    const one = attempt(rig, { overrides, info: { attempt: number, heartbeatDetails } });
    const chunk = await one.end.catch((error: unknown) => unlessUnavailable(error, number));
    heartbeatDetails = one.lastBeat();
    if (chunk === null) continue;
    if (chunk.done && chunk.setAside.length === 0) return chunk;
    throw new Error(`it is not done, or has set something aside: ${JSON.stringify(chunk)}`);
  }
}

function unlessUnavailable(error: unknown, attempts: number): null {
  if (error instanceof ApplicationFailure && error.type === 'Unavailable' && attempts < MOST_ATTEMPTS) return null;
  throw error;
}
