import { connect } from 'node:net';
import { readHostPort } from '../host-port.ts';

/** Whether anybody listens at `host:port`, within milliseconds and without loading the Temporal SDK. */
export async function knock(address: string, withinMs: number): Promise<boolean> {
  const at = readHostPort(address, 7233);
  if (at === null) return false;
  const socket = connect({ ...at, timeout: withinMs });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      for (const no of ['timeout', 'error', 'close'] as const) socket.once(no, () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
