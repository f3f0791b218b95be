import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without: as the test itself. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly cwd?: string;
}

/** A service as Compose keeps it: started again when it ends by itself. */
export interface Service {
  /** All that it has written, of every start. */
  output(): string;
  /** `SIGKILL`, and it comes again after `awayMs`. */
  kill(awayMs?: number): Promise<void>;
  /** An orderly end, and none after it. @returns the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const RESTART_AFTER_MS = 300;
const OUTPUT_KEPT = 400_000;

const living = new Set<Service>();

/** Ends whatever runs, newest first. */
export async function stopAll(): Promise<void> {
  for (const service of [...living].reverse()) await service.stop('SIGKILL');
}

/** `restart: unless-stopped`. */
export function keepRunning(program: Program): Service {
  let output = '';
  let stopped = false;
  let awayMs = RESTART_AFTER_MS;
  let child: ChildProcess;
  const start = (): void => {
    child = spawnProgram(program, (text) => (output = (output + text).slice(-OUTPUT_KEPT)));
    child.once('exit', (code, signal) => {
      output += `\n[ended: ${code ?? signal}]\n`;
      if (!stopped) setTimeout(() => stopped || start(), awayMs);
      awayMs = RESTART_AFTER_MS;
    });
  };
  start();
  const service: Service = {
    output: () => output,
    kill: async (away = RESTART_AFTER_MS) => {
      awayMs = away;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    stop: async (signal = 'SIGTERM') => {
      stopped = true;
      living.delete(service);
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const gone = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await gone)[0];
    },
  };
  living.add(service);
  return service;
}

export interface Ran {
  readonly exit: number | null;
  /** Both streams. */
  readonly said: string;
}

/** A one-shot, to its end. */
export async function runOnce(program: Program): Promise<Ran> {
  let said = '';
  const child = spawnProgram(program, (text) => (said += text));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, said };
}

/** @throws where it does not end with 0. */
export async function mustRun(program: Program): Promise<string> {
  const { exit, said } = await runOnce(program);
  if (exit !== 0) throw new Error(`${program.command} ${program.args.join(' ')} ended with ${exit}: ${said}`);
  return said;
}

/** @throws Error with the last lines of `service` where it stays false. */
export async function until(what: string, isSo: () => Promise<boolean>, service?: Service): Promise<void> {
  const giveUp = Date.now() + 120_000;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > giveUp) throw new Error(`not within 120 s: ${what}\n${service?.output().slice(-4_000) ?? ''}`);
    await sleep(200);
  }
}

function spawnProgram({ command, args, env, user, cwd }: Program, hear: (text: string) => void): ChildProcess {
  const child = spawn(command, args, { env, cwd, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
  child.on('error', (cause) => hear(`${command} cannot be run: ${cause.message}\n`));
  return child;
}
