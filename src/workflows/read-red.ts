import { placeOf, type DeployRequest } from '../contracts/deploy.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { forward } from './activities.ts';

/** Reads the record, red in it: before the first write that is its snapshot (D1). */
export function readRed(
  request: DeployRequest,
  { label = `reading ${request.record}`, within = 5 * MINUTE } = {},
): Promise<Snapshot> {
  return forward(request.pace).readRecord(label, placeOf(request), { scheduleToCloseTimeout: within });
}

const MINUTE = 60_000;
