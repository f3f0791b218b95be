import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFile } from '../../src/cli/find-file.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { declaredIn } from '../../src/cli/declared.ts';
import { Stop } from '../../src/cli/stop.ts';

async function problemsOf(text: string): Promise<string> {
  try {
    declaredIn(await checkSwitchyardFile(text, 'switchyard.yaml'));
    return 'no problem';
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    expect(cause.exit).toBe(2);
    return cause.message;
  }
}

const GOOD = `version: 1
gates:
  healthy: { http: { path: /healthz, maxLatency: 2s, headers: { X-Probe: { secret: probe-token } } } }
  db: { tcp: { port: 5432 } }
records:
  WWW.example.com.:
    zone: example.com
    default: 192.0.2.10
    gates: [healthy, db]
`;

describe('switchyard.yaml', () => {
  test('gives a record its policy and its gates, by its canonical name', async () => {
    const { records } = declaredIn(await checkSwitchyardFile(GOOD, 'switchyard.yaml'));
    const www = records.get('www.example.com');
    expect(www?.gates).toMatchObject([
      {
        kind: 'http',
        name: 'healthy',
        scheme: 'https',
        port: 443,
        maxLatencyMs: 2_000,
        headers: [{ name: 'X-Probe', secret: 'probe-token' }],
      },
      { kind: 'tcp', name: 'db', port: 5432 },
    ]);
    expect(www?.at('default')).toBe('switchyard.yaml:8');
  });

  test('gives a group its records by their canonical names, in their order', async () => {
    const text = `${GOOD}  api.example.com: {}\ngroups:\n  shop: { records: [API.example.com, www.example.com.], keepHealthy: 1 }\n`;
    const { groups } = declaredIn(await checkSwitchyardFile(text, 'switchyard.yaml'));
    expect(groups.get('shop')).toMatchObject({ records: ['api.example.com', 'www.example.com'], keepHealthy: 1 });
  });

  test.each([
    [
      'an unknown key at the top',
      'version: 1\nnotifi: {}\n',
      /switchyard\.yaml:2: unknown key "notifi"; accepted: version, notify, providers, gates, records/,
    ],
    [
      'a group of records that are not declared, or declared twice, together with what is wrong with records',
      `${GOOD}    default: x..y\ngroups:\n  shop:\n    records: [www.example.com, api.example.com, WWW.example.com]\n`.replace(
        '    default: 192.0.2.10\n',
        '',
      ),
      /:9: default[\s\S]*:12: there is no record "api\.example\.com"; accepted: www\.example\.com[\s\S]*:12: www\.example\.com is named twice/,
    ],
    [
      'a group that keeps more healthy than it has',
      `${GOOD}groups:\n  shop: { records: [www.example.com], keepHealthy: 2 }\n`,
      /:11: groups\.shop\.keepHealthy: 2 of 1 records; accepted: at most 1/,
    ],
    [
      'a name of a group that no command could take',
      `${GOOD}groups:\n  Shop/1: { records: [www.example.com] }\n`,
      /no name of a group; accepted: small letters/,
    ],
    [
      'an unknown key of a record',
      `${GOOD}    onAlert: {}\n`,
      /switchyard\.yaml:10: records\.WWW\.example\.com\.: unknown key "onAlert"/,
    ],
    [
      'a gate that is not declared',
      GOOD.replace('[healthy, db]', '[healthy, dbb]'),
      /switchyard\.yaml:9: there is no gate "dbb"; accepted: healthy, db/,
    ],
    ['a name that is none', `${GOOD}  "a..b": {}\n`, /switchyard\.yaml:10: .*empty label/],
    ['one record twice in two spellings', `${GOOD}  www.example.com: {}\n`, /declared twice/],
    [
      'a default that is no value',
      GOOD.replace('192.0.2.10', '192.0.2.999'),
      /switchyard\.yaml:8: default: .*four numbers/,
    ],
    ['a key twice', 'version: 1\nversion: 1\n', /switchyard\.yaml:2: .*unique/i],
    ['broken YAML', 'version: [1\n', /switchyard\.yaml:\d+: /],
    [
      'an alias bomb',
      `a: &a [${'x,'.repeat(50)}]\nversion: 1\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]\n`,
      /[Aa]lias|unknown key/,
    ],
  ])('names the line of %s', async (_what, text, sentence) => {
    expect(await problemsOf(text)).toMatch(sentence);
  });

  test('reports all problems at once (A2)', async () => {
    const text = 'version: 2\ngates: { g: { tcp: { port: 0 } } }\nrecords:\n  a.example: { hold: soon }\n';
    expect((await problemsOf(text)).split('\n')).toHaveLength(3);
  });
});

describe('where switchyard.yaml is', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-file-'));
    await mkdir(join(folder, 'clone', '.git'), { recursive: true });
    await mkdir(join(folder, 'clone', 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'switchyard.yaml'), 'version: 1\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('not beyond the git root: the file of somebody else is not taken', async () => {
    const cwd = join(folder, 'clone', 'a', 'b');
    expect(findFile({ flag: undefined, env: {}, cwd })).toBeNull();
    await writeFile(join(folder, 'clone', 'switchyard.yaml'), 'version: 1\n');
    expect(findFile({ flag: undefined, env: {}, cwd })).toBe(join(folder, 'clone', 'switchyard.yaml'));
  });

  test('the flag wins over SWITCHYARD_CONFIG, and an empty variable is none', () => {
    const env = { SWITCHYARD_CONFIG: '/etc/other.yaml' };
    expect(findFile({ flag: 'mine.yaml', env, cwd: '/tmp' })).toBe('/tmp/mine.yaml');
    expect(findFile({ flag: undefined, env, cwd: '/tmp' })).toBe('/etc/other.yaml');
    expect(findFile({ flag: undefined, env: { SWITCHYARD_CONFIG: '' }, cwd: folder })).toBe(
      join(folder, 'switchyard.yaml'),
    );
  });
});
