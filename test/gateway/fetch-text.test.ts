import { createServer, type Server } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { fetchText, type FetchOptions } from '../../src/gateway/fetch-text.ts';
import { createAuthority } from '../../sandbox/endpoints/certificate-authority.ts';

const HOST = 'sns.eu-central-1.amazonaws.com';
const authority = createAuthority('fetch-text');

let server: Server;
let behave: (response: ServerResponse) => void;
let asked: (string | undefined)[];
beforeAll(async () => {
  server = createServer(authority.issue([HOST]), (request, response) => {
    asked.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
    behave(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  asked = [];
});
afterAll(() => new Promise((done) => server.close(done)));

const fetched = (path: string, options: FetchOptions = {}) =>
  fetchText(`https://${HOST}${path}`, {
    way: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    tls: { ca: authority.pem },
    withinMs: 300,
    ...options,
  });

test('reads a text', async () => {
  behave = (response) => response.end('PEM');
  expect(await fetched('/a.pem?x=1')).toBe('PEM');
  expect(asked).toEqual([`${HOST}/a.pem?x=1`]);
});

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  ['a redirect', (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), /HTTP 302/],
  ['a refusal', (response) => response.writeHead(403).end('no'), /HTTP 403/],
  ['a body without end', (response) => response.end(Buffer.alloc(4_000_000, 'x')), /more than 65536 bytes/],
  ['a body that drips', (response) => void response.write('x'), /aborted|timeout/i],
  ['no answer', () => undefined, /aborted|timeout/i],
])('takes nothing from %s', async (_, answer, why) => {
  behave = answer;
  await expect(fetched('/a.pem')).rejects.toThrow(why);
  expect(asked).toHaveLength(1);
});

test('unpacks nothing: a bomb is as small as it came', async () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000));
  expect(bomb.length).toBeLessThan(65_536);
  behave = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  expect((await fetched('/a.pem')).length).toBeLessThanOrEqual(bomb.length);
});

test('believes nobody whose certificate is for another name, wherever DNS leads', async () => {
  behave = (response) => response.end('PEM');
  const way = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const { pem } = authority;
  await expect(fetchText('https://sns.us-east-1.amazonaws.com/a.pem', { way, tls: { ca: pem } })).rejects.toThrow(
    /does not match/,
  );
  expect(asked).toEqual([]);
});

test.each(['https://169.254.169.254/a.pem', 'https://[fd00:ec2::254]/a.pem', 'https://0xa9fea9fe/a.pem'])(
  '%s is never asked (A4)',
  async (url) => {
    await expect(fetchText(url)).rejects.toThrow(/is never asked/);
  },
);
