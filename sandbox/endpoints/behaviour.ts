import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How an endpoint answers, well or ill. */
export type Behaviour =
  | { readonly kind: 'well'; readonly body?: string | undefined; readonly json?: unknown }
  | { readonly kind: 'status'; readonly status: number }
  /** Answers well, but only after this many milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Accepts connections and requests, and never answers. */
  | { readonly kind: 'hang' }
  /** Nobody listens on its ports. */
  | { readonly kind: 'refuse' }
  /** Connections are accepted and reset at once. */
  | { readonly kind: 'reset' }
  /** Presents a certificate for another name, from the same authority. */
  | { readonly kind: 'wrong-certificate' }
  | { readonly kind: 'wrong-body'; readonly body: string }
  | { readonly kind: 'redirect'; readonly to: string }
  /** 200 with a body of 64 MiB, as fast as it is read. */
  | { readonly kind: 'huge' }
  /** Closes this share (0 to 1) of the requests without an answer, and answers the others well. */
  | { readonly kind: 'lossy'; readonly rate: number; readonly random?: (() => number) | undefined };

export interface Illness {
  readonly behaviour: Behaviour;
  /** What it says of itself when it is well. */
  readonly greeting: string;
}

/**
 * Answers one request as `behaviour` says.
 *
 * @returns false where it was left without an answer
 */
export async function answer(response: ServerResponse, { behaviour, greeting }: Illness): Promise<boolean> {
  switch (behaviour.kind) {
    case 'status':
      return send(response, { status: behaviour.status, body: `status ${behaviour.status}\n` });
    case 'slow':
      await pause(response, behaviour.ms);
      return send(response, { body: greeting });
    case 'hang':
      return false;
    case 'wrong-body':
      return send(response, { body: behaviour.body });
    case 'redirect':
      return send(response, { status: 302, headers: { location: behaviour.to }, body: '' });
    case 'huge':
      return sendHuge(response);
    case 'lossy':
      return (behaviour.random ?? Math.random)() < behaviour.rate ? drop(response) : send(response, { body: greeting });
    case 'well':
      return send(response, wellAnswer(behaviour, greeting));
    case 'refuse':
    case 'reset':
    case 'wrong-certificate': // shown before a request is read; who asks by HTTP all the same is answered well
      return send(response, { body: greeting });
  }
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

function wellAnswer({ body, json }: { body?: string | undefined; json?: unknown }, greeting: string): Answer {
  if (json === undefined) return { body: body ?? greeting };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): boolean {
  if (response.destroyed) return false;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(body);
  return true;
}

function drop(response: ServerResponse): boolean {
  response.destroy();
  return false;
}

/** Rather than an endless one, so that a client that reads everything is slow and not stuck. */
async function sendHuge(response: ServerResponse): Promise<boolean> {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  return pipeline(Readable.from(mebibytes(64)), response).then(
    () => true,
    () => false, // the client had enough
  );
}

function* mebibytes(count: number): Generator<Buffer> {
  const mebibyte = Buffer.alloc(1024 * 1024, 'x');
  for (let sent = 0; sent < count; sent++) yield mebibyte;
}

/** Ends early when the asker has gone away. */
async function pause(response: ServerResponse, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
