import { startNameServers } from '../../sandbox/dns/name-servers.ts';
import type { NameServers } from '../../sandbox/dns/name-servers.ts';
import { startControl } from '../../sandbox/endpoints/control.ts';
import type { Control } from '../../sandbox/control-server.ts';
import { startEndpoints } from '../../sandbox/endpoints/endpoints.ts';
import type { Endpoints } from '../../sandbox/endpoints/endpoints.ts';
import { askUdp, lines, query } from './ask.ts';

let dns: NameServers;
let endpoints: Endpoints;
let control: Control;

beforeAll(async () => {
  dns = await startNameServers({ zones: () => [], visibleRecordSets: () => [], lag: () => undefined }, { count: 1 });
  endpoints = startEndpoints();
  await endpoints.add('192.0.2.10');
  control = await startControl({ endpoints: endpoints.all, nameServers: dns.servers });
});

afterAll(async () => {
  await Promise.all([control.close(), endpoints.close(), dns.close()]);
});

async function post(path: string, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${control.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

test('explains itself and names what there is to play with', async () => {
  const text = await (await fetch(control.url)).text();

  expect(text).toContain('192.0.2.10');
  expect(text).toContain(dns.addresses[0]);
});

test('makes an endpoint ill, and says how each one does', async () => {
  expect((await post('/endpoints/192.0.2.10', { kind: 'status', status: 503 })).status).toBe(200);

  expect(endpoints.all[0]?.behaviour).toEqual({ kind: 'status', status: 503 });
  expect(await (await fetch(`${control.url}/endpoints`)).json()).toMatchObject([
    { address: '192.0.2.10', behaviour: { kind: 'status', status: 503 }, served: { total: 0 } },
  ]);
});

test('makes a name server lie, and be honest again', async () => {
  const lie = { name: 'www.example.com', type: 'A', values: ['198.51.100.7'] };
  const ask = () => askUdp(dns.addresses[0]!, query('www.example.com', 'A'));

  expect((await post('/nameservers/0', { lie, lagMs: 5 })).status).toBe(200);
  expect(lines((await ask()).answers)).toEqual(['www.example.com 60 A 198.51.100.7']);

  await post('/nameservers/0', { lie: null, silent: false });
  expect((await ask()).rcode).toBe('REFUSED');
});

test.each([
  ['/endpoints/192.0.2.99', { kind: 'well' }, 404, 'no endpoint "192.0.2.99": there are 192.0.2.10'],
  ['/nameservers/7', { lagMs: 1 }, 404, 'no name server "7": there are 0'],
  ['/elsewhere', {}, 404, '/elsewhere is not here'],
  ['/endpoints/192.0.2.10', { kind: 'tired' }, 400, 'kind'],
  ['/endpoints/192.0.2.10', { kind: 'status', status: 'bad' }, 400, 'status'],
  ['/endpoints/192.0.2.10', { kind: 'redirect', to: 'x\r\ny' }, 400, 'printable ASCII'],
  ['/nameservers/0', { lag: 5 }, 400, 'lag'],
  ['/nameservers/0', { lie: { name: 'a b', type: 'A', values: [] } }, 400, 'UnsupportedCharacter'],
  ['/endpoints/%zz', {}, 400, 'URI malformed'],
])('refuses POST %s %j and says why', async (path, body, status, why) => {
  const answer = await post(path, body);

  expect(answer.status).toBe(status);
  expect(answer.text).toContain(why);
});

test('refuses what is not JSON, and a method that it does not know', async () => {
  const url = `${control.url}/endpoints/192.0.2.10`;

  expect((await fetch(url, { method: 'POST', body: 'kind=hang' })).status).toBe(400);
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
});
