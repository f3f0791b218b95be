/** The worker's clients of several accounts: the real SDK against stand-ins of STS and Route 53. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HOME_ACCOUNT } from '../../sandbox/sts/identities.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { createDeployActivities } from '../../src/activities/deploy-activities.ts';
import { loadConfig } from '../../src/config.ts';
import type { DeployActivities } from '../../src/contracts/deploy-activities.ts';
import { roleOf } from '../../src/contracts/deploy.ts';
import type { Snapshot } from '../../src/core/dns/snapshot.ts';
import { clientsFor, environment, failureOf, ownStanding, pointedAt } from './rig.ts';

const NET = 'arn:aws:iam::210987654321:role/switchyard';
const ORG = 'arn:aws:iam::333333333333:role/switchyard';
const WWW = 'www.example.net';
const SDK_RENEWS_MS = 300_000; // so long before the end

let sandbox: Sandbox;
let zoneId: string;
let activities: DeployActivities;

beforeEach(async () => {
  sandbox = await startSandbox({ roles: { net: { arn: NET }, org: { arn: ORG, externalId: 'acme-1' } } });
  zoneId = sandbox.route53.createZone({ name: 'example.net', accountId: '210987654321' });
  sandbox.route53.put(zoneId, { Name: WWW, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.10' }] });
  activities = activitiesWith({});
});
afterEach(() => sandbox.close());

function activitiesWith(env: Readonly<Record<string, string>>): DeployActivities {
  const config = loadConfig({ ...sandbox.env(), ...env });
  return createDeployActivities({ config, aws: clientsFor(config.aws) });
}

const read = (role?: string, zone: string | null = 'example.net', from = activities): Promise<Snapshot> =>
  environment().run(() => from.readRecord({ record: WWW, zone, ...roleOf({ role }) }));
const assumed = () => sandbox.sts?.assumed ?? [];
const refuseSts = (code: string, status: number) =>
  sandbox.sts?.faults.add({ operation: 'AssumeRole', times: Infinity, fault: { kind: 'refuse', status, code } });

async function swap(attempt = 1, from = activities) {
  const { record, zone, sets, fence } = await read('net');
  const to = ownStanding(record, pointedAt(sets, '192.0.2.20'));
  const input = { record, zone, role: 'net', from: { sets, fence }, to, comment: 'black' };
  return environment({ attempt }).run(() => from.swapRecord(input));
}

test('reads and writes a record in the account of its role, and in no other', async () => {
  await swap();
  const [entry] = sandbox.route53.log.filter(({ by }) => by !== 'foreign');
  expect(entry).toMatchObject({ zoneId, accepted: true, by: expect.stringMatching(/^ASIA/) as string });
  expect(assumed()).toEqual([
    { arn: NET, sessionName: 'switchyard', by: `arn:aws:iam::${HOME_ACCOUNT}:user/switchyard` },
  ]);
});

test.each([
  ['by its name: there is none here', 'example.net', 'ZoneUnclear', /no hosted zone example\.net in this account/],
  ['by its id: it is somebody else’s', 'id', 'Unauthorized', /GetHostedZone/],
])('without the role the zone is not found %s', async (_how, zone, type, sentence) => {
  const failed = await failureOf(read(undefined, zone === 'id' ? zoneId : zone));
  expect(failed).toMatchObject({ type, message: expect.stringMatching(sentence) as string });
});

test('assumes a role once for all who wait for it, and not again while it lasts', async () => {
  await Promise.all(Array.from({ length: 6 }, () => read('net')));
  await read('net');
  expect(assumed()).toHaveLength(1);
});

test('renews the credentials before they end, in the middle of a run', async () => {
  if (sandbox.sts === null) throw new Error('no STS');
  sandbox.sts.lifetimeMs = SDK_RENEWS_MS + 150;
  await read('net');
  await sleep(200);
  await read('net');
  expect(assumed()).toHaveLength(2);
});

test('goes on with the credentials at hand while the token service is away, until they end (D8)', async () => {
  if (sandbox.sts === null) throw new Error('no STS');
  sandbox.sts.lifetimeMs = 11_000; // inside of the SDK's own window, and good
  await read('net');
  refuseSts('ServiceUnavailable', 503);
  await expect(swap()).resolves.toMatchObject({ changeId: expect.any(String) as string });
});

test.each([
  ['denies it', 'AccessDenied', 403, 'Unauthorized', /role net cannot be assumed: AWS STS refuses .*AccessDenied/],
  ['does not answer', 'ServiceUnavailable', 503, 'Unavailable', /role net cannot be assumed: AWS STS gives no/],
  ['throttles', 'Throttling', 400, 'Throttled', /role net cannot be assumed/],
])('names the role, and writes nothing, where the token service %s', async (_what, code, status, type, sentence) => {
  refuseSts(code, status);
  const failed = await failureOf(read('net'));
  expect(failed).toMatchObject({ type, message: expect.stringMatching(sentence) as string });
  expect(failed.message).not.toMatch(/\d{12}|arn:/); // A1
  expect(sandbox.route53.faults.seen).toEqual([]);
});

test('a write whose role cannot be assumed was certainly not sent (D2)', async () => {
  const { record, zone, sets, fence } = await read('net');
  const to = ownStanding(record, pointedAt(sets, '192.0.2.20'));
  const input = { record, zone, role: 'net', from: { sets, fence }, to, comment: 'black' };
  const others = activitiesWith({});
  refuseSts('AccessDenied', 403);
  const failed = await failureOf(environment().run(() => others.swapRecord(input)));
  expect(failed).toMatchObject({ type: 'Unauthorized', details: [{ facts: { mayLand: false } }] });
});

test('tells the external id to the role that wants one, and to no other', async () => {
  sandbox.route53.createZone({ name: 'example.org', accountId: '333333333333' });
  const input = { record: 'www.example.org', zone: null, role: 'org' };
  const found: Snapshot = await environment().run(() => activities.readRecord(input));
  expect(found.zone.name).toBe('example.org.');
  const without = activitiesWith({ SWITCHYARD_ROLE_ORG_EXTERNAL_ID: '' });
  expect((await failureOf(read('org', 'example.org', without))).type).toBe('Unauthorized');
});

describe('a role that the worker does not have (A4)', () => {
  test('is refused before anything is asked, with the roles that there are', async () => {
    const failed = await failureOf(read('nett'));
    expect(failed).toMatchObject({
      type: 'RoleUnknown',
      message: expect.stringMatching(/role nett is not bound here; allowed: net, org\. Bind it/) as string,
    });
    expect([sandbox.route53.faults.seen, assumed()]).toEqual([[], []]);
  });

  test.each([
    [1, false],
    [2, true],
  ])('leaves it open whether attempt %d sent a write only where one before may have: %s', async (attempt, mayLand) => {
    const failed = await failureOf(
      swap(attempt, activitiesWith({ SWITCHYARD_ROLES: '', SWITCHYARD_ROLE_ORG_EXTERNAL_ID: '' })),
    );
    expect(failed).toMatchObject({ type: 'RoleUnknown', details: [{ facts: { mayLand } }] });
  });

  test('may be the credentials at hand', async () => {
    const own = activitiesWith({ SWITCHYARD_ROLES: 'net=own', SWITCHYARD_ROLE_ORG_EXTERNAL_ID: '' });
    expect((await failureOf(read('net', 'example.net', own))).type).toBe('ZoneUnclear');
    expect(assumed()).toEqual([]);
  });
});

describe('the requests of an account', () => {
  const rate = { burst: 10, perSecond: 50 };

  test('are shared by all of its roles, and by no other account', () => {
    const { aws } = loadConfig({
      ...sandbox.env(),
      SWITCHYARD_ROLES: `net=${NET},more=${NET}-2,org=${ORG}`,
    });
    const clients = clientsFor(aws);
    expect(clients.inRole('net').budget).toBe(clients.inRole('more').budget);
    expect(clients.inRole('net').budget).not.toBe(clients.inRole('org').budget);
    expect(clients.inRole('net').budget).not.toBe(clients.budget);
    expect(clients.inRole('net').route53()).toBe(clients.inRole('net').inRole('net').route53());
  });

  test('come no faster than Route 53 takes them, so that it throttles nobody', async () => {
    const clients = clientsFor({ ...loadConfig(sandbox.env()).aws, rate });
    const limited = createDeployActivities({ config: loadConfig(sandbox.env()), aws: clients });
    const from = Date.now();
    await Promise.all(Array.from({ length: 10 }, () => read('net', zoneId, limited))); // four requests each
    expect(Date.now() - from).toBeGreaterThanOrEqual(((40 - rate.burst) / rate.perSecond) * 1_000 - 20);
  });
});
