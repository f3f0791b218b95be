import { declaredIn } from '../../src/cli/declared.ts';
import { groupRequest, type GroupSources } from '../../src/cli/group-request.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { Stop } from '../../src/cli/stop.ts';

const FILE = `version: 1
gates: { healthy: { http: { path: /healthz } } }
records:
  eu.example.com: { gates: [healthy], steps: [10, 100] }
  us.example.net: { gates: [healthy], ttl: 30s }
groups:
  shop: { records: [eu.example.com, us.example.net], keepHealthy: 1 }
`;

const TO = ['eu.example.com=192.0.2.31', 'US.example.net.=192.0.2.41', 'us.example.net=192.0.2.42'];

async function made(flags: GroupSources['flags'], name = 'group/shop') {
  const declared = declaredIn(await checkSwitchyardFile(FILE, 'switchyard.yaml'));
  return groupRequest(name, { flags, declared, env: {} });
}

const problemsOf = (...args: Parameters<typeof made>) =>
  made(...args).then(
    () => [],
    (cause: unknown) => (cause instanceof Stop ? cause.problems.map(({ found }) => found) : [String(cause)]),
  );

test('each record takes its own values and its own policy, and flags are for all', async () => {
  const { request } = await made({ to: TO, steps: '50,100', planHash: 'abcdef12' });
  expect(request).toMatchObject({ group: 'shop', keepHealthy: 1, planHash: 'abcdef12' });
  expect(request.records).toMatchObject([
    { record: 'eu.example.com', to: { values: ['192.0.2.31'] }, ttl: null, planHash: null },
    { record: 'us.example.net', to: { values: ['192.0.2.41', '192.0.2.42'] }, ttl: 30, planHash: null },
  ]);
  for (const { steps, gates } of request.records) {
    expect(steps.map(({ share }) => share)).toEqual([50, 100]);
    expect(gates.map(({ name }) => name)).toEqual(['healthy']);
  }
});

test('says everything that is wrong at once: unknown names, records without a value, values that are none (A2)', async () => {
  expect(
    await problemsOf({ to: ['eu.example.com=nonsense!', 'www.example.com=192.0.2.1', '192.0.2.2'], zone: 'x' }),
  ).toEqual([
    '--zone is for one record, and a group has many',
    '--to "www.example.com=192.0.2.1" names no record of group/shop',
    '--to "192.0.2.2" names no record of group/shop',
    'no --to for us.example.net',
    expect.stringContaining('nonsense!'),
  ]);
});

test('a group that is not declared is refused, naming those that are', async () => {
  expect(await problemsOf({ to: TO }, 'group/store')).toEqual(['there is no group "store"']);
});

test('an alarm is accepted of the records that are watched by it, and one that watches none is refused once', async () => {
  const file = `version: 1
gates:
  healthy: { http: { path: /healthz } }
  errors: { cloudwatchAlarm: eu-5xx }
records:
  eu.example.com: { gates: [healthy, errors] }
  us.example.net: { gates: [healthy] }
groups:
  shop: { records: [eu.example.com, us.example.net] }
`;
  const declared = declaredIn(await checkSwitchyardFile(file, 'switchyard.yaml'));
  const asked = (acceptAlarm: readonly string[]) => ({ flags: { to: TO, acceptAlarm }, declared, env: {} });
  const { request } = groupRequest('group/shop', asked(['eu-5xx']));
  expect(request.records.map(({ metricGates }) => metricGates)).toEqual([
    [expect.objectContaining({ alarm: 'eu-5xx', accepted: true })],
    undefined,
  ]);
  expect(() => groupRequest('group/shop', asked(['us-5xx']))).toThrow(
    expect.objectContaining({
      problems: [
        expect.objectContaining({
          found: '--accept-alarm: "us-5xx" is no alarm of this deployment',
          accepted: 'eu-5xx',
        }),
      ],
    }) as Error,
  );
});
