import type { Client, WorkflowHandle } from '@temporalio/client';
import { readFenceOwner } from '../core/dns/fence-owner.ts';
import { redAmong } from '../core/dns/find-red.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import type { Repair } from '../core/dns/stand-guard.ts';

const FETCH_WITHIN_MS = 30_000;

/**
 * What the owner of a fence read before its first write, out of its history (D1); for a fence that had no room for more than the hash.
 * The hash tells it from whatever else was read. Null where the history has none such.
 *
 * @throws whatever Temporal fails with: "could not look" is not "it is not there".
 */
export async function findSnapshot(client: Client, { record, fence }: Repair): Promise<RecordSets | null> {
  const owner = readFenceOwner(fence.owner);
  if (owner === null) return null;
  const { workflowId, firstRunId } = owner;
  const events = await eventsOf(client, { workflowId, runId: firstRunId });
  const payloads = events.flatMap((event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? []);
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  const plain = await payloadCodecs.reduce(
    async (before, codec) => codec.decode(await before),
    Promise.resolve(payloads),
  );
  return redAmong(
    plain.flatMap((payload) => setsIn(payloadConverter.fromPayload<unknown>(payload), record)),
    fence.red,
  );
}

type Events = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

/** None where Temporal has forgotten the run. */
async function eventsOf(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<Events> {
  const fetch = () => client.workflow.getHandle(workflowId, runId).fetchHistory();
  try {
    return (await client.connection.withDeadline(Date.now() + FETCH_WITHIN_MS, fetch)).events ?? [];
  } catch (cause) {
    if (isForgotten(cause)) return [];
    throw cause;
  }
}

const NOT_FOUND = 5;

function isForgotten(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code, cause: root } = cause as { code?: unknown; cause?: unknown };
  return cause.name === 'WorkflowNotFoundError' || code === NOT_FOUND || isForgotten(root);
}

/** The record sets of a snapshot of this record, alone or among those of its group; nothing where the value is none. */
function setsIn(value: unknown, record: string): readonly RecordSets[] {
  return valuesIn(value).flatMap((one) => {
    if (typeof one !== 'object' || one === null || !('record' in one) || !('sets' in one)) return [];
    return one.record === record && Array.isArray(one.sets) ? [one.sets as RecordSets] : [];
  });
}

function valuesIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const isMany = typeof value === 'object' && value !== null && 'records' in value && Array.isArray(value.records);
  return isMany ? (value.records as readonly unknown[]) : [value];
}
