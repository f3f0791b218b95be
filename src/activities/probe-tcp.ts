import { connect } from 'node:net';
import { showHostPort } from '../host-port.ts';
import type { ProbeResult } from './probe-result.ts';
import type { Spot } from './probe-targets.ts';
import { problemOf } from './probe-result.ts';

/** Opens a connection and closes it. Bounded by `signal`. */
export async function probeTcp(spot: Spot, port: number, signal: AbortSignal): Promise<ProbeResult> {
  const at = showHostPort({ host: spot.address, port });
  const socket = connect({ ...spot.connect, signal });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return { ok: true, seen: `connected to ${at}` };
  } catch (cause) {
    return { ok: false, seen: `${problemOf(cause)} at ${at}` };
  } finally {
    socket.destroy();
  }
}
