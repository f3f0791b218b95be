import type { Terminal } from './terminal.ts';
import { connect, type TemporalClient } from './temporal-client.ts';
import { findTemporal, type PlaceFlags } from './temporal-place.ts';

/** Connects, says where, runs `body`, and closes whatever happens. */
export async function withTemporal<T>(
  terminal: Terminal,
  flags: PlaceFlags,
  body: (temporal: TemporalClient) => Promise<T>,
): Promise<T> {
  const place = await findTemporal(flags, terminal.env);
  terminal.err(`Temporal at ${place.address}, namespace ${place.namespace} (${place.from})`);
  const temporal = await connect(place, (line) => terminal.err(line));
  try {
    return await body(temporal);
  } finally {
    await temporal.close();
  }
}
