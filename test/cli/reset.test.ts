import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { exitOfReset, resetLines } from '../../src/cli/render-reset.ts';
import { runProgram } from '../../src/cli/program.ts';
import { fenceSet } from '../../src/core/dns/fence.ts';
import { packRed } from '../../src/core/dns/pack-sets.ts';
import { hashSets, type RecordSets } from '../../src/core/dns/record-set.ts';
import { fromWire, toWire } from '../../src/activities/wire-record-set.ts';

/** A zone of many records, and the client with the sandbox's credentials and no Temporal anywhere. */
interface Rig {
  readonly sandbox: Sandbox;
  run(...args: string[]): Promise<{ exit: number; out: string; err: string }>;
  values(name: string): readonly string[];
  close(): Promise<void>;
}

const MANY = Array.from({ length: 30 }, (_, at) => `r${at}.example.com`);

async function startRig({ roles, file }: { roles?: SandboxOptions['roles']; file?: string } = {}): Promise<Rig> {
  const sandbox = await startSandbox({ insyncAfterMs: 100, seed: 1, ...(roles === undefined ? {} : { roles }) });
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-reset-'));
  const records = ['www.example.com', ...MANY].map((name) => `  ${name}: { zone: example.com, default: 192.0.2.10 }\n`);
  const bare = '  bare.example.com: { zone: example.com }\n';
  const groups =
    'groups:\n  shop: { records: [r1.example.com, R2.example.com.] }\n  odd: { records: [bare.example.com] }\n';
  await writeFile(join(folder, 'switchyard.yaml'), file ?? `version: 1\nrecords:\n${records.join('')}${bare}${groups}`);
  const env = {
    ...sandbox.env(),
    SWITCHYARD_HOME: folder,
    TEMPORAL_CONFIG_FILE: join(folder, 'none'),
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  };
  // The SDK reads its credentials from the process itself.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_EC2_METADATA_DISABLED'] as const)
    process.env[name] = env[name as keyof typeof env];
  return {
    sandbox,
    run: async (...args) => {
      const text = { out: '', err: '' };
      const streams = {
        stdout: { write: (more: string) => (text.out += more) },
        stderr: { write: (more: string) => (text.err += more) },
      };
      return { exit: await runProgram(args, { streams, env, cwd: folder }), ...text };
    },
    values: (name) =>
      sandbox.route53
        .recordSets(sandbox.zoneId, name)
        .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value ?? '')),
    close: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}

const black = (Name: string) => ({ Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.20' }] });

/** What a deployment that died at its first step left. */
function leaveMidway({ sandbox }: Rig): void {
  const { route53, zoneId } = sandbox;
  const red = route53.recordSets(zoneId, 'www.example.com').map(fromWire);
  const sets: RecordSets = red.map((set) => ({ ...set, values: ['192.0.2.20'] }));
  const fence = {
    gen: 3,
    stage: 'step' as const,
    owner: 'ns/deploy:www.example.com/run',
    until: 1,
    sets: hashSets(sets),
    red: packRed(red),
  };
  route53.put(zoneId, ...sets.map(toWire), toWire(fenceSet('www.example.com', fence)));
}

describe('reset, without Temporal', () => {
  let rig: Rig;
  beforeEach(async () => void (rig = await startRig()));
  afterEach(() => rig.close());

  test('puts the default back, proves it at the name servers, and is a no-op the second time', async () => {
    rig.sandbox.route53.put(rig.sandbox.zoneId, black('www.example.com'));
    const first = await rig.run('reset', 'WWW.example.com.');
    expect(first).toMatchObject({
      exit: 0,
      out: expect.stringMatching(
        /www\.example\.com {2}192\.0\.2\.20 {2}192\.0\.2\.10 {2}restored at 4 of 4 name servers/,
      ) as string,
    });
    expect(first.err).toMatch(/own AWS credentials[\s\S]*no Temporal answers/);
    expect(rig.values('www.example.com')).toEqual(['192.0.2.10']);
    expect(rig.values('_switchyard.www.example.com')[0]).toMatch(
      /gen=1 stage=reset owner=-\/reset:www\.example\.com\/-/,
    );
    const writes = rig.sandbox.route53.log.length;
    expect((await rig.run('reset', 'www.example.com')).out).toMatch(/there already/);
    expect(rig.sandbox.route53.log).toHaveLength(writes);
  });

  test('resets many records of a zone in one atomic batch', async () => {
    rig.sandbox.route53.put(rig.sandbox.zoneId, ...MANY.map(black));
    const before = rig.sandbox.route53.log.length;
    const { exit, out } = await rig.run('reset', '--all', '--json');
    expect(exit).toBe(0);
    expect((JSON.parse(out) as { records: unknown[] }).records).toHaveLength(31);
    expect(MANY.flatMap((name) => rig.values(name))).toEqual(MANY.map(() => '192.0.2.10'));
    expect(rig.sandbox.route53.log.length - before).toBe(1);
  });

  test('puts all records of a group back in one atomic batch, and nothing else', async () => {
    rig.sandbox.route53.put(rig.sandbox.zoneId, ...MANY.map(black));
    const before = rig.sandbox.route53.log.length;
    const { exit, out } = await rig.run('reset', 'group/shop', 'r1.example.com');
    expect({
      exit,
      rows: out
        .trimEnd()
        .split('\n')
        .map((row) => row.split(/ {2,}/)),
    }).toEqual({
      exit: 0,
      rows: [
        ['record', 'was', 'now', 'outcome'],
        ['r1.example.com', '192.0.2.20', '192.0.2.10', 'restored at 4 of 4 name servers'],
        ['r2.example.com', '192.0.2.20', '192.0.2.10', 'restored at 4 of 4 name servers'],
      ],
    });
    expect(['r1', 'r2', 'r3'].flatMap((name) => rig.values(`${name}.example.com`))).toEqual([
      '192.0.2.10',
      '192.0.2.10',
      '192.0.2.20',
    ]);
    expect(rig.sandbox.route53.log.length - before).toBe(1);
  });

  test('says what it would do with --dry-run, and does nothing', async () => {
    rig.sandbox.route53.put(rig.sandbox.zoneId, black('r1.example.com'));
    const before = rig.sandbox.route53.log.length;
    const { exit, out, err } = await rig.run('reset', 'group/shop', '--dry-run', '--exit-code');
    expect({
      exit,
      rows: out
        .trimEnd()
        .split('\n')
        .map((row) => row.split(/ {2,}/)),
    }).toEqual({
      exit: 8,
      rows: [
        ['record', 'was', 'now', 'outcome'],
        ['r1.example.com', '192.0.2.20', '192.0.2.20', 'would be restored to 192.0.2.10'],
        ['r2.example.com', 'nothing', 'nothing', 'would be restored to 192.0.2.10'],
      ],
    });
    expect(err).toMatch(/Nothing was written/);
    expect(err).not.toMatch(/Temporal answers/); // nobody was asked to abort either
    expect(rig.sandbox.route53.log).toHaveLength(before);
    expect(await rig.run('reset', 'group/shop', '--dry-run')).toMatchObject({ exit: 0 });
  });

  test('goes on after a lost race, and after an answer that was lost', async () => {
    const { route53, zoneId } = rig.sandbox;
    route53.put(zoneId, black('www.example.com'));
    const foreign = () =>
      route53.put(zoneId, { ...black('www.example.com'), ResourceRecords: [{ Value: '192.0.2.21' }] });
    route53.faults.add({ operation: 'ChangeResourceRecordSets', fault: { kind: 'meanwhile', run: foreign } });
    route53.faults.add({ operation: 'ChangeResourceRecordSets', fault: { kind: 'apply-then-reset' }, after: 1 });
    expect(await rig.run('reset', 'www.example.com')).toMatchObject({ exit: 0 });
    expect(rig.values('www.example.com')).toEqual(['192.0.2.10']);
  });

  test('restores what the fence of a dead run holds, and leaves foreign values (D4, D6)', async () => {
    leaveMidway(rig);
    rig.sandbox.route53.put(rig.sandbox.zoneId, {
      ...black('www.example.com'),
      ResourceRecords: [{ Value: '198.51.100.7' }],
    });
    expect(await rig.run('reset', 'www.example.com', '--to-snapshot')).toMatchObject({
      exit: 3,
      out: expect.stringMatching(/FOREIGN, left/) as string,
    });
    expect(rig.values('www.example.com')).toEqual(['198.51.100.7']);
    leaveMidway({ ...rig });
    expect(await rig.run('reset', 'www.example.com', '--to', '192.0.2.10', '--force')).toMatchObject({ exit: 0 });
    leaveMidway(rig);
    expect(await rig.run('reset', 'www.example.com', '--to-snapshot')).toMatchObject({ exit: 0 });
    expect(rig.values('www.example.com')).toEqual(['192.0.2.10']);
  });

  test('names the missing permission, and never calls restored what it did not write (exit 4)', async () => {
    const { route53, zoneId } = rig.sandbox;
    route53.put(zoneId, black('www.example.com'));
    route53.deny('ChangeResourceRecordSets');
    const { exit, out } = await rig.run('reset', 'www.example.com');
    expect(exit).toBe(4);
    expect(out).toMatch(/NOT RESTORED .*route53:ChangeResourceRecordSets/);
  });

  test('talks to no deployment before it knows that it can reset', async () => {
    rig.sandbox.route53.put(rig.sandbox.zoneId, black('www.example.com'));
    const { exit, err, out } = await rig.run('reset', 'www.example.com', '--zone', 'exmaple.com');
    expect(exit).toBe(4);
    expect(out).toMatch(/NOT RESTORED .*no hosted zone exmaple\.com/);
    expect(err).not.toMatch(/Temporal answers/);
  });

  test('says that nobody could be asked where no name server answers (exit 1)', async () => {
    rig.sandbox.route53.put(rig.sandbox.zoneId, black('www.example.com'));
    for (const server of rig.sandbox.nameServers.servers) server.silence();
    const { exit, out } = await rig.run('reset', 'www.example.com');
    expect(out).toMatch(/192\.0\.2\.10 {2}restored, DNS not seen at 0 of 4 name servers No authoritative/);
    expect(exit).toBe(1);
  });

  test('one record that is protected does not keep its neighbours from being reset', async () => {
    const { route53, zoneId } = rig.sandbox;
    route53.put(zoneId, black('www.example.com'), black('r1.example.com'));
    route53.protect(zoneId, { name: 'r1.example.com', type: 'A' });
    const { exit, out } = await rig.run('reset', 'www.example.com', 'r1.example.com');
    expect(exit).toBe(4);
    expect(out).toMatch(/www\.example\.com .*restored at/);
    expect(out).toMatch(/r1\.example\.com +192\.0\.2\.20 +\? +NOT RESTORED/);
  });
});

describe('reset with a bad command line', () => {
  let rig: Rig;
  beforeAll(async () => void (rig = await startRig()));
  afterAll(() => rig.close());

  test.each([
    [['reset'], /no record was named/],
    [['reset', 'a..b', 'other.example.com'], /empty label[\s\S]*other\.example\.com declares no default/],
    [['reset', '--all', 'www.example.com'], /--all takes neither names/],
    [['reset', 'www.example.com', '--to', '192.0.2.1', '--to-snapshot'], /exclude each other/],
    [['reset', 'www.example.com', 'r1.example.com', '--to', '192.0.2.1'], /--to goes with one name/],
    [['reset', 'www.example.com', '--ttl', '-1'], /no TTL/],
    [['reset', 'group/shop', '--to', '192.0.2.1'], /--to goes with one name/],
    [['reset', '--all', '--exit-code'], /--exit-code says nothing without --dry-run/],
    [['reset', 'group/sop'], /there is no group "sop"; accepted: group\/shop, group\/odd/],
    [['reset', 'group/Shop'], /no name of a group/],
    [['reset', 'group/odd', 'group/sop'], /"sop"[\s\S]*bare\.example\.com declares no default/],
    [['undo', 'group/Shop'], /no name of a group/],
  ])('refuses %j before it asks anybody (exit 2)', async (args, sentence) => {
    expect(await rig.run(...args)).toMatchObject({ exit: 2, err: expect.stringMatching(sentence) as string });
    expect(rig.sandbox.route53.log.every(({ by }) => by === 'foreign')).toBe(true);
  });
});

describe('reset across accounts', () => {
  const NET = 'arn:aws:iam::210987654321:role/switchyard';
  const FILE = `version: 1
records:
  www.example.com: { zone: example.com, default: 192.0.2.10 }
  us.example.net: { zone: example.net, role: net, default: 192.0.2.10 }
  eu.example.net: { zone: example.net, role: net, default: 192.0.2.10 }
  ap.example.org: { zone: example.org, role: org, default: 192.0.2.10 }
groups:
  shop: { records: [www.example.com, us.example.net, ap.example.org, eu.example.net] }
`;
  let rig: Rig;
  let zone: string;
  beforeEach(async () => {
    rig = await startRig({ roles: { net: { arn: NET } }, file: FILE });
    const { route53, zoneId } = rig.sandbox;
    zone = route53.createZone({ name: 'example.net', accountId: '210987654321' });
    route53.createZone({ name: 'example.org', accountId: '333333333333' });
    route53.put(zoneId, black('www.example.com'));
    route53.put(zone, black('us.example.net'), black('eu.example.net'));
  });
  afterEach(() => rig.close());

  test('puts the records of each account back with its own role, and one that nobody may reach keeps none from it', async () => {
    const before = rig.sandbox.route53.log.length;
    const { exit, out } = await rig.run('reset', 'group/shop');
    expect(exit).toBe(4);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((row) => row.split(/ {2,}/)),
    ).toMatchObject([
      ['record', 'was', 'now', 'outcome'],
      ['www.example.com', '192.0.2.20', '192.0.2.10', 'restored at 4 of 4 name servers'],
      ['us.example.net', '192.0.2.20', '192.0.2.10', 'restored at 4 of 4 name servers'],
      ['ap.example.org', '?', '?', expect.stringMatching(/^NOT RESTORED The role org is not bound here; allowed: net/)],
      ['eu.example.net', '192.0.2.20', '192.0.2.10', 'restored at 4 of 4 name servers'],
    ]);
    const ours = rig.sandbox.route53.log.slice(before);
    expect(ours.map(({ zoneId, by }) => [zoneId, by.slice(0, 4)])).toEqual(
      expect.arrayContaining([
        [rig.sandbox.zoneId, 'sand'],
        [zone, 'ASIA'],
      ]),
    );
    expect(ours).toHaveLength(2);
    expect(rig.sandbox.sts?.assumed).toHaveLength(1);
  });

  test('never takes a zone of the same name in its own account for that of the role', async () => {
    rig.sandbox.route53.createZone({ name: 'example.org' });
    const { exit } = await rig.run('reset', 'ap.example.org');
    expect(exit).toBe(4);
    expect(rig.values('ap.example.org')).toEqual([]);
  });

  test('leaves what somebody else wrote in one account, and restores the others (D4)', async () => {
    const owner = 'ns/deploy:us.example.net/run';
    const written = [{ ...fromWire(black('us.example.net')), values: ['192.0.2.30'] }];
    const fence = { gen: 3, stage: 'step' as const, owner, until: 1, sets: hashSets(written), red: null };
    rig.sandbox.route53.put(zone, toWire(fenceSet('us.example.net', fence)));
    const { exit, out } = await rig.run('reset', 'us.example.net', 'eu.example.net', 'www.example.com');
    expect(exit).toBe(3);
    expect(out).toMatch(/us\.example\.net +192\.0\.2\.20 +192\.0\.2\.20 +FOREIGN, left/);
    expect(out.match(/restored at 4 of 4/g)).toHaveLength(2);
  });
});

test.each([
  [['restored', 'there'], 0],
  [['restored', 'unseen'], 1],
  [['unseen', 'foreign'], 3],
  [['refused', 'there'], 3],
  [['refused', 'unverified', 'unseen'], 4],
  [['failed', 'foreign'], 4],
] as const)('the worst of %j decides the exit code: %d', (outcomes, exit) => {
  const result = { record: 'r', sentence: '', next: null, zone: null, servers: [], was: null };
  expect(exitOfReset(outcomes.map((outcome) => ({ ...result, outcome })))).toBe(exit);
});

test('the table of a reset takes no control characters from outside', () => {
  const result = {
    record: 'r',
    outcome: 'failed' as const,
    sentence: 'a\u001b[2Jb',
    next: null,
    zone: null,
    servers: [],
    was: 'c\u0007d',
  };
  expect(resetLines([result], (_style, text) => text).at(-1)).toBe('r       cd   ?    NOT RESTORED ab');
});
