import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { askHttp } from '../../../src/activities/tasks/http.ts';
import { ServiceError } from '../../../src/policies/service-error.ts';

test('a write that has no way to its host was surely not sent, whatever the system calls that', async () => {
  const request = { method: 'POST', url: 'http://255.255.255.255:48231/', headers: {}, body: 'x' } as const;
  const { signal } = new AbortController();
  const sent = askHttp(request, { service: 'Todoist', name: 'POST /', signal, timeoutMs: 10_000 });
  const error: unknown = await sent.catch((cause: unknown) => cause);
  if (!(error instanceof ServiceError)) throw error;
  // To everybody at once no connection can be made: of the codes that say so, none is among those that say it by themselves.
  expect(error.facts).toMatchObject({ kind: 'unavailable', outcome: 'not-run' });
  expect(error.facts.code).toMatch(/^E(NETUNREACH|ACCES|HOSTUNREACH|INVAL|ADDRNOTAVAIL)$/);
});

test('an answer that unpacks without end fills no memory, and what it did is unknown', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    const bomb = createGzip();
    bomb.pipe(response);
    const mebibyte = Buffer.alloc(1_048_576);
    const more = (): void => {
      while (!response.destroyed) if (!bomb.write(mebibyte)) return void bomb.once('drain', more);
    };
    more();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { signal } = new AbortController();
  try {
    const error: unknown = await askHttp(
      { method: 'POST', url, headers: {} },
      { service: 'Todoist', name: 'POST /', signal, timeoutMs: 20_000 },
    ).catch((cause: unknown) => cause);
    if (!(error instanceof ServiceError)) throw error;
    expect(error.facts).toMatchObject({ kind: 'unavailable', outcome: 'unknown', code: 'TOO_LONG' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
