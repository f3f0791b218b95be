import type { FolderReport } from '../activities/docs/publish-docs.ts';
import { loadDocsConfig } from '../config.ts';
import { exitOfDocs } from './explain.ts';
import { buildHere, listHere, type DocsOrder } from './docs-here.ts';
import { docsFailure } from './docs-stop.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { githubError } from './github.ts';
import { failedLines, reportLines } from './render-docs.ts';
import { problem, Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { formatDuration } from '../core/duration.ts';

/** Builds and publishes with a line for each stage on stderr, and the end on stdout. Ctrl-C stops it; what is published stays (P2). */
export async function buildDocsHere(terminal: Terminal, order: DocsOrder, json: boolean): Promise<ExitCode> {
  const config = loadDocsConfig(terminal.env);
  const interrupted = hearStop();
  try {
    const report = await buildHere(order, config, { signal: interrupted.signal, stage: tellStage(terminal) });
    if (json) terminal.document(JSON.stringify({ schemaVersion: 1, docs: document(order, report) }, null, 2));
    else for (const line of reportLines(order, report, terminal.paint)) terminal.out(line);
    return exitOfDocs(report.outcome);
  } catch (cause) {
    const exit = interrupted.exit();
    if (exit !== null) throw new Stop(exit, [problem('interrupted; what is published stays as it was')], cause);
    return await failed(terminal, order, { cause, json });
  } finally {
    interrupted.stop();
  }
}

const tellStage = (terminal: Terminal) => (label: string, facts: string, ms: number) =>
  terminal.err(`${label.padEnd(12)}${facts}  ${terminal.paint('dim', formatDuration(ms))}`);

function document({ out, ask }: DocsOrder, { manifest, ...report }: FolderReport) {
  const facts = { ...manifest, files: manifest.files.length };
  return { ...report, out, version: ask.version, release: manifest.release, manifest: facts };
}

interface Failed {
  readonly cause: unknown;
  readonly json: boolean;
}

/** Whatever failed, nothing that is published was touched: that is said from what is read back, not assumed. */
async function failed(terminal: Terminal, order: DocsOrder, { cause, json }: Failed): Promise<ExitCode> {
  const failure = docsFailure(cause);
  if (failure === null) throw cause;
  const standing = order.flat ? [] : (await listHere(order.out).catch(() => null))?.versions;
  const stands = standing?.find(({ version }) => version === order.ask.version)?.stands.release ?? null;
  if (json)
    terminal.document(
      JSON.stringify({ schemaVersion: 1, docs: { outcome: 'failed', out: order.out, stands, ...failure } }, null, 2),
    );
  else for (const line of failedLines(order, { failure, stands }, terminal.paint)) terminal.out(line);
  if (terminal.github) githubError(terminal, failure.sentence);
  return EXIT.failedSafe;
}

/** The first signal stops the build, whose leftovers are cleared away; the second one ends the process at once. */
function hearStop() {
  const controller = new AbortController();
  let exit: ExitCode | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    if (exit !== null) process.exit(code);
    exit = code;
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exit: (): ExitCode | null => exit,
    stop: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
