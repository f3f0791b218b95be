/** Deployments in the accounts of others. */
import { activitiesFor, PLAIN, startYard, type Rig, type RigOptions, type Yard } from '../support/yard.ts';
import { startMetrics } from '../../sandbox/metrics.ts';
import { gatesOn } from '../support/metric-gates.ts';
import { MESSAGES } from '../../src/contracts/deploy.ts';

const ARN = 'arn:aws:iam::210987654321:role/switchyard';
const RED = { kind: 'values', values: ['192.0.2.10'] } as const;
const ROLES = { net: { arn: ARN } };

let yard: Yard;
beforeAll(async () => void (yard = await startYard()));
afterAll(() => yard.close());

/** A rig with a zone of another account below its own, its apex on red. */
async function abroad(options: RigOptions = {}) {
  const rig = await yard.rig({ roles: ROLES, withoutTls: true, ...options });
  const { route53, zone } = rig.sandbox;
  const record = `eu.${zone}`;
  const zoneId = route53.createZone({ name: record, accountId: '210987654321' });
  route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.10' }] });
  const values = () => route53.recordSets(zoneId, record).filter(({ Type }) => Type === 'A');
  const serves = () => values().flatMap((set) => set.ResourceRecords?.map(({ Value }) => Value));
  return { rig, serves, wish: { record, zone: record, role: 'net', gates: [PLAIN] } };
}

const writersOf = ({ sandbox }: Rig) =>
  new Set(sandbox.route53.log.flatMap(({ by }) => (by === 'foreign' ? [] : [by.slice(0, 4)])));

test.concurrent('a deployment with a role moves the record of another account, with that role alone', async () => {
  const { rig, serves, wish } = await abroad();
  const end = await (await rig.deploy(wish)).end();
  expect(end.report?.outcome).toBe('promoted');
  expect(serves()).toEqual(['192.0.2.20']);
  expect(writersOf(rig)).toEqual(new Set(['ASIA']));
});

test.concurrent('credentials that end in the middle of a hold cost nothing', async () => {
  const { rig, wish } = await abroad();
  if (rig.sandbox.sts === null) throw new Error('no STS');
  rig.sandbox.sts.lifetimeMs = 300_400; // the SDK renews five minutes before
  const end = await (await rig.deploy({ ...wish, bakeMs: 1_200 })).end();
  expect(end.report?.outcome).toBe('promoted');
  expect(rig.sandbox.sts.assumed.length).toBeGreaterThan(2);
});

test.concurrent('alarms are read with the role of the record too, renewed as those of Route 53 are', async () => {
  const metrics = await startMetrics();
  metrics.cloudwatch.setAlarm('www-5xx', { state: 'OK' });
  const env = { ...metrics.env(), SWITCHYARD_ROLES: `net=${ARN},home=own` };
  const { rig, wish } = await abroad({ env });
  if (rig.sandbox.sts === null) throw new Error('no STS');
  rig.sandbox.sts.lifetimeMs = 300_400;
  const { alarm } = gatesOn(metrics);
  const end = await (await rig.deploy({ ...wish, bakeMs: 1_200, metricGates: [alarm()] })).end();
  expect(end.report?.outcome).toBe('promoted');
  expect(metrics.cloudwatch.keys.every((key) => key.startsWith('ASIA'))).toBe(true);
  expect(new Set(metrics.cloudwatch.keys).size).toBeGreaterThan(1);

  const asked = metrics.cloudwatch.keys.length;
  const elsewhere = await (await rig.deploy({ ...wish, to: RED, metricGates: [alarm({ role: 'home' })] })).end();
  expect(elsewhere.report?.outcome).toBe('promoted');
  expect(new Set(metrics.cloudwatch.keys.slice(asked))).toEqual(new Set(['switchyard']));
  await metrics.close();
});

test.concurrent('a role that the worker does not have is refused, and nothing is written (A4)', async () => {
  const { rig, wish } = await abroad();
  const end = await (await rig.deploy({ ...wish, role: 'nett' })).end();
  expect(end.report?.outcome).toBe('refused');
  expect(end.report?.failure).toMatchObject({
    type: 'RoleUnknown',
    sentence: 'The role nett is not bound here; allowed: net.',
  });
  expect(writersOf(rig)).toEqual(new Set());
});

test.concurrent(
  'a rollback whose role is gone from the worker is blocked, and goes on once it is back (D3, D8)',
  async () => {
    const configuration = { hasRole: true };
    const around: NonNullable<RigOptions['around']> = (activities) => ({
      ...activities,
      restoreRecord: (input) => (configuration.hasRole ? activities : without).restoreRecord(input),
    });
    const { rig, serves, wish } = await abroad({ around });
    const without = activitiesFor(rig.sandbox, { env: { SWITCHYARD_ROLES: '' } });
    const deployment = await rig.deploy({ ...wish, bakeMs: 60_000 });
    await deployment.until(({ phase }) => phase === 'holding');
    configuration.hasRole = false;
    await deployment.handle.signal(MESSAGES.abort, { by: 'a test', reason: 'black is ill' });
    const { blocked } = await deployment.until(({ phase }) => phase === 'blocked');
    expect(blocked?.sentence).toBe('The role net is not bound here; allowed: none.');
    expect(serves()).toEqual(['192.0.2.20']);
    configuration.hasRole = true;
    await deployment.handle.executeUpdate(MESSAGES.resolve, {
      args: [{ by: 'a test', decision: 'retry', reason: '' }],
    });
    expect((await deployment.end()).report?.outcome).toBe('rolled-back');
    expect(serves()).toEqual(['192.0.2.10']);
  },
);
