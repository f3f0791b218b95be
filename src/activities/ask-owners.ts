import type { Client } from '@temporalio/client';
import type { DeployMemo } from '../contracts/deploy.ts';
import { cleanText } from '../core/clean-text.ts';
import { readFenceOwner, type FenceOwner } from '../core/dns/fence-owner.ts';
import type { NamespaceSight, OwnerSight } from '../core/dns/judge-fence.ts';
import type { OwnersSight } from '../core/dns/stand-guard.ts';

/** One call of Temporal; a guard looks again, so it need not be patient. */
const ASK_WITHIN_MS = 5_000;

/** What the client's Temporal says of the owners of fences; whoever is of another namespace is not asked for. */
export async function askOwners(client: Client, owners: readonly string[]): Promise<OwnersSight> {
  const namespace = await namespaceOf(client);
  if (namespace.kind === 'not-seen') return { namespace, owners: {} };
  const asked = owners.flatMap((name) => {
    const owner = readFenceOwner(name);
    return owner?.namespaceId === namespace.id ? [{ name, owner }] : [];
  });
  const seen = await Promise.all(asked.map(async ({ name, owner }) => [name, await sightOf(client, owner)] as const));
  return { namespace, owners: Object.fromEntries(seen) };
}

/** The id: names alone repeat between clusters. */
async function namespaceOf(client: Client): Promise<NamespaceSight> {
  const { namespace } = client.options;
  try {
    const { namespaceInfo } = await within(client, () => client.workflowService.describeNamespace({ namespace }));
    const id = namespaceInfo?.id ?? '';
    return id === '' ? { kind: 'not-seen', why: `the namespace ${namespace} has no id.` } : { kind: 'known', id };
  } catch (cause) {
    return { kind: 'not-seen', why: whyOf(cause) };
  }
}

/**
 * The newest run of the workflow id, where it belongs to the owner's chain: a run that Temporal has reset goes on under a run id of its
 * own. Where a newer deployment holds the id, the owner has ended, since one run of an id is open at a time; then its own run says how.
 */
async function sightOf(client: Client, owner: FenceOwner): Promise<OwnerSight> {
  try {
    const newest = await describe(client, owner.workflowId);
    if (newest === null) return { kind: 'not-found' };
    if (newest.firstRunId === owner.firstRunId) return sightOfRun(newest);
    const first = await describe(client, owner.workflowId, owner.firstRunId);
    return first === null ? { kind: 'not-found' } : sightOfRun(first);
  } catch (cause) {
    return { kind: 'not-seen', why: whyOf(cause) };
  }
}

const CLOSED = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT', 'CONTINUED_AS_NEW']);

/** What is not known to be over counts as running: it is never touched (D6). */
function sightOfRun({ status, left }: Described): OwnerSight {
  if (!CLOSED.has(status)) return { kind: 'running' };
  return { kind: 'closed', status, ...(left === undefined ? {} : { left }) };
}

interface Described {
  readonly status: string;
  readonly firstRunId: string;
  readonly left: DeployMemo['left'];
}

/** Null where Temporal knows no such run. */
async function describe(client: Client, workflowId: string, runId?: string): Promise<Described | null> {
  try {
    const { status, raw, memo } = await within(client, () => client.workflow.getHandle(workflowId, runId).describe());
    const { left }: Partial<DeployMemo> = memo ?? {};
    return { status: status.name, firstRunId: raw.workflowExecutionInfo?.firstRunId ?? '', left };
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'WorkflowNotFoundError') return null;
    throw cause;
  }
}

function within<T>(client: Client, call: () => Promise<T>): Promise<T> {
  return client.connection.withDeadline(Date.now() + ASK_WITHIN_MS, call);
}

/** The last words of whatever a call threw, as a sentence. */
function whyOf(cause: unknown): string {
  let words = '';
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { details } = error as { details?: unknown };
    words = typeof details === 'string' && details !== '' ? details : error.message;
  }
  return `Temporal did not say (${cleanText(words === '' ? String(cause) : words, 200)}).`;
}
