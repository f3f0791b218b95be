import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

export interface LimitedRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it: nothing of this process's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly signal: AbortSignal;
  /** How many characters of its standard output are wanted: all of them, or the run is ended. Default: none. */
  readonly output?: number;
  /** Asked every second; a sentence ends the run. */
  readonly tooMuch?: () => Promise<string | null>;
}

/** How a run ended by itself, or why it was ended. */
export type LimitedEnd =
  | {
      readonly kind: 'exited';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      /** The last of what it said, whichever way. */
      readonly tail: string;
      /** Its standard output, where that was wanted. */
      readonly output: string;
    }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'too-much'; readonly why: string };

/**
 * Runs a program with everything that it starts, within limits, and leaves nothing of it: its process group is killed at the end, when it is
 * cancelled, when its time is over, and when this process is killed.
 *
 * @throws the reason of the signal where that ended it.
 */
export async function runLimited(run: LimitedRun): Promise<LimitedEnd> {
  const { signal } = run;
  signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', run.command, ...run.args], {
    cwd: run.cwd,
    env: { ...run.env },
    detached: true, // a group of its own
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.once('exit', () => endOutput(child));
  const tail = keepTail(child.stdout, child.stderr);
  const output = keepOutput(child.stdout, run.output ?? 0);
  const exited = new Promise<LimitedEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) =>
      resolve({ kind: 'exited', code, signal: killedBy, tail: tail(), output: output.text() }),
    );
  });
  const limits = watchLimits(run);
  try {
    return await Promise.race([exited, limits.exceeded, output.exceeded]);
  } finally {
    limits.end();
    killGroup(child.pid);
    await exited.catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** What it has started goes with it; what has left its group may hold the output open, and is not waited for. */
function endOutput({ pid, stdout, stderr }: ChildProcessWithoutNullStreams): void {
  killGroup(pid);
  setTimeout(() => {
    stdout.destroy();
    stderr.destroy();
  }, LAST_WORDS_MS).unref();
}

const LAST_WORDS_MS = 1_000;

/**
 * A shell that kills its group when the other end of its standard input closes, which it does when this process ends in whatever way. The
 * program itself has no input.
 */
const WATCHED = 'exec 4<&0; (cat <&4 >/dev/null; kill -9 0) & "$@" </dev/null 4<&-';

/** The last of what a program says, whichever way it says it. */
function keepTail(...streams: readonly NodeJS.ReadableStream[]): () => string {
  let text = '';
  for (const stream of streams) {
    stream.setEncoding('utf8');
    stream.on('data', (more: string) => (text = (text + more).slice(-MOST_KEPT)));
  }
  return () => text;
}

const MOST_KEPT = 20_000;

/** All that a program writes to its standard output, up to `most` characters; beyond them it is not waited for. */
function keepOutput(stream: NodeJS.ReadableStream, most: number) {
  let text = '';
  const exceeded = new Promise<LimitedEnd>((resolve) => {
    stream.on('data', (more: string) => {
      if (most === 0) return;
      text += more;
      if (text.length > most) resolve({ kind: 'too-much', why: `it said more than ${most} characters` });
    });
  });
  return { text: () => text, exceeded };
}

interface Limits {
  /** Rejects where the run is cancelled. */
  readonly exceeded: Promise<LimitedEnd>;
  end(): void;
}

function watchLimits({ signal, timeMs, tooMuch }: LimitedRun): Limits {
  const ended = new AbortController();
  const exceeded = new Promise<LimitedEnd>((resolve, reject) => {
    const timeout = setTimeout(() => resolve({ kind: 'timed-out' }), timeMs);
    const look = setInterval(() => {
      tooMuch?.().then(
        (why) => (why === null ? undefined : resolve({ kind: 'too-much', why })),
        () => undefined, // what it looks at is being written: the next look sees it
      );
    }, LOOK_EVERY_MS);
    const cancel = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', cancel, { signal: ended.signal });
    ended.signal.addEventListener('abort', () => {
      clearTimeout(timeout);
      clearInterval(look);
    });
  });
  return { exceeded, end: () => ended.abort() };
}

const LOOK_EVERY_MS = 1_000;

/** The program, what it started, and the shell that watched over it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing is left of it
  }
}
