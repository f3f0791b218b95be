import { readSettings } from '../../examples/lambda/read-settings.ts';

const RECORD = { name: 'www.example.com', default: '192.0.2.10' };
const records = (...all: readonly unknown[]) => ({ SWITCHYARD_RECORDS: JSON.stringify(all) });

test.each([
  [{}, [/^no record is declared; accepted: SWITCHYARD_RECORDS, such as .*, or DOMAIN_NAME and DEFAULT_ENDPOINT$/]],
  [{ DOMAIN_NAME: ' ', DEFAULT_ENDPOINT: '192.0.2.10' }, [/^half a record is declared/]],
  [{ ...records(RECORD), DOMAIN_NAME: 'www.example.com' }, [/^SWITCHYARD_RECORDS and DOMAIN_NAME are both set/]],
  [{ SWITCHYARD_RECORDS: '[{' }, [/^SWITCHYARD_RECORDS: this text is no JSON list; accepted: \[\{"name"/]],
  [{ SWITCHYARD_RECORDS: '{}' }, [/^SWITCHYARD_RECORDS: this mapping is no JSON list/]],
  [records(), [/^SWITCHYARD_RECORDS: this list is too few; accepted: at least 1/]],
  [records('www'), [/^SWITCHYARD_RECORDS: 0: this text is no record; accepted: an object with name/]],
  [
    records({ ...RECORD, defualt: 'x' }),
    [/^SWITCHYARD_RECORDS: 0: unknown key "defualt"; accepted: name, zone, role, def/],
  ],
  [records(RECORD, { ...RECORD, name: 'WWW.example.com.' }), [/www\.example\.com is declared twice/]],
  [
    records({ name: 'a..b', default: ['192.0.2.300'], ttl: '1x', leave: ['aaaa'], verify: 'yes', force: 'no' }),
    [
      /^SWITCHYARD_RECORDS: 0\.name: "a\.\.b" has an empty label.*; accepted: a DNS name/,
      /^SWITCHYARD_RECORDS: 0\.default: .*192\.0\.2\.300.*; accepted: IPv4/,
      /^SWITCHYARD_RECORDS: 0\.ttl: "1x" is no TTL; accepted: whole seconds/,
      /^SWITCHYARD_RECORDS: 0\.leave\.0: "aaaa" is no record type/,
      /^SWITCHYARD_RECORDS: 0\.verify: "yes" is no such choice; accepted: authoritative, api/,
      /^SWITCHYARD_RECORDS: 0\.force: this text is not true or false/,
    ],
  ],
  [
    { DOMAIN_NAME: 'a b', DEFAULT_ENDPOINT: '', SWITCHYARD_NAME_SERVERS: 'x:y', AWS_ENDPOINT_URL: 'aws' },
    [/^half a record/, /^SWITCHYARD_NAME_SERVERS: "x:y"/, /"aws" is no address/],
  ],
])('refuses %j with all that is wrong (A2)', (env, sentences) => {
  const said = complaintsOf(() => readSettings(env));
  expect(said).toHaveLength(sentences.length);
  for (const [at, sentence] of sentences.entries()) expect(said[at]).toMatch(sentence);
});

test.each([
  ['192.0.2.10', { kind: 'values', values: ['192.0.2.10'] }],
  ['192.0.2.10, 2001:DB8::10', { kind: 'values', values: ['192.0.2.10', '2001:db8::10'] }],
  ['red.example.net', { kind: 'values', values: ['red.example.net'] }],
  ['alias:lb.example.net', { kind: 'alias', dnsName: 'lb.example.net', zoneId: null, evaluateTargetHealth: null }],
])('takes %j in the short form for what `reset --to` takes it', (value, target) => {
  const [record] = readSettings({ DOMAIN_NAME: '*.Example.com.', DEFAULT_ENDPOINT: value }).records;
  const wish = { kind: 'default', target, ttl: null, leave: [] };
  expect(record).toEqual({
    task: { record: '*.example.com', zone: null, role: null, verify: 'authoritative', wish },
    force: false,
    alarms: null,
  });
});

test('takes every field of a record, and where AWS and its name servers are', () => {
  const whole = { zone: 'Z1', ttl: 30, leave: ['AAAA'], verify: 'api', force: true, alarms: ['www-5xx'] };
  const env = {
    ...records({ ...RECORD, ...whole }),
    AWS_REGION: 'eu-central-1',
    SWITCHYARD_NAME_SERVERS: '192.0.2.53',
  };
  const { records: read, aws, reach } = readSettings(env);
  expect(read).toMatchObject([
    { task: { zone: 'Z1', verify: 'api', wish: { ttl: 30, leave: ['AAAA'] } }, force: true, alarms: ['www-5xx'] },
  ]);
  expect(aws).toMatchObject({ endpoint: null, stsEndpoint: null, region: 'eu-central-1', roles: [] });
  expect(reach.nameServers).toEqual([{ host: '192.0.2.53', port: 53 }]);
});

test('binds roles as a worker does, and refuses a record whose role is bound nowhere (A2)', () => {
  const records = [{ name: 'us.example.net', default: '192.0.2.10', role: 'net' }];
  const SWITCHYARD_RECORDS = JSON.stringify(records);
  const SWITCHYARD_ROLES = 'net=arn:aws:iam::210987654321:role/switchyard';
  expect(readSettings({ SWITCHYARD_RECORDS, SWITCHYARD_ROLES }).aws.roles).toMatchObject([{ role: 'net' }]);
  expect(complaintsOf(() => readSettings({ SWITCHYARD_RECORDS, SWITCHYARD_ROLES: 'org=own,x' }))).toEqual([
    expect.stringMatching(/SWITCHYARD_ROLES: one is no binding; accepted: NAME=ARN/),
    expect.stringMatching(/us\.example\.net: the role net is not bound in SWITCHYARD_ROLES; accepted: org/),
  ]);
});

function complaintsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (cause) {
    expect(cause).toMatchObject({ name: 'BadSettings' });
    return (cause as Error).message.split('\n');
  }
}
