/** Packets of name servers and fences as anybody may write them: an answer, silence or a refusal with a reason; never a fault, and no wait without end. */
import { createServer, type AddressInfo, type Server } from 'node:net';
import packet from 'dns-packet';
import fc from 'fast-check';
import { askNameServer } from '../../src/activities/ask-name-server.ts';
import { fenceSet, readFence, type Fence } from '../../src/core/dns/fence.ts';
import { readFenceOwner } from '../../src/core/dns/fence-owner.ts';
import { canonicalName } from '../../src/core/dns/name.ts';
import { packSets, unpackSets } from '../../src/core/dns/pack-sets.ts';
import { hashSets, type RecordSet } from '../../src/core/dns/record-set.ts';
import { unquoteTxt } from '../../src/core/dns/txt-value.ts';
import { listen, type Listening } from '../../sandbox/dns/listen.ts';
import { brokenBytes, brokenText, fuzzing } from '../support/broken.ts';

const NAME = 'www.example.com';

const good = packet.encode({
  type: 'response',
  flags: packet.AUTHORITATIVE_ANSWER,
  questions: [{ name: NAME, type: 'A' }],
  answers: [
    { name: NAME, type: 'A', ttl: 60, data: '192.0.2.10' },
    { name: NAME, type: 'CNAME', ttl: 60, data: 'app.example.net' },
    { name: NAME, type: 'TXT', ttl: 60, data: ['v=1'] },
    { name: NAME, type: 'AAAA', ttl: 60, data: '2001:db8::1' },
  ],
});

describe('packets', () => {
  let server: Listening;
  let answer: (id: Buffer) => Buffer;
  beforeAll(async () => {
    server = await listen((question) => answer(question.subarray(0, 2)));
  });
  afterAll(() => server.close());

  const withId = (bytes: Uint8Array) => (id: Buffer) => Buffer.concat([id, bytes.subarray(2)]);
  const ask = (transport: 'udp' | 'tcp', type = 'A') =>
    askNameServer({ host: '127.0.0.1', port: server.port }, { name: NAME, type }, { timeoutMs: 25, transport });

  test('of the right number, broken behind it', () =>
    fc.assert(
      fc.asyncProperty(
        brokenBytes(good),
        fc.constantFrom('udp', 'tcp'),
        fc.constantFrom('A', 'AAAA', 'CNAME'),
        async (bytes, transport, type) => {
          answer = withId(bytes);
          const read = await ask(transport, type);
          if (read.kind === 'silent') expect(read.why).not.toBe('');
          else for (const value of read.values) expect(typeof value).toBe('string');
        },
      ),
      fuzzing(60),
    ));

  test('of another number are of somebody else', async () => {
    answer = (id) => withId(good)(Buffer.from([(id[0] ?? 0) ^ 1, id[1] ?? 0]));
    expect(await ask('udp')).toMatchObject({ kind: 'silent' });
    expect(await ask('tcp')).toMatchObject({ kind: 'silent' });
  });

  test('whose names lead in a circle end', async () => {
    const circle = Buffer.from(good);
    circle.writeUInt16BE(0xc00c, 12); // the question's name is a pointer to itself
    answer = withId(circle);
    expect(await ask('udp')).toMatchObject({ kind: 'silent' });
  });

  test('that answer another question say nothing of ours', async () => {
    answer = withId(
      packet.encode({
        type: 'response',
        flags: packet.AUTHORITATIVE_ANSWER,
        questions: [{ name: NAME, type: 'A' }],
        answers: [{ name: 'www.example.org', type: 'A', ttl: 60, data: '203.0.113.66' }],
      }),
    );
    expect(await ask('udp')).toMatchObject({ kind: 'answer', values: [] });
  });
});

test('a name server that says much and nothing over TCP is cut off', async () => {
  let sent = 0;
  const chatter: Server = createServer((socket) => {
    socket.write(Buffer.from([0xff, 0xff]));
    const timer = setInterval(() => {
      sent += 1;
      socket.write('x');
    }, 5);
    socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
  });
  await new Promise<void>((done) => chatter.listen(0, '127.0.0.1', done));
  const at = { host: '127.0.0.1', port: (chatter.address() as AddressInfo).port };
  try {
    const read = await askNameServer(at, { name: NAME, type: 'A' }, { timeoutMs: 100, transport: 'tcp' });
    expect(read).toEqual({ kind: 'silent', why: '100 ms without an answer over TCP' });
    expect(sent).toBeGreaterThan(0);
  } finally {
    chatter.close();
  }
});

describe('fences', () => {
  const red: RecordSet = {
    name: `${NAME}.`,
    type: 'A',
    ttl: 60,
    values: ['192.0.2.10'],
    alias: null,
    setIdentifier: null,
    weight: null,
    healthCheckId: null,
    other: {},
  };
  const fence: Fence = {
    gen: 7,
    stage: 'step',
    owner: 'ns-1/deploy:www.example.com/run-1',
    until: 1_796_000_000_000,
    sets: hashSets([red]),
    red: packSets([red]),
  };
  const set = fenceSet(NAME, fence);
  const [value = ''] = set.values;

  test('whatever stands there is a fence as it was written, or unreadable with a reason (D6)', () => {
    fc.assert(
      fc.property(brokenText(value, value.replace('v=1', 'v=2')), (text) => {
        const reading = readFence({ ...set, values: [text] });
        if (reading.kind === 'unreadable') expect(reading.why).not.toMatch(/^$|\p{Cc}/u);
        if (reading.kind === 'standing') {
          expect(Number.isSafeInteger(reading.fence.gen) && reading.fence.gen >= 0).toBe(true);
          fenceSet(NAME, reading.fence);
          readFenceOwner(reading.fence.owner);
        }
      }),
      fuzzing(400),
    );
  });

  test('several values, none, and what is packed in them', () => {
    fc.assert(
      fc.property(
        fc.array(brokenText(value), { maxLength: 3 }),
        brokenText(packSets([red]) ?? ''),
        (values, packed) => {
          readFence({ ...set, values });
          const sets = unpackSets(packed);
          if (sets !== null) hashSets(sets);
          for (const text of values) unquoteTxt(text);
          canonicalName(packed);
        },
      ),
      fuzzing(300),
    );
  });
});
