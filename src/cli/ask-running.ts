import { abortRunning } from '../abort-running.ts';
import type { AbortRequest } from '../contracts/deploy.ts';
import { whoAsks } from './identity.ts';
import { knock } from './knock.ts';
import { connect, type TemporalClient } from './temporal-client.ts';
import { findTemporal, type PlaceFlags, type TemporalPlace } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

const CONNECT_WITHIN_MS = 1_500;

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
    const say = (line: string): void => terminal.err(line);
    await Promise.all(records.map((record) => abortRunning(temporal.client, { record, request }, say)));
  } finally {
    await temporal.close();
  }
}

/** A knock first: loading the SDK only to be refused costs seconds that an incident does not have. */
async function connectIfThere(place: TemporalPlace): Promise<TemporalClient | null> {
  if (!(await knock(place.address, CONNECT_WITHIN_MS))) return null;
  return connect(place, () => undefined, CONNECT_WITHIN_MS).catch(() => null);
}
