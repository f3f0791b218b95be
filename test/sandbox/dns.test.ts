import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import dnsPacket from 'dns-packet';
import { startNameServers } from '../../sandbox/dns/name-servers.ts';
import type { NameServers, RecordSource } from '../../sandbox/dns/name-servers.ts';
import { seededRandom } from '../../sandbox/dns/random.ts';
import { askTcp, askUdp, lines, query, sendUdp } from './ask.ts';

const SOA = 'ns-1.awsdns.example. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400';
const NEGATIVE = ['example.com 900 SOA'];

let sets: ResourceRecordSet[];
let dns: NameServers;

beforeAll(async () => {
  const source: RecordSource = {
    zones: () => [
      { id: 'Z1', name: 'example.com.', private: false, nameServers: [] },
      { id: 'Z2', name: 'sub.example.com.', private: false, nameServers: [] },
      { id: 'Z3', name: 'inside.test.', private: true, nameServers: [] },
    ],
    visibleRecordSets: (zoneId) => ({ Z1: sets, Z2: SUB_ZONE, Z3: PRIVATE_ZONE })[zoneId] ?? [],
    lag: () => undefined,
  };
  dns = await startNameServers(source, { count: 2, random: seededRandom(7) });
  dns.aliasTargets.set('LB-1.us-east-1.elb.amazonaws.com', { A: ['198.51.100.1', '198.51.100.2'] });
});

afterAll(() => dns.close());

beforeEach(() => {
  sets = [...ZONE];
  for (const server of dns.servers) {
    server.speak();
    server.honest();
  }
});

const address = (index = 0): string => dns.addresses[index]!;
const udp = (name: string, type: string) => askUdp(address(), query(name, type));

const simple = (Name: string, Type: string, ...values: string[]) =>
  ({ Name, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) }) as ResourceRecordSet;
const weighted = (Name: string, Weight: number, value: string): ResourceRecordSet => ({
  ...simple(Name, 'A', value),
  SetIdentifier: value,
  Weight,
});
const alias = (Name: string, DNSName: string): ResourceRecordSet => ({
  Name,
  Type: 'A',
  AliasTarget: { DNSName, HostedZoneId: 'Z1', EvaluateTargetHealth: false },
});

const ZONE: readonly ResourceRecordSet[] = [
  { ...simple('example.com.', 'SOA', SOA), TTL: 900 },
  { ...simple('example.com.', 'NS', 'ns-1.awsdns.example.', 'ns-2.awsdns.example.'), TTL: 172_800 },
  simple('www.example.com.', 'A', '192.0.2.10'),
  simple('www.example.com.', 'AAAA', '2001:db8::10'),
  simple('www.example.com.', 'HTTPS', '1 . ipv4hint=192.0.2.10'),
  simple('shop.example.com.', 'CNAME', 'www.example.com.'),
  simple('out.example.com.', 'CNAME', 'www.example.net.'),
  simple('gone.example.com.', 'CNAME', 'nothing.example.com.'),
  simple('loop.example.com.', 'CNAME', 'pool.example.com.'),
  simple('pool.example.com.', 'CNAME', 'loop.example.com.'),
  simple('_switchyard.www.example.com.', 'TXT', String.raw`"v=1 gen=3" "a \"quoted\" \\ \344"`),
  simple('\\052.wild.example.com.', 'A', '192.0.2.77'),
  simple('known.wild.example.com.', 'TXT', '"here"'),
  simple('mail.example.com.', 'MX', '10 mx.example.com.'),
  simple('_sip._tcp.example.com.', 'SRV', '1 2 5060 sip.example.com.'),
  simple('example.com.', 'CAA', '0 issue "ca.example.net"'),
  alias('lb.example.com.', 'lb-1.us-east-1.elb.amazonaws.com.'),
  alias('lost.example.com.', 'lb-9.us-east-1.elb.amazonaws.com.'),
  alias('near.example.com.', 'WWW.example.com'),
];
const SUB_ZONE = [simple('a.sub.example.com.', 'A', '203.0.113.5')];
const PRIVATE_ZONE = [simple('db.inside.test.', 'A', '10.0.0.1')];

test.each([
  ['www.example.com', 'A', ['www.example.com 60 A 192.0.2.10']],
  ['www.example.com', 'AAAA', ['www.example.com 60 AAAA 2001:db8::10']],
  ['example.com', 'NS', ['example.com 172800 NS ns-1.awsdns.example', 'example.com 172800 NS ns-2.awsdns.example']],
  ['_switchyard.www.example.com', 'TXT', ['_switchyard.www.example.com 60 TXT v=1 gen=3,a "quoted" \\ \ufffd']],
  ['mail.example.com', 'MX', ['mail.example.com 60 MX {"preference":10,"exchange":"mx.example.com"}']],
  [
    '_sip._tcp.example.com',
    'SRV',
    ['_sip._tcp.example.com 60 SRV {"priority":1,"weight":2,"port":5060,"target":"sip.example.com"}'],
  ],
  ['shop.example.com', 'CNAME', ['shop.example.com 60 CNAME www.example.com']],
  ['shop.example.com', 'A', ['shop.example.com 60 CNAME www.example.com', 'www.example.com 60 A 192.0.2.10']],
  ['out.example.com', 'A', ['out.example.com 60 CNAME www.example.net']],
  ['anything.wild.example.com', 'A', ['anything.wild.example.com 60 A 192.0.2.77']],
  ['two.labels.wild.example.com', 'A', ['two.labels.wild.example.com 60 A 192.0.2.77']],
  ['*.wild.example.com', 'A', ['*.wild.example.com 60 A 192.0.2.77']],
  ['near.example.com', 'A', ['near.example.com 60 A 192.0.2.10']],
  ['lb.example.com', 'A', ['lb.example.com 60 A 198.51.100.1', 'lb.example.com 60 A 198.51.100.2']],
  [
    'lb-1.us-east-1.elb.amazonaws.com',
    'A',
    ['lb-1.us-east-1.elb.amazonaws.com 60 A 198.51.100.1', 'lb-1.us-east-1.elb.amazonaws.com 60 A 198.51.100.2'],
  ],
  ['a.sub.example.com', 'A', ['a.sub.example.com 60 A 203.0.113.5']],
])('answers %s %s with the records that stand there, authoritatively', async (name, type, expected) => {
  const answer = await udp(name, type);

  expect({ rcode: answer.rcode, aa: answer.flag_aa, tc: answer.flag_tc }).toEqual({
    rcode: 'NOERROR',
    aa: true,
    tc: false,
  });
  expect(lines(answer.answers)).toEqual(expected);
});

test.each([
  ['a type that the name does not have', 'mail.example.com', 'A', 'NOERROR'],
  ['a name that only has names below it', 'wild.example.com', 'A', 'NOERROR'],
  ['a type that the responder does not serve', 'www.example.com', 'UNKNOWN_65', 'NOERROR'],
  ['a name that is there, under a wildcard', 'known.wild.example.com', 'A', 'NOERROR'],
  ['an alias whose target answers nothing', 'lost.example.com', 'A', 'NOERROR'],
  ['a name that is not there', 'nothing.example.com', 'A', 'NXDOMAIN'],
  ['a name that no record could have', 'no thing\u00e4\\.example.com', 'A', 'NXDOMAIN'],
  ['a name below one that is there, under a wildcard', 'x.known.wild.example.com', 'A', 'NXDOMAIN'],
])('denies %s with the SOA, so that the denial is cached as Route 53 has it', async (_what, name, type, rcode) => {
  const answer = await udp(name, type);

  expect({ rcode: answer.rcode, aa: answer.flag_aa, answers: answer.answers }).toEqual({
    rcode,
    aa: true,
    answers: [],
  });
  expect(lines(answer.authorities).map((text) => text.replace(/ {.*/, ''))).toEqual(NEGATIVE);
});

test('denies the target of a CNAME beside the CNAME', async () => {
  const answer = await udp('gone.example.com', 'A');

  expect(answer.rcode).toBe('NXDOMAIN');
  expect(lines(answer.answers)).toEqual(['gone.example.com 60 CNAME nothing.example.com']);
  expect(answer.authorities).toHaveLength(1);
});

test('ends a loop of CNAMEs', async () => {
  const answer = await udp('loop.example.com', 'A');

  expect(answer.answers?.length).toBeLessThan(20);
});

test.each([
  ['a name outside its zones', 'www.example.org', {}],
  ['a name that ends like a zone but not at a label', 'barexample.com', {}],
  ['a name of a private zone', 'db.inside.test', {}],
  ['a class other than IN', 'www.example.com', { class: 'CH' }],
])('refuses %s', async (_what, name, more) => {
  const answer = await askUdp(address(), query(name, 'A', { questions: [{ name, type: 'A', ...more }] as never }));

  expect({ rcode: answer.rcode, aa: answer.flag_aa }).toEqual({ rcode: 'REFUSED', aa: false });
});

test('echoes id, case of the name and the RD bit, and claims no recursion', async () => {
  const asked = query('wWw.ExAmPlE.cOm', 'A', { flags: dnsPacket.RECURSION_DESIRED });
  const answer = await askUdp(address(), asked);

  expect({ id: answer.id, rd: answer.flag_rd, ra: answer.flag_ra }).toEqual({ id: asked.id, rd: true, ra: false });
  expect(answer.questions?.[0]?.name).toBe('wWw.ExAmPlE.cOm');
  expect(lines(answer.answers)).toEqual(['wWw.ExAmPlE.cOm 60 A 192.0.2.10']);
  expect((await udp('www.example.com', 'A')).flag_rd).toBe(false);
});

test('draws weighted sets in proportion to their weights', async () => {
  sets.push(weighted('w.example.com.', 25, '192.0.2.10'), weighted('w.example.com.', 75, '192.0.2.20'));

  const counts = await countAnswers('w.example.com', 400);

  expect(counts['192.0.2.20']).toBeGreaterThan(260);
  expect(counts['192.0.2.20']).toBeLessThan(340);
});

test('never draws weight 0 beside a weight above it, and draws equally where all are 0', async () => {
  sets.push(weighted('w.example.com.', 0, '192.0.2.10'), weighted('w.example.com.', 1, '192.0.2.20'));
  sets.push(weighted('z.example.com.', 0, '192.0.2.10'), weighted('z.example.com.', 0, '192.0.2.20'));

  expect(await countAnswers('w.example.com', 50)).toEqual({ '192.0.2.20': 50 });
  expect((await countAnswers('z.example.com', 100))['192.0.2.20']).toBeGreaterThan(30);
});

test('answers every value of a simple set, and of a multivalue answer', async () => {
  const multi = (value: string) => ({
    ...simple('m.example.com.', 'A', value),
    SetIdentifier: value,
    MultiValueAnswer: true,
  });
  sets.push(multi('192.0.2.1'), multi('192.0.2.2'), simple('s.example.com.', 'A', '192.0.2.3', '192.0.2.4'));

  expect((await udp('m.example.com', 'A')).answers).toHaveLength(2);
  expect((await udp('s.example.com', 'A')).answers).toHaveLength(2);
});

test('truncates what is larger than 512 bytes by UDP, gives all by TCP and to whom announces more by EDNS', async () => {
  sets.push(simple('big.example.com.', 'TXT', ...Array.from({ length: 4 }, (_, i) => `"${String(i).repeat(200)}"`)));
  const edns = (udpPayloadSize: number) =>
    ({ additionals: [{ type: 'OPT', name: '.', udpPayloadSize, flags: 0, options: [] }] }) as never;

  const small = await udp('big.example.com', 'TXT');
  const [whole] = await askTcp(address(), [query('big.example.com', 'TXT')]);
  const roomy = await askUdp(address(), query('big.example.com', 'TXT', edns(1232)));
  const tight = await askUdp(address(), query('big.example.com', 'TXT', edns(600)));

  expect([small, whole, roomy, tight].map((answer) => [answer?.flag_tc, answer?.answers?.length])).toEqual([
    [true, 0],
    [false, 4],
    [false, 4],
    [true, 0],
  ]);
  expect([small.additionals?.length, roomy.additionals?.[0]?.type]).toEqual([0, 'OPT']);
});

test('answers several questions of one TCP connection that arrive in pieces', async () => {
  const names = ['www.example.com', 'lb.example.com', 'nothing.example.com'];
  const answers = await askTcp(
    address(),
    names.map((name) => query(name, 'A')),
    7,
  );

  expect(answers.map((answer) => [answer.questions?.[0]?.name, answer.answers?.length])).toEqual([
    ['www.example.com', 1],
    ['lb.example.com', 2],
    ['nothing.example.com', 0],
  ]);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['half a header', Buffer.from([1, 2, 3])],
  ['a header that promises what is not there', Buffer.from('000100000009000900090009', 'hex')],
  ['a name that points at itself', Buffer.from('000100000001000000000000c00c00010001', 'hex')],
  ['random bytes', Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 131) % 256))],
  ['an answer instead of a query', dnsPacket.encode({ type: 'response', id: 1 })],
])('drops %s and goes on answering', async (_what, bytes) => {
  await expect(sendUdp(address(), bytes, 50)).rejects.toThrow('aborted');

  expect((await udp('www.example.com', 'A')).rcode).toBe('NOERROR');
});

test('names its refusal of two questions and of an unknown operation', async () => {
  const [question] = query('www.example.com', 'A').questions!;
  const two = await askUdp(address(), query('www.example.com', 'A', { questions: [question!, question!] }));
  const update = await askUdp(address(), query('www.example.com', 'A', { flags: 5 << 11 }));

  expect([two.rcode, update.rcode]).toEqual(['FORMERR', 'NOTIMP']);
});

test('fails, and goes on answering, where a value cannot be written into a packet', async () => {
  sets.push(simple('bad.example.com.', 'MX', '70000 mx.example.com.'));

  expect((await udp('bad.example.com', 'MX')).rcode).toBe('SERVFAIL');
  expect((await udp('mail.example.com', 'MX')).rcode).toBe('NOERROR');
});

test('a silent server answers neither by UDP nor by TCP while the others do, until it speaks again', async () => {
  dns.servers[0]!.silence();

  await expect(askUdp(address(), query('www.example.com', 'A'), 50)).rejects.toThrow('aborted');
  expect((await askUdp(address(1), query('www.example.com', 'A'))).answers).toHaveLength(1);

  dns.servers[0]!.speak();
  expect((await udp('www.example.com', 'A')).answers).toHaveLength(1);
});

test('a lying server answers the name and type of its lie wrongly and everything else truly', async () => {
  dns.servers[0]!.lie({ name: 'WWW.example.com', type: 'A', values: ['198.51.100.66'] });

  expect(lines((await udp('www.example.com', 'A')).answers)).toEqual(['www.example.com 60 A 198.51.100.66']);
  expect(lines((await udp('www.example.com', 'AAAA')).answers)).toEqual(['www.example.com 60 AAAA 2001:db8::10']);
  expect(lines((await askUdp(address(1), query('www.example.com', 'A'))).answers)).toEqual([
    'www.example.com 60 A 192.0.2.10',
  ]);

  dns.servers[0]!.honest();
  expect(lines((await udp('www.example.com', 'A')).answers)).toEqual(['www.example.com 60 A 192.0.2.10']);
});

test('a lie that no record could hold is refused when it is told', () => {
  const tell = () => dns.servers[0]!.lie({ name: 'www.example.com', type: 'A', values: ['nonsense'] });

  expect(tell).toThrow("Value is not a valid IPv4 address) encountered with 'nonsense'");
});

async function countAnswers(name: string, times: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const [first] = (await udp(name, 'A')).answers ?? [];
    const value = first?.type === 'A' ? first.data : 'none';
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}
