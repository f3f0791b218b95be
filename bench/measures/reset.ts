import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Measure, Row } from '../measure.ts';
import { median, seconds } from '../statistics.ts';

const GOAL_MS = 2_000;
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const BARE = fileURLToPath(new URL('../bare/reset.ts', import.meta.url));

/** `switchyard reset` from a cold start, without Temporal, against a script of bare SDK calls from a cold start. */
export const reset: Measure = {
  name: 'reset',
  doing: 'records are reset, from a cold start (about 40 s)',
  run: async ({ quick }) => {
    const times = quick ? 1 : 3;
    return [await resetting(1, times), await resetting(50, times)];
  },
};

async function resetting(count: number, times: number): Promise<Row> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let time = 0; time < times; time++) {
    ours.push(await onFreshZone(count, (zone) => resetByClient(zone)));
    bare.push(await onFreshZone(count, (zone) => resetByScript(zone)));
  }
  const more = median(ours) - median(bare);
  return {
    measure: `reset, cold, ${count === 1 ? '1 record' : `${count} records of one zone`}`,
    goal: `${seconds(GOAL_MS)} over the bare calls`,
    reached: `${seconds(more)} over`,
    yardstick: `reset ${seconds(median(ours))}, bare SDK script ${seconds(median(bare))} (median of ${times})`,
    ok: more <= GOAL_MS,
  };
}

interface Zone {
  readonly sandbox: Sandbox;
  readonly records: readonly string[];
  readonly folder: string;
}

/** All records on black, to be put back on red; the time of `work` in milliseconds. */
async function onFreshZone(count: number, work: (zone: Zone) => Promise<void>): Promise<number> {
  const sandbox = await startSandbox({ insyncAfterMs: 100 });
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-reset-'));
  try {
    const records = Array.from({ length: count }, (_, index) => `r${index}.${sandbox.zone}`);
    const ResourceRecords = [{ Value: sandbox.black.address }];
    for (const record of records)
      sandbox.route53.put(sandbox.zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords });
    const startedAt = Date.now();
    await work({ sandbox, records, folder });
    const tookMs = Date.now() - startedAt;
    mustServe({ sandbox, records, folder });
    return tookMs;
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function mustServe({ sandbox, records }: Zone): void {
  for (const record of records) {
    const [set] = sandbox.route53.recordSets(sandbox.zoneId, record).filter(({ Type }) => Type === 'A');
    const found = set?.ResourceRecords?.[0]?.Value;
    if (found !== sandbox.red.address)
      throw new Error(`${record}: expected ${sandbox.red.address}, found ${found ?? 'nothing'}`);
  }
}

async function resetByClient({ sandbox, records, folder }: Zone): Promise<void> {
  const declared = records.map((record) => `  ${record}:\n    default: ${sandbox.red.address}\n`);
  const file = join(folder, 'switchyard.yaml');
  await writeFile(file, `version: 1\nrecords:\n${declared.join('')}`);
  await run([MAIN, 'reset', '--all', '--config', file], { ...sandbox.env(), TEMPORAL_ADDRESS: '127.0.0.1:9' });
}

function resetByScript({ sandbox, records }: Zone): Promise<void> {
  return run([BARE, sandbox.zone, sandbox.red.address, ...records], sandbox.env());
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
