import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEPLOY_QUEUE } from '../src/contracts/deploy.ts';
import type { BenchTemporal } from './bench-temporal.ts';

/** `./switchyard worker` as it runs in production: a process of its own. */
export interface WorkerProcess {
  readonly spawnedAt: number;
  /** Resolves when Temporal has seen this process poll for work. */
  polls(): Promise<number>;
  /** SIGKILL: it can say nothing to anybody. */
  kill(): Promise<void>;
}

const CLIENT = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const POLLS_WITHIN_MS = 60_000;

export function startWorkerProcess(temporal: BenchTemporal, env: Readonly<Record<string, string>>): WorkerProcess {
  const spawnedAt = Date.now();
  const child = spawn(process.execPath, ['--import', 'tsx', CLIENT, 'worker'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...env,
      TEMPORAL_ADDRESS: temporal.address,
      SWITCHYARD_WORKFLOW_BUNDLE: temporal.bundleFile,
      SWITCHYARD_LOG_LEVEL: 'error',
    },
    stdio: 'ignore',
  });
  return { spawnedAt, polls: () => untilItPolls(temporal, child), kill: () => killed(child) };
}

async function untilItPolls({ client }: BenchTemporal, child: ChildProcess): Promise<number> {
  const asked = { namespace: client.place.namespace, taskQueue: { name: DEPLOY_QUEUE } };
  const mine = `${child.pid ?? -1}@`;
  const until = Date.now() + POLLS_WITHIN_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error('the worker ended before it polled');
    const { pollers } = await client.connection.workflowService.describeTaskQueue(asked);
    if (pollers.some(({ identity }) => identity?.startsWith(mine))) return Date.now();
    await sleep(20);
  }
  throw new Error('the worker did not poll within 60 s');
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
