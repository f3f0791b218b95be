import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployMemo } from '../contracts/deploy.ts';
import { nextDeployId, WITHDRAW, type QueueMemo, type WithdrawRequest } from '../contracts/deploy-queue.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { day, outside } from './words.ts';

/** The deployment that waits for its turn. */
export interface Queued {
  readonly runId: string;
  readonly since: number;
  readonly memo: Partial<QueueMemo>;
}

/** Null where none waits. */
export async function queuedNow(temporal: TemporalClient, record: string): Promise<Queued | null> {
  const handle = temporal.client.workflow.getHandle(nextDeployId(record));
  try {
    const { runId, startTime, status, memo } = await temporal.ask(() => handle.describe());
    if (status.name !== 'RUNNING') return null;
    const known: Partial<QueueMemo> = memo ?? {};
    return { runId, since: known.askedAt ?? startTime.getTime(), memo: known };
  } catch (cause) {
    if (isNotFound(cause)) return null;
    throw cause;
  }
}

/** `192.0.2.20 by ann, queued since 2026-11-22 12:14:11 UTC`. */
export function queuedWords({ since, memo }: Queued): string {
  return `${outside(memo.to ?? '?')} by ${outside(memo.by ?? '?')}, queued since ${day(since)} UTC`;
}

/** A worker obeys at once; the signal stays where there is none. */
const OBEYED_WITHIN_MS = 5_000;

/** Takes the waiting deployment out, and waits briefly until that is so; it may just have been started. Null where none waits. */
export async function withdrawQueued(
  temporal: TemporalClient,
  record: string,
  request: WithdrawRequest,
): Promise<Queued | null> {
  const queued = await queuedNow(temporal, record);
  if (queued === null) return null;
  const handle = temporal.client.workflow.getHandle(nextDeployId(record), queued.runId);
  try {
    await temporal.ask(() => handle.signal<[WithdrawRequest]>(WITHDRAW, request));
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    return null; // its turn came meanwhile, or a newer one took its place
  }
  const until = Date.now() + OBEYED_WITHIN_MS;
  while (Date.now() < until && (await queuedNow(temporal, record))?.runId === queued.runId) await sleep(100);
  return queued;
}

/** What was asked for earlier must not come after this: the newest wins. */
export async function withdrawOlder(
  temporal: TemporalClient,
  record: string,
  { by, to, askedAt }: Pick<DeployMemo, 'by' | 'to'> & { readonly askedAt: number },
): Promise<Queued | null> {
  const queued = await queuedNow(temporal, record);
  if (queued === null || queued.since > askedAt) return null;
  return withdrawQueued(temporal, record, { by, reason: `a deployment to ${to} was asked for later` });
}
