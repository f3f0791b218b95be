import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/deploy.ts';
import { EmbeddedFailure, sentenceOf } from './failure.ts';
import { lockFile } from './file-lock.ts';
import type { FileLock } from './file-lock.ts';
import { choosePort } from './ports.ts';
import { ensureKeywords } from './search-attributes.ts';
import { spawnServer } from './spawn-server.ts';
import type { ExitReason, SpawnedServer } from './spawn-server.ts';

export interface EmbeddedOptions {
  /** The executable that {@link findTemporalCli} found. */
  readonly cli: string;
  /** The SQLite file that keeps everything across restarts, or `memory`: everything is forgotten at the end. */
  readonly file: string;
  /** For gRPC. Asked for: this one or none (0: any). Otherwise 7233 where it is free, else any. */
  readonly port?: number | undefined;
  /** For the UI; as `port`, with 8233. `headless`: no UI. */
  readonly uiPort?: number | 'headless' | undefined;
  /** Keywords to register; by default those that this project's workflows set. */
  readonly searchAttributes?: readonly string[] | undefined;
  /** Gets what the server writes. */
  readonly logFile?: string | undefined;
  readonly say: (line: string) => void;
}

export interface EmbeddedServer {
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly namespace: string;
  readonly pid: number;
  /** Resolves when the server has ended, by `stop` or by itself. Never rejects. */
  readonly exited: Promise<ExitReason>;
  /** Ends the server and gives the file back: SIGTERM, and SIGKILL after ten seconds. Safe to repeat. */
  stop(): Promise<void>;
}

const NAMESPACE = 'default';
const HEALTHY_WITHIN_MS = 60_000;

/**
 * Runs `temporal server start-dev` and returns when it is healthy and its search attributes are usable. The server ends with
 * this process, however that ends.
 *
 * @throws EmbeddedFailure: `file-in-use`, `port-in-use` (an asked port only), `died` or `not-healthy` with the last lines of
 *   the server, `search-attributes`. Nothing is left running then.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const lock = options.file === 'memory' ? undefined : await lockFile(options.file, options.say);
  try {
    const running = await startOnFreePorts(options, lock);
    const exited = running.server.exited.finally(() => lock?.release());
    const stop = async () => {
      await running.server.stop();
      await exited;
    };
    return { ...running.at, namespace: NAMESPACE, pid: running.server.pid, exited, stop };
  } catch (cause) {
    lock?.release();
    throw cause;
  }
}

/** What happened, for an operator, with the last line that the server wrote. */
export function exitSentence(reason: ExitReason): string {
  if (reason.kind === 'stopped') return 'The Temporal server was stopped.';
  const words = reason.lastLines.length === 0 ? 'It wrote nothing.' : `It wrote:\n  ${reason.lastLines.join('\n  ')}`;
  return `The Temporal server ended by itself (${reason.how}). ${words}`;
}

interface Running {
  readonly server: SpawnedServer;
  readonly at: { readonly address: string; readonly uiUrl: string | undefined };
}

/**
 * A port that was free may be taken before the server binds it, by a second start at the same moment: then others are. The server
 * also takes ports of its own choice for its parts, and panics where it loses one of those (seen once in twenty starts).
 */
async function startOnFreePorts(options: EmbeddedOptions, lock: FileLock | undefined): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options, lock);
    } catch (cause) {
      const lostTheRace = cause instanceof EmbeddedFailure && LOST_THE_RACE.test(cause.message);
      if (!lostTheRace || attempt === 3) throw cause;
    }
  }
}

/** Of a long trace only the last lines are kept: any of them shows a panic. */
const LOST_THE_RACE = /address already in use|goroutine \d+|\.go:\d+ \+0x/;

async function startOnce(options: EmbeddedOptions, lock: FileLock | undefined): Promise<Running> {
  const port = await choosePort({ what: 'port of Temporal', asked: options.port, usual: 7233 });
  const uiPort = await chooseUiPort(options.uiPort);
  const args = serverArgs({ port, uiPort, file: lock?.file });
  const server = spawnServer({ cli: options.cli, args, claim: lock?.claim, logFile: options.logFile });
  const at = { address: `127.0.0.1:${port}`, uiUrl: uiPort === undefined ? undefined : `http://localhost:${uiPort}` };
  try {
    await whenUsable(server, at.address, options);
    return { server, at };
  } catch (cause) {
    await server.stop();
    throw cause;
  }
}

function chooseUiPort(asked: number | 'headless' | undefined): Promise<number | undefined> {
  if (asked === 'headless') return Promise.resolve(undefined);
  return choosePort({ what: 'port of the Temporal UI', asked, usual: 8233 });
}

interface ServerArgs {
  readonly port: number;
  readonly uiPort: number | undefined;
  readonly file: string | undefined;
}

function serverArgs({ port, uiPort, file }: ServerArgs): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(file === undefined ? [] : ['--db-filename', file]),
    // Without these every dispatch waits 50 ms (measured): five times the time of a ten-activity workflow.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=1000'],
  ];
}

async function whenUsable(server: SpawnedServer, address: string, options: EmbeddedOptions): Promise<void> {
  const died = server.exited.then((reason) => {
    throw new EmbeddedFailure('died', exitSentence(reason));
  });
  const late = sleep(HEALTHY_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new EmbeddedFailure('not-healthy', `The Temporal server did not answer at ${address} within 60 s.`);
  });
  died.catch(() => undefined); // it may be rejected, as late as at the end of a healthy server, when nobody waits any more
  late.catch(() => undefined);
  const done = new AbortController();
  try {
    await Promise.race([died, late, prepare(server, address, { ...options, signal: done.signal })]);
  } finally {
    done.abort();
  }
}

async function prepare(
  server: SpawnedServer,
  address: string,
  options: EmbeddedOptions & { readonly signal: AbortSignal },
): Promise<void> {
  await server.announced; // before asking: a stranger at the same port would answer as well
  const connection = await connectTo(address, options.signal);
  try {
    await ensureKeywords(connection, NAMESPACE, { names: options.searchAttributes ?? SEARCH_ATTRIBUTES });
  } catch (cause) {
    throw new EmbeddedFailure('search-attributes', sentenceOf(cause), { cause });
  } finally {
    await connection.close();
  }
}

async function connectTo(address: string, signal: AbortSignal): Promise<Connection> {
  // A pool of its own: grpc-js shares its back-off in a process, and a connection tried too early costs seconds (measured).
  const channelArgs = { 'grpc.use_local_subchannel_pool': 1 };
  for (;;) {
    try {
      return await Connection.connect({ address, connectTimeout: '1s', channelArgs });
    } catch (cause) {
      if (signal.aborted) throw cause;
      await sleep(50);
    }
  }
}
