import { diagnose, type DoctorDeps } from '../../src/activities/diagnose.ts';
import type { Finding } from '../../src/contracts/doctor.ts';
import { startActivityRig, type ActivityRig } from './rig.ts';

let rig: ActivityRig;
beforeEach(async () => {
  const env = { SWITCHYARD_SECRET_A: 'x', SWITCHYARD_SECRET_B: 'y', SWITCHYARD_SECRET_A_HOSTS: 'a.example.com' };
  rig = await startActivityRig({ env });
});
afterEach(() => rig.close());

async function findings(
  input: Parameters<typeof diagnose>[1],
  deps: Partial<DoctorDeps> = {},
): Promise<Map<string, Finding>> {
  const found = await diagnose({ config: rig.config, aws: rig.aws, askTimeoutMs: 200, ...deps }, input);
  return new Map(found.map((finding) => [finding.check, finding]));
}
const www = { zone: null, record: 'www.example.com' };

test('finds nothing wrong where nothing is, and changes nothing', async () => {
  const found = await findings(www);
  expect([...found.values()].filter(({ ok }) => ok === false)).toEqual([]);
  expect(found.get('route53:ChangeResourceRecordSets')?.ok).toBe(true);
  expect(found.get('target 192.0.2.10')?.ok).toBe(true);
  expect(rig.route53.log.filter(({ accepted, by }) => accepted && by !== 'foreign')).toEqual([]);
});

test.each([
  ['ChangeResourceRecordSets', 'route53:ChangeResourceRecordSets'],
  ['ListResourceRecordSets', 'route53:ListResourceRecordSets'],
])('names a missing permission for %s', async (operation, check) => {
  rig.route53.deny(operation);
  expect((await findings({ zone: 'example.com', record: null })).get(check)).toMatchObject({
    ok: false,
    next: expect.stringContaining(`Grant ${check}`) as string,
  });
});

test('takes a zone by its id', async () => {
  expect((await findings({ zone: rig.zoneId, record: null })).get('zone')).toMatchObject({ ok: true });
});

test('says which zone it cannot find', async () => {
  expect((await findings({ zone: 'example.org', record: null })).get('zone')).toMatchObject({ ok: false });
});

test('names a silent name server by UDP and TCP', async () => {
  rig.sandbox.nameServers.servers[3]?.silence();
  const name = rig.sandbox.nameServers.addresses[3] ?? '';
  const found = await findings(www);
  expect(found.get(`name server ${name} (UDP)`)?.ok).toBe(false);
  expect(found.get(`name server ${name} (TCP)`)?.ok).toBe(false);
});

test('notices a clock that is off', async () => {
  const now = () => Date.now() + 600_000;
  expect((await findings(www, { now })).get('clock')?.sentence).toMatch(/is (599|600|601) s ahead of Route 53's/);
});

test('knows secrets by name and binding alone (A1)', async () => {
  const found = await findings({ zone: null, record: null });
  expect(found.get('secret a')).toMatchObject({ ok: true, sentence: 'May be sent to a.example.com.' });
  expect(found.get('secret b')).toMatchObject({
    ok: null,
    next: expect.stringContaining('SWITCHYARD_SECRET_B_HOSTS') as string,
  });
});

test('says of every role whether it can be assumed, and looks at a zone with its role', async () => {
  const arn = (account: string) => `arn:aws:iam::${account}:role/switchyard`;
  const roles = { net: { arn: arn('210987654321') }, org: { arn: arn('333333333333') } };
  const abroad = await startActivityRig({ roles });
  try {
    abroad.sandbox.identities.forget(roles.org.arn);
    abroad.route53.createZone({ name: 'example.net', accountId: '210987654321' });
    const deps = { config: abroad.config, aws: abroad.aws };
    const found = await findings({ record: null, zone: 'example.net', role: 'net' }, deps);
    expect(found.get('aws identity')).toMatchObject({ ok: true });
    expect(found.get('role net')).toMatchObject({ ok: true });
    expect(found.get('role org')).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/the role org cannot be assumed: AWS STS refuses/) as string,
      next: expect.stringMatching(/Grant sts:AssumeRole on the ARN of org/) as string,
    });
    expect(found.get('zone')).toMatchObject({ ok: true });
    expect(found.get('route53:ChangeResourceRecordSets')).toMatchObject({ ok: true });
    const without = await findings({ record: null, zone: 'example.net' }, deps);
    expect(without.get('zone')).toMatchObject({ ok: false });
  } finally {
    await abroad.close();
  }
});
