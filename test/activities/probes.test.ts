import type { HttpGate, Observation } from '../../src/core/dns/gate.ts';
import { lookDeps } from '../../src/activities/look-deps.ts';
import { makeProbes, trustOf, type ProbeDeps, type ProbeInput } from '../../src/activities/probes.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import type { ProbeSide } from '../../src/contracts/deploy-activities.ts';
import type { RecordSet } from '../../src/core/dns/record-set.ts';
import type { Behaviour } from '../../sandbox/endpoints/behaviour.ts';
import { failureOf, startActivityRig, type ActivityRig } from './rig.ts';

const HEALTHY: HttpGate = {
  kind: 'http',
  name: 'healthy',
  scheme: 'https',
  host: null,
  port: 443,
  path: '/healthz',
  method: 'GET',
  headers: [],
  status: [200],
  contains: null,
  json: {},
  maxLatencyMs: null,
  followRedirects: false,
  verifyCertificate: true,
};
const SECRET = 's3cr3t-value';
const BLACK = '192.0.2.20';

let rig: ActivityRig;

beforeAll(async () => {
  rig = await startActivityRig({
    env: {
      SWITCHYARD_SECRET_PROM_TOKEN: SECRET,
      SWITCHYARD_SECRET_PROM_TOKEN_HOSTS: 'www.example.com',
      SWITCHYARD_SECRET_LOOSE: 'loose',
      SWITCHYARD_PROBE_HOSTS: 'status.example.com',
    },
  });
});
afterAll(() => rig.close());
afterEach(() => rig.sandbox.black.behave({ kind: 'well' }));

const set = (type: string, ...values: string[]): RecordSet => ({
  name: 'www.example.com.',
  type,
  ttl: 60,
  values,
  alias: null,
  setIdentifier: null,
  weight: null,
  healthCheckId: null,
  other: {},
});
const black = (...sets: RecordSet[]): readonly ProbeSide[] => [{ side: 'black', sets }];
const deps = (changes: Partial<ProbeDeps> = {}): ProbeDeps => ({
  ...lookDeps({ config: rig.config, askTimeoutMs: 200 }),
  secrets: rig.config.secrets,
  trust: trustOf(rig.config.reach.ca),
  ...changes,
});
const input = (gate: ProbeInput['gates'][number], sides = black(set('A', BLACK))): ProbeInput => ({
  ...rig.ref,
  gates: [gate],
  sides,
  pace: { probeTimeoutMs: 300 },
});

async function look(probing: ProbeInput, changes: Partial<ProbeDeps> = {}): Promise<readonly Observation[]> {
  const probes = await makeProbes(deps(changes), probing);
  return (await Promise.all(probes.map((probe) => probe.ask(plainPulse())))).flat();
}
const see = async (gate: Partial<HttpGate> = {}, sides?: readonly ProbeSide[]): Promise<Observation> => {
  const [observation] = await look(input({ ...HEALTHY, ...gate }, sides));
  if (observation === undefined) throw new Error('nothing was probed');
  return observation;
};

describe('an http gate', () => {
  test('asks straight at the address with Host and SNI of the record', async () => {
    const before = rig.sandbox.black.served.total;
    expect(await see()).toMatchObject({ ok: true, side: 'black', value: BLACK, seen: 'HTTP 200 /healthz' });
    expect(rig.sandbox.black.served.total).toBe(before + 1);
  });

  test.each<[string, Behaviour, Partial<HttpGate>, string | RegExp]>([
    ['a status', { kind: 'status', status: 503 }, {}, 'HTTP 503 /healthz'],
    ['no answer', { kind: 'hang' }, {}, 'no answer within 300 ms /healthz'],
    ['nobody there', { kind: 'refuse' }, {}, /connection refused/],
    ['a reset', { kind: 'reset' }, {}, /connection reset/],
    ['a certificate for another name', { kind: 'wrong-certificate' }, {}, /certificate for another name/],
    ['another body', { kind: 'wrong-body', body: 'nope' }, { contains: 'hello' }, /the body lacks "hello"/],
    ['a body that is not JSON', { kind: 'wrong-body', body: 'nope' }, { json: { '/ok': true } }, /not JSON/],
    [
      'another value in JSON',
      { kind: 'well', json: { ok: false } },
      { json: { '/ok': true } },
      /\/ok is false, expected true/,
    ],
    [
      'a missing value in JSON',
      { kind: 'well', json: {} },
      { json: { '/a~1b/c': 1 } },
      /\/a~1b\/c is absent, expected 1/,
    ],
    ['too long a body', { kind: 'huge' }, { json: { '/ok': true } }, /longer than 65536 bytes/],
    ['a slow answer', { kind: 'slow', ms: 40 }, { maxLatencyMs: 20 }, /at most 20 ms are accepted/],
    ['a redirect', { kind: 'redirect', to: '/x' }, {}, 'HTTP 302 /healthz'],
    [
      'a redirect elsewhere',
      { kind: 'redirect', to: 'http://169.254.169.254/' },
      { followRedirects: true },
      /redirected to another place/,
    ],
    ['redirects without end', { kind: 'redirect', to: '/x' }, { followRedirects: true }, /more than 5 redirects/],
  ])('takes %s for a failure, and says what it saw', async (_what, behaviour, gate, seen) => {
    await rig.sandbox.black.behave(behaviour);
    const observation = await see(gate);
    expect(observation.ok).toBe(false);
    expect(observation.seen).toEqual(typeof seen === 'string' ? seen : expect.stringMatching(seen));
  });

  test('reads at most 64 KB of a body that has no end', async () => {
    await rig.sandbox.black.behave({ kind: 'huge' });
    expect(await see()).toMatchObject({ ok: true });
  });

  test('accepts values at JSON pointers', async () => {
    await rig.sandbox.black.behave({ kind: 'well', json: { checks: [{ 'a/b': 'up' }] } });
    expect(await see({ json: { '/checks/0/a~1b': 'up', '/checks/0': { 'a/b': 'up' } } })).toMatchObject({ ok: true });
  });

  test('speaks plain http at its own port', async () => {
    expect(await see({ scheme: 'http', port: 80 })).toMatchObject({ ok: true });
  });

  test('accepts any certificate where the gate says so', async () => {
    await rig.sandbox.black.behave({ kind: 'wrong-certificate' });
    expect(await see({ verifyCertificate: false })).toMatchObject({ ok: true });
  });

  test('does not trust the test authority without being told to', async () => {
    const [observation] = await look(input(HEALTHY), { trust: null });
    expect(observation?.seen).toMatch(/certificate/);
  });

  test('keeps control characters out of what it saw, and keeps it short', async () => {
    await rig.sandbox.black.behave({ kind: 'well', json: { ok: '\u001b[31m::error::x'.repeat(20) } });
    const { seen } = await see({ path: `/${'p'.repeat(300)}`, json: { '/ok': true } });
    expect(seen.length).toBeLessThanOrEqual(200);
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(seen).not.toMatch(/[\u0000-\u001f]/);
  });

  test('probes every value, and one ill value is one ill observation', async () => {
    await rig.sandbox.black.behave({ kind: 'status', status: 500 });
    const seen = await look(
      input(HEALTHY, [...black(set('A', BLACK)), { side: 'red', sets: [set('A', '192.0.2.10')] }]),
    );
    expect(seen.map(({ side, ok }) => [side, ok])).toEqual([
      ['black', false],
      ['red', true],
    ]);
  });
});

describe('names', () => {
  const cname = (name: string) => black(set('CNAME', name));
  const probing = (name: string, addresses: readonly string[]) =>
    look(input(HEALTHY, cname(name)), { resolve: () => Promise.resolve(addresses) });

  test('are resolved anew each time, and every address is probed', async () => {
    await rig.sandbox.black.behave({ kind: 'status', status: 500 });
    const [observation] = await probing('app.example.net.', ['192.0.2.10', BLACK]);
    expect(observation).toMatchObject({ ok: false, value: 'app.example.net', seen: `HTTP 500 /healthz at ${BLACK}` });
  });

  test('that do not resolve are a failed probe, not a pass', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    const [observation] = await look(input(HEALTHY, cname('gone.example.net.')), { resolve });
    expect(observation).toMatchObject({ ok: false, seen: 'gone.example.net does not resolve (ENOTFOUND)' });
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254', 'fd00:ec2::254', '64:ff9b::a9fe:a9fe'])(
    'never lead a probe to %s (A4)',
    async (address) => {
      const [observation] = await probing('evil.example.net.', [address]);
      expect(observation).toMatchObject({ ok: false, seen: expect.stringMatching(/loopback|never asked/) as string });
      expect(observation?.seen).toContain(address);
    },
  );

  test('that lead to this machine lead there where the worker says so, and to a metadata service nowhere (A4)', async () => {
    const { reach } = rig.config;
    const seenAt = async (address: string) => {
      const probeHosts = [...reach.probeHosts, address];
      const resolve = () => Promise.resolve([address]);
      const [observation] = await look(input({ ...HEALTHY, port: 9 }, cname('own.example.net.')), {
        resolve,
        reach: { ...reach, probeHosts },
      });
      return observation?.seen;
    };
    expect(await seenAt('127.0.0.1')).toMatch(/connection refused/);
    expect(await seenAt('169.254.169.254')).toMatch(/is never asked/);
  });

  test('do not lead to this machine where only metrics and notices may (A4)', async () => {
    const egress = { kinds: ['public', 'loopback'] as const, networks: [{ address: '127.0.0.0', prefix: 8 }] };
    const [observation] = await look(input({ ...HEALTHY, port: 9 }, cname('own.example.net.')), {
      reach: { ...rig.config.reach, egress },
      resolve: () => Promise.resolve(['127.0.0.1']),
    });
    expect(observation?.seen).toBe('127.0.0.1 is a loopback address, and SWITCHYARD_PROBE_HOSTS does not name it');
  });

  test('of private networks are probed: they are targets of the record itself', async () => {
    const { reach } = rig.config;
    const egress = { kinds: ['public' as const], networks: [] };
    const at = { ...reach, egress, connectTo: [] };
    const [observation] = await look(input(HEALTHY, cname('inside.example.net.')), {
      reach: at,
      resolve: () => Promise.resolve(['10.255.255.1']),
    });
    expect(observation?.seen).not.toMatch(/SWITCHYARD_EGRESS|never asked/); // nobody is there, and that was found out by asking
  });

  test('of an alias are asked for the family of their record alone', async () => {
    const asked: string[] = [];
    const alias = { ...set('AAAA'), alias: { zoneId: 'Z1', dnsName: 'lb.example.net.', evaluateTargetHealth: true } };
    const resolve = (name: string, types: readonly string[]) => {
      asked.push(`${name} ${types.join()}`);
      return Promise.resolve([BLACK]);
    };
    await look(input(HEALTHY, black(alias)), { resolve });
    expect(asked).toEqual(['lb.example.net AAAA']);
  });
});

describe('a tcp gate', () => {
  const gate = { kind: 'tcp', name: 'port', port: 443 } as const;
  test('connects', async () => {
    expect(await look(input(gate))).toMatchObject([{ ok: true, seen: `connected to ${BLACK}:443` }]);
  });
  test('takes a closed port for a failure', async () => {
    await rig.sandbox.black.behave({ kind: 'refuse' });
    expect(await look(input(gate))).toMatchObject([{ ok: false, seen: `connection refused at ${BLACK}:443` }]);
  });
});

describe('a dns gate', () => {
  const gate = { kind: 'dns', name: 'answers' } as const;
  test('sees every authoritative server', async () => {
    const seen = await look(input(gate));
    expect(seen).toHaveLength(4);
    expect(seen[0]).toMatchObject({ ok: true, seen: 'A 192.0.2.10' });
  });
  test('takes a silent server for a failure', async () => {
    rig.sandbox.nameServers.servers[1]?.silence();
    const seen = await look(input(gate));
    rig.sandbox.nameServers.servers[1]?.speak();
    expect(seen.map(({ ok }) => ok)).toEqual([true, false, true, true]);
  });
});

describe('what a gate may ask for (A4)', () => {
  const withSecret = (secret: string, gate: Partial<HttpGate> = {}): HttpGate => ({
    ...HEALTHY,
    headers: [{ name: 'authorization', secret }],
    ...gate,
  });
  const refusal = (gate: HttpGate) => failureOf(look(input(gate)));

  test('sends a secret to the host that it is bound to', async () => {
    const [observation] = await look(input(withSecret('prom-token')));
    expect(observation).toMatchObject({ ok: true });
  });

  test('never shows a secret that the endpoint sends back (A1)', async () => {
    await rig.sandbox.black.behave({ kind: 'well', json: { ok: `${'x'.repeat(52)}${SECRET}` } });
    const [observation] = await look(input(withSecret('prom-token', { json: { '/ok': true } })));
    expect(observation?.seen).toMatch(/x\[sec/);
    expect(JSON.stringify(observation)).not.toContain(SECRET.slice(0, 4));
  });

  test.each([
    'AWS_SECRET_ACCESS_KEY',
    '../prom-token',
    'prom-token-hosts',
    'PROM-TOKEN',
    'prom_token',
    '',
    'a'.repeat(65),
  ])('does not know %s as the name of a secret', async (name) => {
    const failed = await refusal(withSecret(name));
    expect(failed.type).toBe('Refused');
    expect(failed.message).toMatch(/is no name of a secret/);
  });

  test.each([
    ['a missing secret', withSecret('absent'), /SWITCHYARD_SECRET_ABSENT_HOSTS=www.example.com/],
    ['an unbound secret', withSecret('loose'), /SWITCHYARD_SECRET_LOOSE_HOSTS=www.example.com/],
    ['another host', withSecret('prom-token', { host: 'status.example.com' }), /not to status.example.com/],
    ['plain http', withSecret('prom-token', { scheme: 'http', port: 80 }), /only the address counts/],
    ['an unverified certificate', withSecret('prom-token', { verifyCertificate: false }), /not to 192.0.2.20/],
    [
      'a host that is no target',
      { ...HEALTHY, host: 'metadata.example.org' },
      /SWITCHYARD_PROBE_HOSTS=status.example.com,metadata.example.org/,
    ],
  ])('refuses %s and says which variable to set', async (_what, gate, sentence) => {
    const failed = await refusal(gate);
    expect(failed.type).toBe('Refused');
    expect(failed.message).toMatch(sentence);
    expect(failed.message).not.toContain(SECRET);
  });

  test('allows the hosts of SWITCHYARD_PROBE_HOSTS', async () => {
    expect(await see({ host: 'status.example.com' })).toMatchObject({ ok: true });
  });
});
