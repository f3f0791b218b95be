import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Measure, Row } from '../measure.ts';
import { median, seconds } from '../statistics.ts';

const GOAL_MS = 2_000;
const GOAL_RATIO = 1.3;
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const BARE = fileURLToPath(new URL('../bare/reset.ts', import.meta.url));

/** `switchyard reset` from a cold start, without Temporal, against a script of bare SDK calls from a cold start. */
export const reset: Measure = {
  name: 'reset',
  doing: 'records are reset, from a cold start (about 60 s)',
  run: async ({ quick }) => {
    const times = quick ? 1 : 3;
    return [
      overBareCalls(await resetting({ records: 1, zones: 1 }, times)),
      overBareCalls(await resetting({ records: 50, zones: 1 }, times)),
      besideTheRate(await resetting({ records: 50, zones: 5 }, times)),
    ];
  },
};

interface Size {
  readonly records: number;
  readonly zones: number;
}

interface Measured extends Size {
  readonly times: number;
  /** Medians, in milliseconds. */
  readonly ours: number;
  readonly bare: number;
}

async function resetting(size: Size, times: number): Promise<Measured> {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let time = 0; time < times; time++) {
    ours.push(await onFreshEstate(size, (estate) => resetByClient(estate)));
    bare.push(await onFreshEstate(size, (estate) => resetByScript(estate)));
  }
  return { ...size, times, ours: median(ours), bare: median(bare) };
}

function overBareCalls({ records, times, ours, bare }: Measured): Row {
  return {
    measure: `reset, cold, ${records === 1 ? '1 record' : `${records} records of one zone`}`,
    goal: `${seconds(GOAL_MS)} over the bare calls`,
    reached: `${seconds(ours - bare)} over`,
    yardstick: `reset ${seconds(ours)}, bare SDK script ${seconds(bare)} (median of ${times})`,
    ok: ours - bare <= GOAL_MS,
  };
}

/** Where the rate of the account is what takes the time, asking less beats asking sooner. */
function besideTheRate({ records, zones, times, ours, bare }: Measured): Row {
  return {
    measure: `reset --all, cold, ${records} records in ${zones} zones, at Route 53's rate`,
    goal: `${GOAL_RATIO} x the bare calls at that rate`,
    reached: `${(ours / bare).toFixed(2)} x`,
    yardstick: `reset ${seconds(ours)}, bare SDK script ${seconds(bare)} (median of ${times})`,
    ok: ours <= GOAL_RATIO * bare,
  };
}

interface Estate {
  readonly sandbox: Sandbox;
  readonly zoneIds: ReadonlyMap<string, string>;
  readonly records: readonly string[];
  readonly folder: string;
}

/** All records on black, to be put back on red; the time of `work` in milliseconds. Several zones are throttled as Route 53 does. */
async function onFreshEstate(size: Size, work: (estate: Estate) => Promise<void>): Promise<number> {
  const throttling = size.zones > 1 ? 'real' : 'off';
  const sandbox = await startSandbox({ insyncAfterMs: 100, throttling });
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-reset-'));
  try {
    const estate = { sandbox, folder, ...pointAtBlack(sandbox, size) };
    const startedAt = Date.now();
    await work(estate);
    const tookMs = Date.now() - startedAt;
    mustServe(estate);
    return tookMs;
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function pointAtBlack({ route53, zoneId, black, zone }: Sandbox, size: Size): Pick<Estate, 'zoneIds' | 'records'> {
  const zoneIds = new Map([[zone, zoneId]]);
  for (let at = 1; at < size.zones; at++) zoneIds.set(`z${at}.example`, route53.createZone({ name: `z${at}.example` }));
  const names = [...zoneIds.keys()];
  const records = Array.from({ length: size.records }, (_, at) => `r${at}.${names[at % names.length] ?? zone}`);
  const ResourceRecords = [{ Value: black.address }];
  for (const record of records)
    route53.put(zoneIds.get(parentOf(record)) ?? zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords });
  return { zoneIds, records };
}

const parentOf = (record: string): string => record.slice(record.indexOf('.') + 1);

function mustServe({ sandbox, zoneIds, records }: Estate): void {
  for (const record of records) {
    const zoneId = zoneIds.get(parentOf(record)) ?? '';
    const [set] = sandbox.route53.recordSets(zoneId, record).filter(({ Type }) => Type === 'A');
    const found = set?.ResourceRecords?.[0]?.Value;
    if (found !== sandbox.red.address)
      throw new Error(`${record}: expected ${sandbox.red.address}, found ${found ?? 'nothing'}`);
  }
}

async function resetByClient({ sandbox, records, folder }: Estate): Promise<void> {
  const declared = records.map(
    (record) => `  ${record}: { zone: ${parentOf(record)}, default: ${sandbox.red.address} }\n`,
  );
  const file = join(folder, 'switchyard.yaml');
  await writeFile(file, `version: 1\nrecords:\n${declared.join('')}`);
  await run([MAIN, 'reset', '--all', '--config', file], { ...sandbox.env(), TEMPORAL_ADDRESS: '127.0.0.1:9' });
}

function resetByScript({ sandbox, records }: Estate): Promise<void> {
  return run([BARE, sandbox.red.address, ...records], sandbox.env());
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  const exit = await new Promise((resolve) => child.once('close', resolve));
  if (exit !== 0) throw new Error(`${args[0] ?? ''} ended with ${String(exit)}: ${said}`);
}
