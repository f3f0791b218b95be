/** The policy of one record is enough for all that is done to it, and allows nothing else. */
import { ChangeResourceRecordSetsCommand, type Change } from '@aws-sdk/client-route-53';
import { readFileSync } from 'node:fs';
import { lookDeps } from '../../src/activities/look-deps.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import { resetRecords } from '../../src/activities/reset-records.ts';
import { isAllowed, type Policy, type PolicyRequest } from '../../sandbox/route53/policy.ts';
import { fenceOf, startActivityRig, type ActivityRig } from '../activities/rig.ts';
import { startGuardYard, type GuardYard } from '../support/guard-yard.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Rig } from '../support/yard.ts';

const EXAMPLE = readFileSync(new URL('../../examples/iam-policy.json', import.meta.url), 'utf8');
const WWW = 'www.example.com';

/** The example, filled in as its documentation says. */
const policyFor = (record: string, zoneId: string): Policy =>
  JSON.parse(EXAMPLE.replaceAll(WWW, record).replaceAll('Z0123456789ABCDEFGHIJ', zoneId)) as Policy;
/** Whose access key the tests' workers have. */
const WORKER = 'switchyard';

describe('what the policy lets through', () => {
  const KEYS = {
    names: 'route53:ChangeResourceRecordSetsNormalizedRecordNames',
    types: 'route53:ChangeResourceRecordSetsRecordTypes',
    actions: 'route53:ChangeResourceRecordSetsActions',
  } as const;
  const policy = policyFor(WWW, 'Z1');
  const change = (context: Partial<Record<keyof typeof KEYS, readonly string[]>>, zone = 'Z1'): PolicyRequest => {
    const whole = {
      names: [WWW, `_switchyard.${WWW}`],
      types: ['A', 'TXT'],
      actions: ['DELETE', 'CREATE'],
      ...context,
    };
    const entries = Object.entries(KEYS).flatMap(([name, key]) => {
      const values = whole[name as keyof typeof KEYS];
      return values.length === 0 ? [] : [[key, values] as const];
    });
    const resource = `arn:aws:route53:::hostedzone/${zone}`;
    return { action: 'route53:ChangeResourceRecordSets', resource, context: Object.fromEntries(entries) };
  };

  test('a swap of the record and its fence', () => {
    expect(isAllowed(policy, change({}))).toBe(true);
  });

  test.each<[string, PolicyRequest]>([
    ['an UPSERT', change({ actions: ['UPSERT'] })],
    ['an UPSERT among others', change({ actions: ['DELETE', 'CREATE', 'UPSERT'] })],
    ['another name', change({ names: ['api.example.com'] })],
    ['another name among others: all or nothing', change({ names: [WWW, 'api.example.com'] })],
    ['a name below', change({ names: [`a.${WWW}`] })],
    ['the zone itself', change({ names: ['example.com'] })],
    ['a wildcard', change({ names: ['\\052.example.com'] })],
    ['the fence of another', change({ names: ['_switchyard.api.example.com'] })],
    ['another type', change({ types: ['A', 'MX'] })],
    ['another zone', change({}, 'Z2')],
    ['a request without names, which ForAllValues alone would let through', change({ names: [] })],
    ['a request without types', change({ types: [] })],
    ['a request without actions', change({ actions: [] })],
    ['the deletion of the zone', { ...change({}), action: 'route53:DeleteHostedZone' }],
    ['a protection taken away', { ...change({}), action: 'route53:DeleteResourceRecordSetProtections' }],
  ])('not %s', (_, request) => {
    expect(isAllowed(policy, request)).toBe(false);
  });

  test('the Null beside ForAllValues is what keeps requests without a key out', () => {
    const open = JSON.parse(JSON.stringify(policy).replace(/"Null":\{[^}]*\}/, '"Null":{}')) as Policy;
    expect(isAllowed(open, change({ names: [] }))).toBe(true);
  });
});

test('the Lambda may swap the same, and otherwise read less', () => {
  const text = readFileSync(new URL('../../examples/lambda/policy.json', import.meta.url), 'utf8');
  const [lambda, worker] = [JSON.parse(text) as Policy, JSON.parse(EXAMPLE) as Policy].map(({ Statement }) =>
    Statement.filter(({ Action }) => JSON.stringify(Action).includes('route53:')),
  );
  for (const statement of lambda ?? []) {
    const same = worker?.find(({ Sid }) => Sid === statement.Sid);
    expect(statement).toEqual({ ...same, Action: statement.Action });
    expect([same?.Action].flat()).toEqual(expect.arrayContaining([statement.Action].flat()));
  }
  expect(lambda).toHaveLength(worker?.length ?? 0);
});

describe('under the policy, asked by the SDK', () => {
  let rig: ActivityRig;
  beforeAll(async () => {
    rig = await startActivityRig();
    rig.route53.grant(WORKER, policyFor(WWW, rig.zoneId));
  });
  afterAll(() => rig.close());

  const send = (...Changes: Change[]) =>
    rig.aws.route53().send(new ChangeResourceRecordSetsCommand({ HostedZoneId: rig.zoneId, ChangeBatch: { Changes } }));
  const set = (Name: string) => ({ Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.66' }] });

  test.each<[string, Change]>([
    ['an UPSERT', { Action: 'UPSERT', ResourceRecordSet: set(WWW) }],
    ['another name', { Action: 'CREATE', ResourceRecordSet: set('other.example.com') }],
    ['another spelling of another name', { Action: 'CREATE', ResourceRecordSet: set('OTHER.Example.com.') }],
  ])('%s is AccessDenied, and changes nothing', async (_, change) => {
    const before = rig.route53.recordSets(rig.zoneId);
    await expect(send(change)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(rig.route53.recordSets(rig.zoneId)).toEqual(before);
  });

  test('a reset restores the default, and leaves its fence', async () => {
    rig.route53.put(rig.zoneId, { ...set(WWW), ResourceRecords: [{ Value: '192.0.2.20' }] });
    const look = lookDeps({ config: rig.config, askTimeoutMs: 100 });
    const deps = { aws: rig.aws, look, pulse: plainPulse(), askToAbort: () => Promise.resolve() };
    const target = { kind: 'values', values: ['192.0.2.10'] } as const;
    const wish = { kind: 'default', target, ttl: null, leave: [] } as const;
    const [result] = await resetRecords(
      deps,
      [{ record: WWW, zone: 'example.com', role: null, wish, verify: 'authoritative' }],
      {
        force: false,
        pace: {
          insync: { pollMs: 10, limitMs: 5_000 },
          verify: { inARow: 2, everyMs: 5, limitMs: 2_000 },
          retry: { firstMs: 1, maxMs: 5, tries: 4 },
        },
      },
    );
    expect(result?.outcome).toBe('restored');
    expect(fenceOf(await rig.standing())).toMatchObject({ stage: 'reset' });
  });
});

describe('under the policy, from beginning to end', () => {
  let yard: GuardYard;
  beforeAll(async () => {
    yard = await startGuardYard();
  });
  afterAll(() => yard.close());

  async function leastRig(): Promise<Rig> {
    const rig = await yard.rig();
    const { sandbox, record } = rig;
    sandbox.route53.grant(WORKER, policyFor(record, sandbox.zoneId));
    return rig;
  }
  const HALF = [
    { share: 50, holdMs: 120_000 },
    { share: 100, holdMs: 200 },
  ];

  test.concurrent('a deployment by shares is promoted', async () => {
    const rig = await leastRig();
    const steps = [50, 100].map((share) => ({ share, holdMs: 100 }));
    expect((await (await yard.deploy(rig, { steps })).end()).report?.outcome).toBe('promoted');
    expect(rig.sandbox.route53.log.every(({ accepted }) => accepted)).toBe(true);
  });

  test.concurrent('an aborted one is rolled back (D3)', async () => {
    const rig = await leastRig();
    const run = await yard.deploy(rig, { steps: HALF });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.abort();
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(brokenPromises(rig, ['red', '50 %'])).toEqual([]);
  });

  test.concurrent('the guard puts back what a terminated one has left', async () => {
    const rig = await leastRig();
    const run = await yard.deploy(rig, { steps: HALF });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.handle.terminate();
    expect(await yard.guard(rig)).toMatchObject({ outcome: 'restored' });
    expect(rig.observer.now()).toBe('red');
  });
});
