import { createServer, type RequestListener } from 'node:http';
import { rmSync } from 'node:fs';
import { readHostPort, showHostPort, type HostPort } from './host-port.ts';

/** Where a supervisor asks how the worker is: a port, or a socket by its path, which needs no port of its own in a shared network. */
export type HealthAt = HostPort | { readonly path: string };

export interface Health {
  close(): Promise<void>;
}

/**
 * Answers `/healthz` (the process lives) and `/readyz` (it polls, and Temporal answers) with 200 or 503, and nothing else.
 *
 * @throws Error where it cannot listen there.
 */
export async function serveHealth(at: HealthAt, isReady: () => Promise<boolean>): Promise<Health> {
  const server = createServer(answering(isReady));
  if ('path' in at) rmSync(at.path, { force: true }); // of a process that was killed; two workers never share a path
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`SWITCHYARD_HEALTH: ${shown(at)}: ${cause.message}`, { cause })));
    server.listen(at, resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { close };
}

/** Reads `HOST:PORT` or an absolute path; null where it is something else. */
export function readHealthAt(text: string): HealthAt | null {
  return text.startsWith('/') ? { path: text } : readHostPort(text);
}

function answering(isReady: () => Promise<boolean>): RequestListener {
  return (request, response) => {
    const answer = (code: number, words: string): void => void response.writeHead(code).end(`${words}\n`);
    if (request.url === '/healthz') answer(200, 'ok');
    else if (request.url !== '/readyz') answer(404, 'ask /healthz or /readyz');
    else
      isReady().then(
        (ready) => answer(ready ? 200 : 503, ready ? 'ok' : 'not polling, or Temporal does not answer'),
        () => answer(503, 'not polling'),
      );
  };
}

const shown = (at: HealthAt): string => ('path' in at ? at.path : showHostPort(at));
