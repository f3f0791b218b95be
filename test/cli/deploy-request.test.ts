import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployRequest } from '../../src/cli/deploy-request.ts';
import type { RequestFlags } from '../../src/cli/deploy-flags.ts';
import { readPlanFile, requestHash, writePlanFile } from '../../src/cli/plan-file.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { declaredIn } from '../../src/cli/declared.ts';
import { Stop } from '../../src/cli/stop.ts';
import { PLAN } from './statuses.ts';

const POLICY = `version: 1
gates: { healthy: { http: { path: /healthz } } }
records:
  www.example.com:
    zone: Z0123456789ABCDEFGHIJ
    gates: [healthy]
    preLowerTtl: 60s
    interval: 2s
    fail: 3/5
    ifRedIsIll: hold
    steps: [ { share: 5, hold: 10m }, 100 ]
`;

async function made(flags: RequestFlags, options: { env?: Record<string, string>; name?: string } = {}) {
  const { records: policies } = declaredIn(await checkSwitchyardFile(POLICY, 'switchyard.yaml'));
  const name = options.name ?? 'www.example.com';
  return deployRequest(name, { flags, policyOf: (record) => policies.get(record) ?? null, env: options.env ?? {} });
}

const requestOf = async (...args: Parameters<typeof made>) => (await made(...args)).request;

describe('a request', () => {
  test('takes its policy from the file, by any spelling of the name', async () => {
    expect(await requestOf({ to: ['192.0.2.20'] }, { name: 'WWW.example.com.' })).toMatchObject({
      record: 'www.example.com',
      zone: 'Z0123456789ABCDEFGHIJ',
      preLowerTtl: 60,
      ifRedIsIll: 'hold',
      gates: [{ name: 'healthy' }],
      steps: [
        { share: 5, holdMs: 600_000 },
        { share: 100, holdMs: null },
      ],
      pace: { probeEveryMs: 2_000, fail: { failures: 3, of: 5 } },
    });
  });

  test('is ruled by flags where both speak', async () => {
    const flags = {
      to: ['192.0.2.20'],
      steps: '50,100',
      check: ['/other'],
      zone: 'example.com.',
      fail: '4/6',
      preLowerTtl: '30s',
    };
    expect(await requestOf(flags)).toMatchObject({
      zone: 'example.com',
      preLowerTtl: 30,
      gates: [{ name: '/other' }],
      steps: [{ share: 50 }, { share: 100 }],
      pace: { fail: { failures: 4, of: 6 } },
    });
  });

  test('reports the problems of all flags at once (A2)', async () => {
    const flags = {
      to: ['256.1.1.1'],
      hold: 'x',
      bake: 'y',
      ttl: '-1',
      check: ['gopher://x'],
      type: 'MX',
      verify: 'maybe',
      planHash: 'zz',
      leave: ['a b'],
    };
    const problems = await made(flags, { name: 'a..b' }).then(
      () => [],
      (cause: unknown) => (cause instanceof Stop ? cause.problems : []),
    );
    expect(problems.length).toBeGreaterThanOrEqual(10);
  });

  test('names the line of a value of the file', async () => {
    const { records: policies } = declaredIn(
      await checkSwitchyardFile(POLICY.replace('interval: 2s', 'interval: 9m'), 'switchyard.yaml'),
    );
    const sources = {
      flags: { to: ['192.0.2.20'] },
      policyOf: (record: string) => policies.get(record) ?? null,
      env: {},
    };
    expect(() => deployRequest('www.example.com', sources)).toThrow(
      /switchyard\.yaml:8: interval: "9m" is out of range/,
    );
  });

  test.each([
    ['zone: Z0123456789ABCDEFGHIJ', 'zone: a..b', /switchyard\.yaml:5: zone: "a\.\.b" is neither/],
    ['preLowerTtl: 60s', 'preLowerTtl: 9d', /switchyard\.yaml:7: preLowerTtl: "9d" is no TTL/],
  ])('blames the line of the file, not the flag that nobody gave, for %s as %s', async (good, bad, sentence) => {
    const { records: policies } = declaredIn(await checkSwitchyardFile(POLICY.replace(good, bad), 'switchyard.yaml'));
    const sources = {
      flags: { to: ['192.0.2.20'] },
      policyOf: (record: string) => policies.get(record) ?? null,
      env: {},
    };
    expect(() => deployRequest('www.example.com', sources)).toThrow(sentence);
  });

  test.each([
    [{ GITHUB_ACTOR: 'ann', GITHUB_REPOSITORY: 'acme/app', GITHUB_RUN_ID: '7' }, 'ann', 'acme/app/7'],
    [{ GITLAB_USER_LOGIN: 'bob', CI_PIPELINE_ID: '8' }, 'bob', '8'],
    [{ GITHUB_ACTOR: '', GITLAB_USER_LOGIN: 'bob', BUILD_TAG: 'jenkins-9' }, 'bob', 'jenkins-9'],
  ])('knows who asks from %j', async (env, by, requestId) => {
    expect(await requestOf({ to: ['192.0.2.20'] }, { env })).toMatchObject({ by, requestId });
  });

  test('has one hash whoever asks, and another for another target', async () => {
    const one = await requestOf({ to: ['192.0.2.20'], by: 'ann', requestId: '1' });
    const same = await requestOf({ to: ['192.0.2.20'], by: 'bob', requestId: '2' });
    const other = await requestOf({ to: ['192.0.2.21'] });
    expect(requestHash(same)).toBe(requestHash(one));
    expect(requestHash(other)).not.toBe(requestHash(one));
  });
});

describe('a plan file', () => {
  let path = '';
  beforeAll(async () => void (path = join(await mkdtemp(join(tmpdir(), 'switchyard-plan-')), 'plan.json')));
  afterAll(() => rm(join(path, '..'), { recursive: true }));

  test('brings back the request, bound to its plan', async () => {
    const request = await requestOf({ to: ['192.0.2.20'] });
    await writePlanFile(path, request, PLAN);
    expect(await readPlanFile(path)).toEqual({ ...request, planHash: PLAN.hash });
  });

  test('that was edited by hand is refused', async () => {
    await writeFile(path, (await readFile(path, 'utf8')).replace('192.0.2.20', '192.0.2.66'));
    await expect(readPlanFile(path)).rejects.toThrow(/was changed after `plan` wrote it/);
  });

  test.each(['', 'null', '[]', '{"schemaVersion":2}', '{'])('%j is no plan file', async (text) => {
    await writeFile(path, text);
    await expect(readPlanFile(path)).rejects.toThrow(/is no plan file/);
  });
});
