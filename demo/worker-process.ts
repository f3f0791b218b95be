import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TemporalClient } from '../src/cli/temporal-client.ts';
import { DEPLOY_QUEUE } from '../src/contracts/deploy.ts';

/** `./switchyard worker` as it runs in production: a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  readonly spawnedAt: number;
  /** Resolves when Temporal has seen this process poll for work. */
  polls(): Promise<number>;
  /** SIGKILL: it can say nothing to anybody. */
  kill(): Promise<void>;
}

/** What it needs of a Temporal server. */
export interface WorkerPlace {
  readonly client: TemporalClient;
  readonly address: string;
  /** For SWITCHYARD_WORKFLOW_BUNDLE. */
  readonly bundleFile: string;
}

const CLIENT = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const POLLS_WITHIN_MS = 60_000;

export interface WorkerProcessOptions {
  /** Where it is looked for; the queue of deployments unless told otherwise. */
  readonly queue?: string;
  /** Arguments of node up to the client's own; the sources, through tsx, unless told otherwise. */
  readonly program?: readonly string[];
}

export function startWorkerProcess(
  temporal: WorkerPlace,
  env: Readonly<Record<string, string>>,
  { queue = DEPLOY_QUEUE, program = ['--import', 'tsx', CLIENT] }: WorkerProcessOptions = {},
): WorkerProcess {
  const spawnedAt = Date.now();
  const child = spawn(process.execPath, [...program, 'worker'], {
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
  const polls = (): Promise<number> => untilItPolls(temporal, child, queue);
  return { pid: child.pid ?? -1, spawnedAt, polls, kill: () => killed(child) };
}

async function untilItPolls({ client }: WorkerPlace, child: ChildProcess, queue: string): Promise<number> {
  const asked = { namespace: client.place.namespace, taskQueue: { name: queue } };
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
