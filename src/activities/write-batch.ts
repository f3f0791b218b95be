import { ChangeResourceRecordSetsCommand, type Route53Client } from '@aws-sdk/client-route-53';
import type { Batch } from '../core/dns/swap.ts';
import type { Place } from './read-standing.ts';
import { toWire } from './wire-record-set.ts';

const LONGEST_COMMENT = 256;

export interface BatchOptions {
  /** Kept by Route 53 and CloudTrail; cut to 256 characters. */
  readonly comment: string;
  readonly timeoutMs: number;
}

/**
 * Sends one atomic batch and returns the id of the change. Never aborted once it is under way: its answer is waited for.
 *
 * @throws whatever the SDK throws: `classify` says whether the batch may have been applied.
 */
export async function writeBatch(
  client: Route53Client,
  { place, batch }: { readonly place: Place; readonly batch: Batch },
  options: BatchOptions,
): Promise<string> {
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: place.zone.id,
    ChangeBatch: {
      Comment: options.comment.slice(0, LONGEST_COMMENT),
      Changes: batch.map(({ action, set }) => ({ Action: action, ResourceRecordSet: toWire(set) })),
    },
  });
  const { ChangeInfo } = await client.send(command, { requestTimeout: options.timeoutMs });
  // A page of something in between can pass for XML: an answer without an id says nothing of what became of the batch (D3).
  if (ChangeInfo?.Id === undefined) throw new Error('the answer has no change id');
  return ChangeInfo.Id.replace(/^\/change\//, '');
}
