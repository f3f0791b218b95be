import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** How a server ended: because it was asked to, or by itself, with the last lines that it wrote. */
export type ExitReason =
  { readonly kind: 'stopped' } | { readonly kind: 'died'; readonly how: string; readonly lastLines: readonly string[] };

export interface SpawnedServer {
  readonly pid: number;
  /** Resolves when the server itself says that it runs: something else may answer at its port. */
  readonly announced: Promise<void>;
  /** Resolves when the process has ended and all its output is read. Never rejects. */
  readonly exited: Promise<ExitReason>;
  /** SIGTERM, and SIGKILL after ten seconds; resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface SpawnOptions {
  readonly cli: string;
  readonly args: readonly string[];
  /** Gets the process id of the server as a line, before the server opens anything. */
  readonly claim: string | undefined;
  /** Gets everything that the server writes. */
  readonly logFile: string | undefined;
}

const PATIENCE_MS = 10_000;

/**
 * Runs the server in a process group of its own, so that Ctrl-C in a terminal reaches this process alone, which decides;
 * and so that it never outlives this process, not even one that is killed (see {@link LIFELINE}).
 */
export function spawnServer({ cli, args, claim, logFile }: SpawnOptions): SpawnedServer {
  const child = spawn('/bin/sh', ['-c', LIFELINE, 'sh', claim ?? '', cli, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, stdout, stderr, lifeline] = child.stdio as unknown as [null, Readable, Readable, Writable]; // what `stdio` above asks for
  lifeline.on('error', () => undefined); // the watcher is gone already, and with it the need to tell it
  const lines = keepLines([stdout, stderr], logFile);

  let asked = false;
  const exited = new Promise<ExitReason>((resolve) => {
    const ended = (how: string) => resolve(asked ? { kind: 'stopped' } : { kind: 'died', how, lastLines: lines() });
    child.once('error', (cause) => ended(cause.message));
    child.once('exit', () => lifeline.end('ended\n'));
    child.once('close', (code, signal) => ended(signal ?? `exit code ${code ?? -1}`));
  });
  const stop = async () => {
    asked = true;
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await exited;
    clearTimeout(impatient);
  };
  const announced = new Promise<void>((resolve) => stdout.once('data', () => resolve()));
  return { pid: child.pid ?? -1, announced, exited, stop };
}

/**
 * The shell writes down its process id and becomes the server by `exec`, so the id is the server's and is known before
 * the server exists. Before that it leaves a watcher behind that reads a pipe whose other end only this process holds: the
 * kernel closes it however this process ends, SIGKILL included, and the watcher ends the server. A word on the pipe says
 * that the server has ended already.
 */
const LIFELINE = `
claim=$1; shift
[ -z "$claim" ] || echo $$ >> "$claim"
(
  read -r ended <&3 && exit
  kill -TERM $$
  for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 $$ || exit; done
  kill -KILL $$
) < /dev/null > /dev/null 2>&1 &
exec "$@" 3<&-
`;

/** Copies the streams to the log file and remembers their last lines. */
function keepLines(streams: readonly Readable[], logFile: string | undefined): () => readonly string[] {
  const last: string[] = [];
  const log = logFile === undefined ? undefined : openLog(logFile);
  let open = streams.length;
  for (const stream of streams) {
    const reader = createInterface(stream);
    reader.on('line', (line) => {
      log?.write(`${line}\n`);
      if (line.trim() !== '') last.push(line);
      if (last.length > 20) last.shift();
    });
    reader.on('close', () => --open === 0 && log?.end());
  }
  return () => last;
}

function openLog(path: string): Writable {
  mkdirSync(dirname(path), { recursive: true });
  // A full disk must not end the owner of the server: the last lines are told all the same.
  return createWriteStream(path, { flags: 'a' }).on('error', () => undefined);
}
