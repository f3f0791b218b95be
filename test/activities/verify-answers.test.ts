import type { VerifyInput } from '../../src/contracts/deploy-activities.ts';
import { lookDeps } from '../../src/activities/look-deps.ts';
import { plainPulse, type Pulse } from '../../src/activities/pulse.ts';
import { verifyAnswers } from '../../src/activities/verify-answers.ts';
import { failureOf, pointedAt, startActivityRig, type ActivityRig } from './rig.ts';

const RED = '192.0.2.10';
const BLACK = '192.0.2.20';

let rig: ActivityRig;
let input: VerifyInput;

beforeEach(async () => {
  rig = await startActivityRig();
  const { sets } = await rig.standing();
  input = { ...rig.ref, sets, inARow: 3, everyMs: 5, limitMs: 200, mode: 'authoritative' };
});
afterEach(() => rig.close());

const verify = (changes: Partial<VerifyInput> = {}) => rig.run((the) => the.verifyAnswers({ ...input, ...changes }));
const server = (index: number) => {
  const found = rig.sandbox.nameServers.servers[index];
  if (found === undefined) throw new Error(`no server ${index}`);
  return found;
};
const lie = (...values: string[]) => server(2).lie({ name: rig.ref.record, type: 'A', values });
const kinds = async (changes?: Partial<VerifyInput>) => (await verify(changes)).servers.map(({ kind }) => kind);

test('sees all four servers agree', async () => {
  const { servers } = await verify();
  expect(servers).toHaveLength(4);
  expect(servers[0]).toMatchObject({ server: rig.sandbox.nameServers.addresses[0], kind: 'agrees', values: [RED] });
});

test('names the server that still answers wrongly when time is up (D3)', async () => {
  lie('203.0.113.9');
  const failed = await failureOf(verify());
  expect(failed.type).toBe('WrongAnswer');
  expect(failed.message).toContain(
    `www.example.com A: the name server ${rig.sandbox.nameServers.addresses[2] ?? ''} answers 203.0.113.9, expected ${RED}`,
  );
});

test.each([
  ['one value too many', [RED, BLACK]],
  ['nothing', []],
])('does not take %s for the right answer', async (_what, values) => {
  lie(...values);
  expect((await failureOf(verify())).type).toBe('WrongAnswer');
});

test('waits for a server that comes right within the limit', async () => {
  lie(BLACK);
  const waiting = verify({ limitMs: 5_000 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  server(2).honest();
  expect((await waiting).servers.map(({ kind }) => kind)).toEqual(['agrees', 'agrees', 'agrees', 'agrees']);
});

test('reports a silent server as not seen, and does not fail for it (D3)', async () => {
  server(0).silence();
  expect(await kinds()).toEqual(['not-seen', 'agrees', 'agrees', 'agrees']);
});

test('does not take a server that answered wrongly and then fell silent for one that was not seen (D3)', async () => {
  lie('203.0.113.9');
  for (const silent of [0, 1, 3]) server(silent).silence(); // so that the first pause follows the answer of the liar
  const pulse = plainPulse();
  const afterOneAnswer: Pulse = {
    ...pulse,
    sleep: (ms) => {
      server(2).silence();
      return pulse.sleep(ms);
    },
  };
  const deps = lookDeps({ config: rig.config, askTimeoutMs: 100 });
  const failed = await failureOf(verifyAnswers(deps, { ...input, limitMs: 1_000 }, afterOneAnswer));
  expect(failed.type).toBe('WrongAnswer');
  expect(failed.message).toContain('answers 203.0.113.9');
});

test('accepts either value between steps, and nothing else', async () => {
  const [one] = input.sets;
  if (one === undefined) throw new Error('the record is empty');
  const weighted = [
    { ...one, setIdentifier: 'switchyard-red-1', weight: 50 },
    { ...one, values: [BLACK], setIdentifier: 'switchyard-black-1', weight: 50 },
  ];
  expect(await kinds({ sets: weighted })).toEqual(['agrees', 'agrees', 'agrees', 'agrees']);
  lie('203.0.113.9');
  expect((await failureOf(verify({ sets: weighted }))).message).toMatch(/expected 192.0.2.10 or 192.0.2.20/);
});

test('does not expect a set of weight 0 to be answered', async () => {
  const [one] = input.sets;
  if (one === undefined) throw new Error('the record is empty');
  const sets = [
    { ...one, setIdentifier: 'switchyard-red-1', weight: 0 },
    { ...one, values: [BLACK], setIdentifier: 'switchyard-black-1', weight: 100 },
  ];
  expect((await failureOf(verify({ sets }))).message).toMatch(/answers 192.0.2.10, expected 192.0.2.20/);
});

test('follows the answer to TCP where it does not fit into a packet', async () => {
  const values = Array.from({ length: 120 }, (_, index) => `198.51.100.${index}`);
  rig.sandbox.route53.put(rig.sandbox.zoneId, {
    Name: rig.ref.record,
    Type: 'A',
    TTL: 60,
    ResourceRecords: values.map((Value) => ({ Value })),
  });
  expect(await kinds({ sets: pointedAt(input.sets, ...values) })).toEqual(['agrees', 'agrees', 'agrees', 'agrees']);
});

test('compares IPv6 addresses by value, not by spelling', async () => {
  const [one] = input.sets;
  if (one === undefined) throw new Error('the record is empty');
  rig.sandbox.route53.put(rig.sandbox.zoneId, {
    Name: rig.ref.record,
    Type: 'AAAA',
    TTL: 60,
    ResourceRecords: [{ Value: '2001:db8::10' }],
  });
  const sets = [...input.sets, { ...one, type: 'AAAA', values: ['2001:0DB8:0:0:0:0:0:10'] }];
  expect(await kinds({ sets })).toEqual(['agrees', 'agrees', 'agrees', 'agrees']);
});

test('asks nobody where the API is all that is known, and says so', async () => {
  expect((await verify({ mode: 'api' })).servers).toEqual([]);
});
