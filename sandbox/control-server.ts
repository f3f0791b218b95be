import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** Where a person plays with stand-ins, by hand and in plain HTTP. */
export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

export interface Outcome {
  readonly status: number;
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** Answers with what `handle` makes of a request; what it throws is a 400 with its words. */
export async function startControlServer(handle: (request: IncomingMessage) => Promise<Outcome>): Promise<Control> {
  const server = createServer((request, response) => {
    void answered(handle, request).then(({ status, body }) => {
      const text = typeof body === 'string';
      response.writeHead(status, { 'content-type': text ? 'text/plain; charset=utf-8' : 'application/json' });
      response.end(text ? body : `${JSON.stringify(body, null, 2)}\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener's address is never a path
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function answered(
  handle: (request: IncomingMessage) => Promise<Outcome>,
  request: IncomingMessage,
): Promise<Outcome> {
  try {
    return await handle(request);
  } catch (cause) {
    return { status: 400, body: cause instanceof z.ZodError ? `${z.prettifyError(cause)}\n` : `${String(cause)}\n` };
  }
}

/** The parts of the path, decoded, without the first slash. */
export function pathOf({ url = '/' }: IncomingMessage): readonly string[] {
  return url
    .slice(1)
    .split('/')
    .map((part) => decodeURIComponent(part));
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}
