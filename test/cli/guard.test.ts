import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { fromWire, toWire } from '../../src/activities/wire-record-set.ts';
import { guardOnce, type GuardFlags } from '../../src/cli/commands/guard.ts';
import { runProgram } from '../../src/cli/program.ts';
import { Stop } from '../../src/cli/stop.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { fenceSet, type Fence } from '../../src/core/dns/fence.ts';
import { packRed } from '../../src/core/dns/pack-sets.ts';
import { hashSets } from '../../src/core/dns/record-set.ts';
import { FAST_GUARD } from '../support/guard-yard.ts';
import { outputSchema } from '../support/output-schema.ts';
import { connect, temporalAddress, type TestTemporal } from '../support/temporal.ts';

/** A guard by hand, from anywhere with AWS credentials: with Temporal, and without one (D4, D6). */
const WWW = 'www.example.com';
const AWAY = '127.0.0.1:1';
const [RED, BLACK] = ['192.0.2.10', '192.0.2.20'];

let temporal: TestTemporal;
let namespaceId: string;
let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  temporal = await connect();
  const { namespace } = temporal;
  namespaceId = (await temporal.client.workflowService.describeNamespace({ namespace })).namespaceInfo?.id ?? '';
});
afterAll(() => temporal.close());
beforeEach(async () => {
  sandbox = await startSandbox({ insyncAfterMs: 30, seed: 1 });
  folder = await mkdtemp(join(tmpdir(), 'switchyard-guard-'));
  await writeFile(
    join(folder, 'switchyard.yaml'),
    `version: 1\nrecords:\n  ${WWW}: { zone: example.com, default: ${RED} }\n  api.example.com: { zone: example.com }\n`,
  );
});
afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const anHourAgo = (): number => Date.now() - 60 * 60_000;

/** What a deployment that died at its first step left. */
function leaveMidway(changes: Partial<Fence> = {}): void {
  const red = { Name: `${WWW}.`, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: RED }] };
  const black = { ...red, ResourceRecords: [{ Value: BLACK }] };
  const fence: Fence = {
    gen: 3,
    stage: 'step',
    owner: `${namespaceId}/deploy:${WWW}/${randomUUID()}`,
    until: anHourAgo(),
    sets: hashSets([fromWire(black)]),
    red: packRed([fromWire(red)]),
    ...changes,
  };
  sandbox.route53.put(sandbox.zoneId, black, toWire(fenceSet(WWW, fence)));
}

const serves = (): readonly string[] =>
  sandbox.route53
    .recordSets(sandbox.zoneId, `${WWW}.`)
    .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value = '' }) => Value));

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** With the pace of tests, since production's second look comes after two minutes. */
async function guard(flags: GuardFlags = {}, names: readonly string[] = []): Promise<Ran> {
  const text = { out: '', err: '' };
  const terminal = openTerminal(streamsInto(text), surroundings(), folder);
  const exit = await guardOnce(terminal, names, { once: true, address: temporalAddress(), pace: FAST_GUARD, ...flags });
  return { exit, ...text };
}

async function program(...args: readonly string[]): Promise<Ran> {
  const text = { out: '', err: '' };
  return { exit: await runProgram(args, { streams: streamsInto(text), env: surroundings(), cwd: folder }), ...text };
}

function streamsInto(text: { out: string; err: string }) {
  return {
    stdout: { write: (more: string) => (text.out += more) },
    stderr: { write: (more: string) => (text.err += more) },
  };
}

function surroundings() {
  const env = { ...sandbox.env(), SWITCHYARD_HOME: folder, TEMPORAL_CONFIG_FILE: join(folder, 'none') };
  // The SDK reads its credentials from the process itself.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_EC2_METADATA_DISABLED'] as const)
    process.env[name] = (env as Record<string, string>)[name];
  return env;
}

test('a zone at rest costs no look at Temporal, and ends with 0', async () => {
  const ran = await program('guard', '--once', '--address', AWAY);
  expect(ran).toMatchObject({ exit: 0, out: '2 of 2 fences at rest\n' });
});

test('a dead run is reported with 4 and with what to type, and nothing is written', async () => {
  leaveMidway();
  const ran = await guard();
  expect(ran.exit).toBe(4);
  expect(ran.out).toContain('ACT NOW');
  expect(ran.out).toContain(`./switchyard guard --once --restore ${WWW}`);
  expect(ran.err).toContain('looking again at'); // the second look comes minutes later
  expect(serves()).toEqual([BLACK]);
});

test('a dead run is restored with --restore, and the document fits its schema', async () => {
  leaveMidway();
  const ran = await guard({ restore: true, json: true });
  expect(ran.exit).toBe(0);
  const document: unknown = JSON.parse(ran.out);
  expect(document).toMatchObject({
    guard: {
      outcome: 'restored',
      act: 'restore',
      fences: 2,
      records: [{ record: WWW, repair: { outcome: 'restored' } }],
    },
  });
  expect(outputSchema.safeParse(document).error).toBeUndefined();
  expect(serves()).toEqual([RED]);
});

test('without Temporal it says that it could not look, twice, and restores what is long past its end', async () => {
  leaveMidway();
  const report = await guard({ address: AWAY });
  expect(report.exit).toBe(4);
  expect(report.out).toContain(
    `could not look whether its run deploy:${WWW} is running: no Temporal answers at ${AWAY}`,
  );
  expect(serves()).toEqual([BLACK]);

  expect(await guard({ address: AWAY, restore: true })).toMatchObject({ exit: 0 });
  expect(serves()).toEqual([RED]);
});

test('without Temporal nothing is restored before it should have ended: the run may live behind what is broken (D6)', async () => {
  leaveMidway({ until: Date.now() + 60_000 });
  const ran = await guard({ address: AWAY, restore: true });
  expect(ran).toMatchObject({ exit: 6, out: expect.stringContaining('NOT SEEN') as string });
  expect(serves()).toEqual([BLACK]);
});

test('a Temporal that is not the run’s leaves its record alone, also with --restore', async () => {
  leaveMidway({ owner: `another-namespace/deploy:${WWW}/${randomUUID()}` });
  const ran = await guard({ restore: true }, [WWW]);
  expect(ran).toMatchObject({ exit: 3, out: expect.stringContaining('another Temporal namespace') as string });
  expect(serves()).toEqual([BLACK]);
});

test('a fence of a newer program is left alone', async () => {
  leaveMidway();
  const [set] = sandbox.route53.recordSets(sandbox.zoneId, `_switchyard.${WWW}.`);
  const [value] = set?.ResourceRecords ?? [];
  if (set === undefined || value?.Value === undefined) throw new Error('no fence');
  sandbox.route53.put(sandbox.zoneId, { ...set, ResourceRecords: [{ Value: value.Value.replace('v=1', 'v=2') }] });
  expect(await guard({ restore: true })).toMatchObject({ exit: 3, out: expect.stringContaining('version') as string });
});

test('a fence with the hash of red alone, whose run is forgotten, is not restored, and 4 says so', async () => {
  leaveMidway({ red: `sha256:${'a'.repeat(64)}` });
  const ran = await guard({ restore: true });
  expect(ran).toMatchObject({ exit: 4, out: expect.stringContaining(`./switchyard reset ${WWW}`) as string });
  expect(serves()).toEqual([BLACK]);
});

test('every way to ask for what it does not do is refused, with what it does', async () => {
  expect(await program('guard')).toMatchObject({ exit: 2, err: expect.stringContaining('accepted: --once') as string });
  expect(await program('guard', '--once', 'no name')).toMatchObject({ exit: 2 });
  expect(await program('guard', '--once', 'group/none')).toMatchObject({ exit: 2 });
  await writeFile(join(folder, 'switchyard.yaml'), 'version: 1\n');
  await expect(guard()).rejects.toThrow(Stop);
  expect((await program('guard', '--help')).out).toContain('6  could not look');
});
