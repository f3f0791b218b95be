import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../config.ts';
import { findTemporalCli } from '../embedded/find-cli.ts';
import { exitSentence, startEmbedded, type EmbeddedServer } from '../embedded/server.ts';
import { beginWorker, type RunningWorker } from '../worker.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { phaseWords, servingWords } from './render.ts';
import { recordOf, RUNNING_DEPLOYMENTS } from '../contracts/running-deployments.ts';
import { queryStatus } from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import { connect, type TemporalClient } from './temporal-client.ts';
import type { Terminal } from './terminal.ts';
import { readUpFile, removeUpFile, writeUpFile } from './up-file.ts';
import { outside } from './words.ts';

export interface UpOptions {
  readonly port: number | undefined;
  readonly uiPort: number | undefined;
  readonly memory: boolean;
}

/**
 * Runs the embedded Temporal and a worker in this process until it is asked to end, or until one of them ends by itself.
 * The file stays, so what is under way goes on at the next start.
 */
export async function runUp(terminal: Terminal, options: UpOptions): Promise<ExitCode> {
  const config = loadConfig(terminal.env);
  await mustBeAlone(config.home);
  const asked = hearSignals();
  const say = (line: string): void => terminal.err(line);
  const cli = await findTemporalCli({ explicit: config.temporalCli ?? undefined, env: terminal.env, say });
  await mkdir(config.home, { recursive: true });
  const server = await startEmbedded({
    cli: cli.path,
    file: options.memory ? 'memory' : join(config.home, 'temporal.db'),
    port: options.port,
    uiPort: options.uiPort,
    logFile: join(config.home, 'temporal.log'),
    say,
  });
  try {
    return await withWorker(terminal, { config, server, asked });
  } finally {
    await removeUpFile(config.home);
    await server.stop();
    asked.stop();
  }
}

/** Two would share one folder and one file. */
async function mustBeAlone(home: string): Promise<void> {
  const other = await readUpFile(home);
  if (other === null) return;
  const next = `use that one (${other.address}), end it, or set SWITCHYARD_HOME to another folder`;
  throw new Stop(EXIT.refused, [
    problem(`./switchyard up runs already in ${home}, as process ${other.pid}`, null, next),
  ]);
}

interface Up {
  readonly config: ReturnType<typeof loadConfig>;
  readonly server: EmbeddedServer;
  readonly asked: Signals;
}

async function withWorker(terminal: Terminal, { config, server, asked }: Up): Promise<ExitCode> {
  const { address, namespace, uiUrl } = server;
  const temporal = { ...config.temporal, address, namespace, connection: {} };
  const worker = await beginWorker({ ...config, temporal }, { isTerminal: terminal.live });
  await writeUpFile(config.home, { address, namespace, ui: uiUrl ?? null });
  terminal.out(`Temporal at ${address}, UI at ${uiUrl ?? 'none'}, worker polling; Ctrl-C ends both`);
  terminal.out('in another terminal: ./switchyard plan www.example.com --to 192.0.2.20');
  try {
    return await untilAsked(terminal, { server, worker, asked });
  } finally {
    // Without its server a worker has nobody to hand its work to, and would wait for one.
    await Promise.race([worker.stop().catch(() => undefined), server.exited]);
  }
}

interface Running {
  readonly server: EmbeddedServer;
  readonly worker: RunningWorker;
  readonly asked: Signals;
}

async function untilAsked(terminal: Terminal, { server, worker, asked }: Running): Promise<ExitCode> {
  const died = server.exited.then((reason) => {
    throw new Stop(EXIT.unreachable, [
      problem(exitSentence(reason), null, 'start it again with ./switchyard up; what ran goes on from where it was'),
    ]);
  });
  const lost = worker.finished.then(() => {
    throw new Stop(EXIT.unreachable, [
      problem('the worker ended by itself', null, 'start it again with ./switchyard up'),
    ]);
  });
  died.catch(() => undefined); // it rejects at every regular end too, when nobody waits any more
  lost.catch(() => undefined);
  const first = await Promise.race([asked.next(), died, lost]);
  if (first === 'SIGTERM' || !(await tellWhatRuns(terminal, server))) return EXIT.done;
  await Promise.race([asked.next(), died, lost]);
  return EXIT.done;
}

/** Whether a deployment is under way: its record stays where it stands while nothing runs here, and nobody watches it. */
async function tellWhatRuns(terminal: Terminal, { address, namespace }: EmbeddedServer): Promise<boolean> {
  const place = { address, namespace, from: 'switchyard up', ui: null, connection: {} };
  const temporal = await connect(place, () => undefined).catch(() => null);
  if (temporal === null) return false;
  try {
    const lines = await running(temporal);
    for (const line of lines) terminal.err(line);
    if (lines.length > 0) {
      terminal.err(
        'Each record stays as it is until ./switchyard up runs again; meanwhile nobody watches it and nothing rolls it back.',
      );
      terminal.err(
        'Ctrl-C again ends Temporal and the worker; ./switchyard abort NAME in another terminal puts red back first.',
      );
    }
    return lines.length > 0;
  } finally {
    await temporal.close();
  }
}

async function running(temporal: TemporalClient): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { workflowId, runId } of temporal.client.workflow.list({ query: RUNNING_DEPLOYMENTS })) {
    const status = await queryStatus(temporal, workflowId, runId);
    const record = outside(recordOf(workflowId));
    if (status === null) lines.push(`${record}: a deployment runs; no worker tells its stage`);
    else {
      const serving =
        status.serving === null ? `${status.share} % to black as written last` : servingWords(status.serving);
      lines.push(`${record}: a deployment runs, ${phaseWords(status, Date.now())}; ${serving}`);
    }
  }
  return lines;
}

interface Signals {
  /** The next SIGINT or SIGTERM, kept until somebody asks. */
  next(): Promise<NodeJS.Signals>;
  stop(): void;
}

function hearSignals(): Signals {
  const kept: NodeJS.Signals[] = [];
  let wake: ((signal: NodeJS.Signals) => void) | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (wake === null) kept.push(signal);
    else wake(signal);
    wake = null;
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    next: () => {
      const first = kept.shift();
      return first === undefined ? new Promise((resolve) => (wake = resolve)) : Promise.resolve(first);
    },
    stop: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
