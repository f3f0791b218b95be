import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig, loadDirectConfig, loadLocalConfig, loadTemporalConfig } from '../src/config.ts';
import { USUAL_EGRESS } from '../src/egress.ts';
import { detourFor, readDetour, readHostPort } from '../src/host-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-config-'));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n');
afterAll(() => rmSync(folder, { recursive: true }));

/** Without the machine's own profile of Temporal. */
const BARE = { TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'), HOME: '/home/somebody' };

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.problems;
    throw cause;
  }
  throw new Error('expected problems, found none');
}

test('works without any variable', () => {
  expect(loadConfig(BARE)).toMatchObject({
    temporal: { address: null, namespace: 'default' },
    aws: { endpoint: null, region: 'us-east-1' },
    reach: {
      nameServers: [],
      resolvers: [],
      connectTo: [],
      ca: null,
      probeHosts: [],
      metricHosts: [],
      egress: USUAL_EGRESS,
    },
    home: '/home/somebody/.local/state/switchyard',
    log: { format: null, level: 'info' },
    queues: ['switchyard-deploy', 'switchyard-sync', 'switchyard-docs'],
    docs: { publishRoot: '/home/somebody/.local/state/switchyard/docs', sources: [], trusted: [], sandbox: [] },
    workflowBundle: null,
    warnings: [],
  });
});

test('reports every problem at once, with variable, what was found and what is accepted (A2)', () => {
  const problems = problemsOf(() =>
    loadConfig({
      ...BARE,
      SWITCHYARD_NAME_SERVERS: '192.0.2.53:99999',
      SWITCHYARD_CONNECT_TO: '192.0.2.10',
      SWITCHYARD_CA_FILE: join(folder, 'absent.pem'),
      SWITCHYARD_LOG: 'xml',
      SWITCHYARD_LOG_LEVEL: 'loud',
      SWITCHYARD_QUEUES: 'mail',
      SWITCHYARD_NOTIFY_HOSTS: 'hooks.example.com:8443', // would never be the host of a target
      SWITCHYARD_SECRETS_DIR: ca,
      SWITCHYARD_SECRET_X_HOSTS: 'https://prom.example.com/',
      AWS_ENDPOINT_URL_ROUTE_53: 'localhost:4566',
    }),
  );
  expect(problems).toHaveLength(10);
  expect(problems).toContain('SWITCHYARD_LOG: found "xml", expected one of json, pretty');
  expect(problems).toContain(
    'SWITCHYARD_NAME_SERVERS: found "192.0.2.53:99999", expected HOST[:PORT] (IPv6 in brackets), several separated by commas',
  );
});

test('binds roles to ARNs, with an external id where one is told (A4)', () => {
  const env = {
    SWITCHYARD_ROLES: 'route53-net=arn:aws:iam::123456789012:role/dns/switchyard, here=own',
    SWITCHYARD_ROLE_ROUTE53_NET_EXTERNAL_ID: 'acme=1,2',
    SWITCHYARD_ROLE_SESSION: 'ci@acme',
    SWITCHYARD_ROUTE53_RATE: '5',
  };
  const { aws, warnings } = loadConfig({ ...BARE, ...env });
  expect({ aws, warnings }).toMatchObject({
    aws: {
      roles: [
        { role: 'route53-net', arn: 'arn:aws:iam::123456789012:role/dns/switchyard', externalId: 'acme=1,2' },
        { role: 'here', arn: null, externalId: null },
      ],
      sessionName: 'ci@acme',
      rate: { burst: 25, perSecond: 5 },
    },
    warnings: [],
  });
  expect(loadDirectConfig(env).aws).toEqual(aws);
});

test.each([
  [{ SWITCHYARD_ROLES: 'net=123456789012' }, /^SWITCHYARD_ROLES: found "net=123456789012", expected NAME=ARN/],
  [{ SWITCHYARD_ROLES: 'Net=own' }, /expected NAME=ARN/],
  [{ SWITCHYARD_ROLES: 'net=arn:aws:iam::1:role/x' }, /expected NAME=ARN/],
  [{ SWITCHYARD_ROLES: 'net=own,net=own' }, /found net twice/],
  [{ SWITCHYARD_ROLES: 'net=own', SWITCHYARD_ROLE_NET_EXTERNAL_ID: 'abc' }, /found no role net with an ARN/],
  [{ SWITCHYARD_ROLE_NET_EXTERNAL_ID: 'abc' }, /expected one in SWITCHYARD_ROLES/],
  [{ SWITCHYARD_ROLE_SESSION: 'a b' }, /2 to 64 letters/],
  [{ SWITCHYARD_ROUTE53_RATE: '0' }, /requests a second, from 1 to 1000/],
])('refuses %j', (env, problem) => {
  expect(problemsOf(() => loadDirectConfig(env))).toEqual([expect.stringMatching(problem)]);
});

test('shows no external id that it refuses', () => {
  const env = {
    SWITCHYARD_ROLES: 'net=arn:aws:iam::123456789012:role/x',
    SWITCHYARD_ROLE_NET_EXTERNAL_ID: 'not an id',
  };
  expect(problemsOf(() => loadConfig({ ...BARE, ...env }))).toEqual([
    expect.stringMatching(/^SWITCHYARD_ROLE_NET_EXTERNAL_ID: found 9 characters/),
  ]);
});

test('never prints a secret, neither in a problem nor as JSON (A1)', () => {
  const env = {
    ...BARE,
    SWITCHYARD_SECRET_PROM_TOKEN: 's3cr3t',
    SWITCHYARD_SECRET_PROM_TOKEN_HOSTS: 'Prom.example.com, b',
  };
  const { secrets } = loadConfig(env);
  expect(secrets.values.get('prom-token')).toBe('s3cr3t');
  expect(secrets.hosts.get('prom-token')).toEqual(['prom.example.com', 'b']);
  expect(JSON.stringify(loadConfig(env))).not.toContain('s3cr3t');
  expect(problemsOf(() => loadConfig({ ...env, SWITCHYARD_LOG: 'xml' })).join()).not.toContain('s3cr3t');
});

test('never prints what a sign-in is made with, neither in a problem nor as JSON (A1)', () => {
  const key = randomBytes(32).toString('base64');
  const env = { ...BARE, SWITCHYARD_MICROSOFT_CLIENT_SECRET: 's3cr3t', SWITCHYARD_TOKEN_KEY: key };
  const config = loadConfig(env);
  expect([config.tasks.microsoft.clientSecret?.(), config.tasks.microsoft.tokenKey?.()]).toEqual([
    's3cr3t',
    Buffer.from(key, 'base64'),
  ]);
  expect(inspect(config, { depth: null }) + JSON.stringify(config)).not.toMatch(/s3cr3t|"type":"Buffer"|<Buffer/);
  const damaged = { ...env, SWITCHYARD_TOKEN_KEY: key.slice(0, 40) };
  expect(problemsOf(() => loadConfig(damaged))).toEqual([
    'SWITCHYARD_TOKEN_KEY: found 40 characters, expected 32 bytes as 64 hex digits or in base64 (openssl rand -base64 32)',
  ]);
});

test.each([
  ['SWITCHYARD_TODOIST_URL', 'http://todoist.example.com', 'https://todoist.example.com/api/v1'],
  ['SWITCHYARD_GRAPH_URL', 'https://graph.example.com/v1.0?x=1', 'http://127.0.0.1:8080/v1.0/'],
  ['SWITCHYARD_GRAPH_URL', 'https://me:secret@graph.example.com', 'http://[::1]:8080'],
  ['SWITCHYARD_MICROSOFT_AUTHORITY', 'http://localhost/common', 'https://login.example.com/common'],
  ['SWITCHYARD_MICROSOFT_AUTHORITY', 'https://login.example.com', 'https://login.example.com/tenant/'],
  ['SWITCHYARD_MICROSOFT_CLIENT_ID', 'my-app', '11111111-2222-3333-4444-555555555555'],
  ['SWITCHYARD_MICROSOFT_MAILBOXES', 'me@example.com,me', 'Me@example.com, team@example.com'],
])('%s: refuses %s, takes %s', (name, bad, good) => {
  expect(problemsOf(() => loadConfig({ ...BARE, [name]: bad }))).toEqual([expect.stringMatching(`^${name}: found `)]);
  expect(() => loadConfig({ ...BARE, [name]: good })).not.toThrow();
});

test('warns of a variable that looks like ours and is not', () => {
  const { warnings } = loadConfig({ ...BARE, SWITCHYARD_NAMESERVERS: '192.0.2.53' });
  expect(warnings).toEqual([
    expect.stringMatching(/^SWITCHYARD_NAMESERVERS is no variable of Switchyard; known are .*SWITCHYARD_NAME_SERVERS/),
  ]);
});

test('takes an empty variable for an unset one', () => {
  expect(loadConfig({ ...BARE, SWITCHYARD_NAME_SERVERS: '', SWITCHYARD_LOG: ' ' }).reach.nameServers).toEqual([]);
});

test('reads what probes need', () => {
  const { reach } = loadDirectConfig({
    SWITCHYARD_NAME_SERVERS: '192.0.2.53, [2001:db8::53]:5353',
    SWITCHYARD_RESOLVERS: 'dns.example.com',
    SWITCHYARD_CA_FILE: ca,
    SWITCHYARD_PROBE_HOSTS: 'Status.example.com,192.0.2.9',
    SWITCHYARD_EGRESS: 'Public, 10.20.0.0/16',
  });
  expect(reach).toMatchObject({
    nameServers: [
      { host: '192.0.2.53', port: 53 },
      { host: '2001:db8::53', port: 5353 },
    ],
    resolvers: [{ host: 'dns.example.com', port: 53 }],
    probeHosts: ['status.example.com', '192.0.2.9'],
    egress: { kinds: ['public'], networks: [{ address: '10.20.0.0', prefix: 16 }] },
  });
  expect(reach.ca).toContain('BEGIN CERTIFICATE');
});

test('reads the variables and the profile of Temporal', () => {
  const profile = join(folder, 'temporal.toml');
  writeFileSync(profile, '[profile.default]\naddress = "temporal.example.com:7233"\nnamespace = "delivery"\n');
  const env = { TEMPORAL_CONFIG_FILE: profile, HOME: folder };
  expect(loadTemporalConfig(env)).toMatchObject({ address: 'temporal.example.com:7233', namespace: 'delivery' });
  expect(loadTemporalConfig({ ...env, TEMPORAL_ADDRESS: 'localhost:1', TEMPORAL_API_KEY: 'k' })).toMatchObject({
    address: 'localhost:1',
    connection: { apiKey: 'k', tls: true },
  });
});

test('says that the profile of Temporal cannot be read, and goes on to the next problem', () => {
  const profile = join(folder, 'broken.toml');
  writeFileSync(profile, '[profile');
  const problems = problemsOf(() => loadConfig({ TEMPORAL_CONFIG_FILE: profile, SWITCHYARD_LOG: 'xml' }));
  expect(problems).toHaveLength(2);
  expect(problems.join()).toMatch(/TEMPORAL_\*/);
});

test('lets the client start without looking at what only the worker needs', () => {
  expect(loadLocalConfig({ HOME: '/h', SWITCHYARD_NAME_SERVERS: '::::', XDG_STATE_HOME: '/state' }).home).toBe(
    '/state/switchyard',
  );
});

describe('SWITCHYARD_CONNECT_TO', () => {
  test.each([
    ['192.0.2.10=127.0.0.1:8443', { host: '192.0.2.10', port: null, to: { host: '127.0.0.1', port: 8443 } }],
    ['192.0.2.10:443=127.0.0.1:8443', { host: '192.0.2.10', port: 443, to: { host: '127.0.0.1', port: 8443 } }],
    ['[2001:DB8:0::10]:443=[::1]:1', { host: '2001:db8::10', port: 443, to: { host: '::1', port: 1 } }],
    ['App.Example.com.=bastion:22', { host: 'app.example.com', port: null, to: { host: 'bastion', port: 22 } }],
  ])('reads %s', (text, detour) => {
    expect(readDetour(text)).toEqual(detour);
  });

  test.each([
    '',
    '=',
    'a',
    'a=b',
    'a=b:0',
    'a=b:65536',
    'a:x=b:1',
    '2001:db8::1=b:1',
    '[nope]=b:1',
    'a=b:1=c:2',
    'a b=c:1',
  ])('does not read %s', (text) => {
    expect(readDetour(text)).toBeNull();
  });

  test('prefers an entry with the port', () => {
    const detours = [readDetour('a=all:1'), readDetour('a:443=tls:2')].filter((detour) => detour !== null);
    expect(detourFor(detours, { host: 'A', port: 443 })).toEqual({ host: 'tls', port: 2 });
    expect(detourFor(detours, { host: 'a', port: 80 })).toEqual({ host: 'all', port: 1 });
    expect(detourFor(detours, { host: 'b', port: 80 })).toBeNull();
  });

  test('asks for a port where none is usual', () => {
    expect(readHostPort('a')).toBeNull();
    expect(readHostPort('a', 53)).toEqual({ host: 'a', port: 53 });
  });
});
