import { serve, type ServerType } from '@hono/node-server';
import type { Server } from 'node:http';
import { gatewayApp, type GatewayParts } from './app.ts';

export interface Listening {
  readonly port: number;
  /** Takes no more requests, answers those that are under way, and waits for the end. */
  close(): Promise<void>;
}

/** A sender that dawdles is cut off; what it said until then was not taken. */
const TIMEOUTS = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/** Listens on one address. @throws where it is taken, or may not be. */
export async function serveGateway(
  parts: GatewayParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server: ServerType = serve({ fetch: gatewayApp(parts).fetch, hostname: host, port, serverOptions: TIMEOUTS });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        (server as Server).closeIdleConnections();
      }),
  };
}
