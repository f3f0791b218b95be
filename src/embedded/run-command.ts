import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { setInterval } from 'node:timers';

/** Environment variables for children, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  readonly env: Environment;
  /** Ends the command when this long passes without a line of output and without `measure` changing. */
  readonly stallMs: number;
  /** Anything that grows while the command works, such as the bytes of a folder. */
  readonly measure?: () => Promise<number>;
  /** Told the measure every five seconds, so that a slow line does not look like a hang. */
  readonly onProgress?: (measured: number) => void;
}

/**
 * Runs a command to its end and returns what it wrote to stdout.
 *
 * @throws Error that names the command, how it ended, and the last line that it wrote.
 */
export async function runCommand(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const child = spawn(command, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const name = basename(command);
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));

  const stall = watchForStall(child, options, () => out.length + err.length);
  try {
    const ending = await endOf(child);
    if (stall.happened()) throw new Error(`${name} made no progress for ${options.stallMs / 1000} s`);
    if (ending !== 'exit code 0') throw new Error(`${name} ended with ${ending}: ${lastWords([...out, ...err])}`);
    return out.join('');
  } finally {
    stall.stop();
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new Error(cause.code === 'ENOENT' ? `${child.spawnfile} was not found` : cause.message, { cause })),
    );
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code ?? -1}`));
  });
}

function watchForStall(child: ChildProcess, options: RunOptions, written: () => number) {
  const { stallMs, measure, onProgress } = options;
  let seen = '';
  let changedAt = Date.now();
  let stalled = false;
  let ticks = 0;

  const look = async () => {
    const measured = (await measure?.().catch(() => 0)) ?? 0;
    const now = `${measured} ${written()}`;
    if (now !== seen) [seen, changedAt] = [now, Date.now()];
    if (++ticks % 5 === 0) onProgress?.(measured);
    if (Date.now() - changedAt < stallMs) return;
    stalled = true;
    child.kill('SIGKILL');
  };
  const timer = setInterval(() => void look(), Math.min(1000, stallMs));
  return { happened: () => stalled, stop: () => clearInterval(timer) };
}

function lastWords(texts: readonly string[]): string {
  const lines = texts
    .join('')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(WARNING|Looking in|\[notice\])/.test(line));
  return lines.at(-1)?.slice(0, 500) ?? 'it wrote nothing';
}
