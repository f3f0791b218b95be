import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { workerProgram, workflowBundle } from './temporal.ts';

/** A program of this project in a process of its own. */
export interface Child {
  /** What it has written so far. */
  out(): string;
  err(): string;
  /** Waits until it has written that, on either stream. */
  says(what: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Fulfilled when the process is gone: its exit code, or null where a signal ended it. */
  readonly exit: Promise<number | null>;
}

/** Ends whatever a file has started and left running: for `afterAll`, so that a failure leaves nothing behind. */
export async function endChildren(): Promise<void> {
  for (const child of living) child.kill('SIGKILL');
  await Promise.all([...living].map(({ exit }) => exit));
}

const living = new Set<Child>();

/** Everything that ran to its end. */
export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  readonly sandbox: Pick<Sandbox, 'env'>;
  /** Of Temporal. */
  readonly address: string;
}

/** What is wrong with the process of a worker: a module of test/support/fixtures that is loaded first, and what that is told. */
export interface Ailment {
  readonly preload: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A worker on its task queue, once it polls. It works as in production, kill and restart included. */
export async function startWorkerChild(
  { sandbox, address }: Place,
  taskQueue: string,
  ailment?: Ailment,
): Promise<Child> {
  const env = {
    ...sandbox.env(),
    TEMPORAL_ADDRESS: address,
    SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath,
    SWITCHYARD_LOG: 'json',
    ...ailment?.env,
  };
  const preload = ailment === undefined ? [] : ['--import', `./test/support/fixtures/${ailment.preload}`];
  const child = startChild(workerProgram(), [taskQueue], env, preload);
  await child.says('polling for work');
  return child;
}

/** `./switchyard worker`, for all chores, once it polls. Nothing but `env` and the bundle of this test run is told it. */
export async function startService(env: Readonly<Record<string, string>>): Promise<Child> {
  const told = { SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath, SWITCHYARD_LOG: 'json', ...env };
  const child = startChild('src/cli/main.ts', ['worker'], told);
  await child.says('polling for work');
  return child;
}

/** `./switchyard …`, with the caller's credentials for the sandbox. */
export function startClient({ sandbox, address }: Place, args: readonly string[]): Child {
  return startChild('src/cli/main.ts', args, { ...sandbox.env(), TEMPORAL_ADDRESS: address });
}

/** `./switchyard gateway`: with the secrets of its hooks, and no credentials of any service. */
export function startGateway(
  { address }: Pick<Place, 'address'>,
  args: readonly string[],
  secrets: Readonly<Record<string, string>>,
): Child {
  return startChild('src/cli/main.ts', ['gateway', ...args], { TEMPORAL_ADDRESS: address, ...secrets });
}

/** `./switchyard up` with its files in `home`, once it is up. */
export async function startUp(sandbox: Sandbox, home: string): Promise<Child> {
  const child = startChild('src/cli/main.ts', ['up'], {
    ...sandbox.env(),
    HOME: process.env['HOME'] ?? '', // where the Temporal CLI is cached
    SWITCHYARD_HOME: home,
    SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath,
  });
  await child.says('worker polling');
  return child;
}

export async function runClient(place: Place, args: readonly string[]): Promise<Ran> {
  return ended(startClient(place, args));
}

export async function ended(child: Child): Promise<Ran> {
  const exit = await child.exit;
  return { exit, out: child.out(), err: child.err() };
}

/** Nothing of the machine's own settings reaches it: a CI's variables would change what the client says. */
function startChild(
  ...[program, args, env, preload = []]: [
    string,
    readonly string[],
    Readonly<Record<string, string>>,
    (readonly string[])?,
  ]
): Child {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const translating = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const process_ = spawn(process.execPath, [...preload, ...translating, program, ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nowhere',
      SWITCHYARD_HOME: '/nowhere/switchyard',
      TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  process_.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
  process_.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
  const exit = once(process_, 'close').then(([code]) => code as number | null);
  const all = (): string => `${said.out}${said.err}`;
  const says = async (what: string): Promise<void> => {
    const over = exit.then((code) => {
      if (!all().includes(what)) throw new Error(`it ended with ${code} before it said ${what}: ${all()}`);
    });
    while (!all().includes(what)) {
      await Promise.race([once(process_.stdout, 'data'), once(process_.stderr, 'data'), over]);
    }
    over.catch(() => undefined); // it may end as it likes once it has said that
  };
  const child: Child = {
    out: () => said.out,
    err: () => said.err,
    says,
    kill: (signal) => void process_.kill(signal),
    exit,
  };
  living.add(child);
  void exit.then(() => living.delete(child));
  return child;
}
