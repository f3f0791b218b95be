import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEgress, USUAL_EGRESS, type EgressRule } from '../src/egress.ts';
import { wayTo, type Lookup } from '../src/way-to.ts';

let server: Server;
let port: number;
let requests = 0;
beforeAll(async () => {
  server = createServer((_, response) => {
    requests += 1;
    response.end('inside');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((done) => server.close(done)));

/** A name server that tells each asker the next of its answers. */
function lying(...answers: readonly (readonly string[])[]): Lookup & { asked: number } {
  const lookup = (_: string, __: unknown, callback: Parameters<Lookup>[2]): void => {
    const addresses = answers[Math.min(lookup.asked, answers.length - 1)] ?? [];
    lookup.asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  lookup.asked = 0;
  return lookup;
}

interface Asking {
  readonly egress?: EgressRule;
  readonly lookup?: Lookup;
  readonly connectTo?: Parameters<typeof wayTo>[1]['connectTo'];
}

/** What a request over this way comes to. */
async function ask(host: string, { egress = USUAL_EGRESS, lookup, connectTo = [] }: Asking = {}): Promise<string> {
  try {
    const way = wayTo({ host, port }, { egress, connectTo }, lookup);
    return await new Promise<string>((resolve, reject) => {
      get({ ...way, agent: false }, (response) => {
        response.setEncoding('utf8').once('data', resolve);
      }).once('error', reject);
    });
  } catch (cause) {
    return (cause as Error).message;
  }
}

const LOOPBACK = readEgress('loopback') ?? USUAL_EGRESS;

test('a name of the public that leads inside is not connected to (A4)', async () => {
  const before = requests;
  expect(await ask('prom.example.com', { lookup: lying(['127.0.0.1']) })).toMatch(
    /^prom\.example\.com is at 127\.0\.0\.1, which is a loopback address/,
  );
  expect(await ask('prom.example.com', { lookup: lying(['169.254.169.254']) })).toMatch(/is never asked/);
  expect(requests).toBe(before);
});

test('one bad address among good ones is a refusal (A4)', async () => {
  const lookup = lying(['198.51.100.7', '::ffff:169.254.169.254']);
  expect(await ask('prom.example.com', { lookup })).toMatch(/is at ::ffff:169\.254\.169\.254/);
});

test('what was judged is what is connected to: a name that changes in between is looked up once (A4)', async () => {
  const lookup = lying(['127.0.0.1'], ['169.254.169.254']);
  expect(await ask('prom.example.com', { lookup, egress: LOOPBACK })).toBe('inside');
  expect(lookup.asked).toBe(1);
});

test('a name without an address says so', async () => {
  expect(await ask('gone.example.com', { lookup: lying([]) })).toBe('gone.example.com has no address');
});

test.each(['169.254.169.254', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '0.0.0.0'])(
  '%s is no address to ask, although no look-up is made for it (A4)',
  async (host) => {
    expect(await ask(host)).toMatch(/is never asked/);
  },
);

test('the spellings of an address that the system reads come out as the address (A4)', async () => {
  for (const host of ['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.16689662'])
    expect(await ask(new URL(`http://${host}`).hostname)).toMatch(/169\.254\.169\.254 .*is never asked/);
});

test('what the operator wrote as an address or as localhost is asked', async () => {
  expect(await ask('127.0.0.1')).toBe('inside');
  expect(await ask('localhost', { lookup: lying(['127.0.0.1']) })).toBe('inside');
});

test('what SWITCHYARD_CONNECT_TO names is asked, wherever it is', async () => {
  const connectTo = [{ host: 'prom.example.com', port: null, to: { host: '127.0.0.1', port } }];
  expect(await ask('prom.example.com', { connectTo, lookup: lying(['169.254.169.254']) })).toBe('inside');
});
