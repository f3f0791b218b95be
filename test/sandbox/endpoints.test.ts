import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import type { Behaviour } from '../../sandbox/endpoints/behaviour.ts';
import { integer } from '../../sandbox/endpoints/der.ts';
import type { Endpoint } from '../../sandbox/endpoints/endpoint.ts';
import { startEndpoints } from '../../sandbox/endpoints/endpoints.ts';
import type { Endpoints } from '../../sandbox/endpoints/endpoints.ts';

let endpoints: Endpoints;
let red: Endpoint;

beforeAll(async () => {
  endpoints = startEndpoints();
  red = await endpoints.add('192.0.2.10');
});

afterAll(() => endpoints.close());

beforeEach(() => red.behave({ kind: 'well' }));

interface Got {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

interface Asked {
  readonly host?: string;
  readonly sni?: string;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
  readonly port?: number;
}

function overHttp({ host = 'www.example.com', signal, port = red.httpPort }: Asked = {}): Promise<Got> {
  const options = {
    host: '127.0.0.1',
    port,
    path: '/healthz',
    headers: { host },
    agent: false,
    ...(signal && { signal }),
  };
  return read(httpRequest(options));
}

function overHttps({ host = 'www.example.com', sni = host, agent, signal }: Asked = {}): Promise<Got> {
  return read(
    httpsRequest({
      host: '127.0.0.1',
      port: red.httpsPort,
      path: '/healthz',
      headers: { host },
      servername: sni,
      ca: endpoints.ca,
      agent: agent ?? false,
      ...(signal && { signal }),
    }),
  );
}

async function read(request: ReturnType<typeof httpRequest>): Promise<Got> {
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, body: Buffer.concat(chunks).toString(), headers: response.headers };
}

test('serves its hosts by HTTP, and by HTTPS with a certificate that a client of its CA accepts', async () => {
  const expected = { status: 200, body: 'well, from 192.0.2.10\n' };

  expect(await overHttp()).toMatchObject(expected);
  expect(await overHttps()).toMatchObject(expected);
  expect(await overHttps({ host: 'example.com' })).toMatchObject(expected);
  expect(await overHttps({ host: 'WWW.Example.com:8443', sni: 'www.example.com' })).toMatchObject(expected);
});

test('a certificate is worth nothing without the CA', async () => {
  const request = httpsRequest({ host: '127.0.0.1', port: red.httpsPort, servername: 'www.example.com', agent: false });

  await expect(read(request)).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_(VERIFY|GET)/) as string,
  });
});

test('the certificate is for its hosts only and is no authority itself', async () => {
  const socket = connect({
    host: '127.0.0.1',
    port: red.httpsPort,
    servername: 'www.example.com',
    ca: endpoints.ca,
    minVersion: 'TLSv1.3',
  });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();

  expect(certificate?.subjectAltName).toBe('DNS:example.com, DNS:*.example.com');
  expect(certificate?.issuer).toBe('CN=Switchyard sandbox CA');
  expect(certificate?.ca).toBe(false);
});

test.each([
  ['00', '020100'],
  ['0000', '020100'],
  ['007f', '02017f'],
  ['80', '02020080'],
  ['00ff', '020200ff'],
])('a serial number %s is written in its shortest form, which readers insist on', (bytes, expected) => {
  expect(integer(Buffer.from(bytes, 'hex')).toString('hex')).toBe(expected);
});

test.each(['www.example.org', 'a.b.example.com', 'barexample.com', '192.0.2.10'])(
  'does not serve the host %s (421), and does not count it',
  async (host) => {
    const before = red.served.total;

    expect((await overHttp({ host })).status).toBe(421);
    expect(red.served.total).toBe(before);
  },
);

test.each(['www.example.org', ''])('has no certificate for the server name "%s"', async (sni) => {
  await expect(overHttps({ sni })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('counts what it served, by host', async () => {
  const { total, byHost } = red.served;
  await overHttp();
  await overHttps();
  await overHttp({ host: 'api.example.com' });

  expect(red.served.total - total).toBe(3);
  expect(red.served.byHost['www.example.com']! - byHost['www.example.com']!).toBe(2);
  expect(red.served.byHost['api.example.com']).toBe(1);
});

test.each<[Behaviour, object]>([
  [
    { kind: 'well', body: 'fine' },
    { status: 200, body: 'fine' },
  ],
  [
    { kind: 'well', json: { ok: true } },
    { body: '{"ok":true}', headers: { 'content-type': 'application/json' } },
  ],
  [{ kind: 'status', status: 503 }, { status: 503 }],
  [
    { kind: 'slow', ms: 20 },
    { status: 200, body: 'well, from 192.0.2.10\n' },
  ],
  [
    { kind: 'wrong-body', body: 'maintenance' },
    { status: 200, body: 'maintenance' },
  ],
  [
    { kind: 'redirect', to: 'https://example.org/' },
    { status: 302, headers: { location: 'https://example.org/' } },
  ],
])('behaves as told: %j', async (behaviour, expected) => {
  await red.behave(behaviour);

  expect(await overHttp()).toMatchObject(expected);
  expect(await overHttps()).toMatchObject(expected);
  expect(red.behaviour).toEqual(behaviour);
});

test('hangs until the client gives up', async () => {
  await red.behave({ kind: 'hang' });

  await expect(overHttp({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'AbortError' });
  await expect(overHttps({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'AbortError' });
});

test('refuses connections, and serves on the same ports when it is well again', async () => {
  await red.behave({ kind: 'refuse' });
  await expect(overHttp()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(overHttps()).rejects.toMatchObject({ code: 'ECONNREFUSED' });

  await red.behave({ kind: 'well' });
  expect([(await overHttp()).status, (await overHttps()).status]).toEqual([200, 200]);
});

test('drops a request that hangs when it begins to refuse', async () => {
  await red.behave({ kind: 'hang' });
  const request = httpRequest({
    host: '127.0.0.1',
    port: red.httpPort,
    headers: { host: 'example.com' },
    agent: false,
  });
  const outcome = once(request.end(), 'response');
  await once(request, 'finish');

  await Promise.all([expect(outcome).rejects.toMatchObject({ code: 'ECONNRESET' }), red.behave({ kind: 'refuse' })]);
});

test('ends as told last when it is told many things at once', async () => {
  const told: Behaviour[] = [{ kind: 'refuse' }, { kind: 'well' }, { kind: 'refuse' }, { kind: 'status', status: 500 }];
  await Promise.all(told.map((behaviour) => red.behave(behaviour)));

  expect((await overHttp()).status).toBe(500);
});

test('resets connections', async () => {
  await red.behave({ kind: 'reset' });

  await expect(overHttp()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(overHttps()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('shows a wrong certificate also to a client that keeps sessions, and HTTP goes on', async () => {
  const agent = new Agent({ maxCachedSessions: 100 });
  expect((await overHttps({ agent })).status).toBe(200);
  await red.behave({ kind: 'wrong-certificate' });

  await expect(overHttps({ agent })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect((await overHttp()).status).toBe(200);
});

test('sends a body that nobody should read to the end', async () => {
  await red.behave({ kind: 'huge' });

  expect((await overHttp()).body).toHaveLength(64 * 1024 * 1024);
});

test('survives a client that leaves in the middle of a huge body and of a slow answer', async () => {
  for (const behaviour of [{ kind: 'huge' }, { kind: 'slow', ms: 60_000 }] satisfies Behaviour[]) {
    await red.behave(behaviour);
    const request = httpRequest({
      host: '127.0.0.1',
      port: red.httpPort,
      headers: { host: 'example.com' },
      agent: false,
    });
    request.on('error', () => undefined).end();
    await (behaviour.kind === 'huge' ? once(request, 'response') : once(request, 'finish'));
    request.destroy();
  }
  await red.behave({ kind: 'well' });

  expect((await overHttp()).status).toBe(200);
});

test('loses the share of requests that was set', async () => {
  const draws = [0.01, 0.5, 0.04, 0.06];
  await red.behave({ kind: 'lossy', rate: 0.05, random: () => draws.shift() ?? 1 });

  const outcomes = [];
  for (let i = 0; i < 4; i++)
    outcomes.push(
      await overHttp().then(
        () => 'answered',
        () => 'lost',
      ),
    );

  expect(outcomes).toEqual(['lost', 'answered', 'lost', 'answered']);
});

test('says by SWITCHYARD_CONNECT_TO where probes for its addresses go, IPv6 in brackets', async () => {
  const six = await endpoints.add('2001:db8::10', { hosts: ['six.example.net'] });

  expect(endpoints.connectTo()).toBe(
    [
      `192.0.2.10:443=127.0.0.1:${red.httpsPort}`,
      `192.0.2.10:80=127.0.0.1:${red.httpPort}`,
      `[2001:db8::10]:443=127.0.0.1:${six.httpsPort}`,
      `[2001:db8::10]:80=127.0.0.1:${six.httpPort}`,
    ].join(','),
  );
  expect((await overHttp({ port: six.httpPort, host: 'six.example.net' })).status).toBe(200);
  expect((await overHttp({ port: six.httpPort })).status).toBe(421);
});

test('an address has one endpoint only', async () => {
  await expect(endpoints.add('192.0.2.10')).rejects.toThrow('192.0.2.10 has an endpoint already');
});
