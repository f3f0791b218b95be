import { createServer, type RequestListener } from 'node:http';
import { lstatSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { ConfigError } from './config.ts';
import { showHealthAt, type HealthAt } from './health-at.ts';

export interface Health {
  close(): Promise<void>;
}

/**
 * Answers `/healthz` (the process lives) and `/readyz` (it polls, and Temporal answers) with 200 or 503, and nothing else.
 *
 * @throws ConfigError where it cannot listen there.
 */
export async function serveHealth(at: HealthAt, isReady: () => Promise<boolean>): Promise<Health> {
  const server = createServer(answering(isReady));
  if ('path' in at) await clearAway(at);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(taken(at, cause.message)));
    server.listen(at, resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { close };
}

/** A process that was killed leaves its socket. Nothing else is removed: the path may be a typing error, or another worker's. */
async function clearAway(at: { readonly path: string }): Promise<void> {
  const found = lstatSync(at.path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw taken(at, 'something else is there, which is no socket');
  if (await listens(at.path)) throw taken(at, 'another process answers there');
  rmSync(at.path, { force: true });
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

const taken = (at: HealthAt, why: string): ConfigError =>
  new ConfigError([
    `SWITCHYARD_HEALTH: cannot listen at ${showHealthAt(at)}: ${why}; each process needs one of its own`,
  ]);

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
