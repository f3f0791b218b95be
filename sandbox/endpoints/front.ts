import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A loopback port that can be closed and opened again, in front of a server that never listens itself. */
export interface Front {
  readonly port: number;
  /** Listens again on the same port. */
  open(): Promise<void>;
  /** Stops listening and drops every connection: the next one is refused. */
  shut(): Promise<void>;
}

const HOST = '127.0.0.1';

/** @param accept takes each new connection */
export async function openFront(accept: (socket: Socket) => void): Promise<Front> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy()); // the other side may leave at any time
    accept(socket);
  });
  await listenOn(server, 0);
  const { port } = server.address() as AddressInfo; // a TCP listener's address is never a path
  return {
    port,
    open: async () => {
      if (!server.listening) await listenAgain(server, port);
    },
    shut: async () => {
      for (const socket of connections) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port, HOST);
  await once(server, 'listening');
}

/** While the port was shut, an outgoing connection of anybody may have borrowed it for a moment. */
async function listenAgain(server: Server, port: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await listenOn(server, port);
      return;
    } catch (cause) {
      if (attempt === 50) throw new Error(`port ${port} on ${HOST} was taken while it was shut`, { cause });
      await sleep(100);
    }
  }
}
