import { setTimeout as sleep } from 'node:timers/promises';
import { deployId, MESSAGES, type AbortRequest } from '../contracts/deploy.ts';
import { whoAsks } from './identity.ts';
import { knock } from './knock.ts';
import { connect, type TemporalClient } from './temporal-client.ts';
import { findTemporal, type PlaceFlags, type TemporalPlace } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

const CONNECT_WITHIN_MS = 1_500;
const ASK_WITHIN_MS = 1_500;
const END_WITHIN_MS = 15_000;

/**
 * If Temporal answers, asks the running deployments of these records to abort, and waits briefly for their ends: a rollback
 * that was under way is then not raced. A reset needs none of this, so whatever fails here is said and passed over.
 */
export async function askRunningToAbort(
  terminal: Terminal,
  flags: PlaceFlags & { readonly by?: string | undefined },
  records: readonly string[],
): Promise<void> {
  const place = await findTemporal(flags, terminal.env);
  const temporal = await connectIfThere(place);
  if (temporal === null) {
    terminal.err(
      `no Temporal answers at ${place.address}: no running deployment is asked to abort first, its fence will stop it`,
    );
    return;
  }
  try {
    const request: AbortRequest = { by: whoAsks(flags.by, terminal.env), reason: 'switchyard reset' };
    await Promise.all(records.map((record) => abortOne(terminal, temporal, { record, request })));
  } finally {
    await temporal.close();
  }
}

/** A knock first: loading the SDK only to be refused costs seconds that an incident does not have. */
async function connectIfThere(place: TemporalPlace): Promise<TemporalClient | null> {
  if (!(await knock(place.address, CONNECT_WITHIN_MS))) return null;
  return connect(place, () => undefined, CONNECT_WITHIN_MS).catch(() => null);
}

interface Asked {
  readonly record: string;
  readonly request: AbortRequest;
}

async function abortOne(
  terminal: Terminal,
  { client, connection }: TemporalClient,
  { record, request }: Asked,
): Promise<void> {
  const handle = client.workflow.getHandle(deployId(record));
  const within = <T>(ask: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + ASK_WITHIN_MS, ask);
  try {
    if ((await within(() => handle.describe())).status.name !== 'RUNNING') return;
    await within(() => handle.signal<[AbortRequest]>(MESSAGES.abort, request));
    terminal.err(`${record}: asked the running deployment to abort, waiting for up to ${END_WITHIN_MS / 1_000} s`);
    const until = Date.now() + END_WITHIN_MS;
    while (Date.now() < until) {
      if ((await within(() => handle.describe())).status.name !== 'RUNNING') return;
      await sleep(250);
    }
    terminal.err(`${record}: the deployment has not ended yet; going on, the fence stops it`);
  } catch {
    // No such run, or Temporal went away: the compare-and-swap and the fence hold without it.
  }
}
