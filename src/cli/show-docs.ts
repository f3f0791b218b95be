import { docsId, type DocsMemo, type DocsStatus } from '../contracts/docs-runs.ts';
import { docsEndLines } from './docs-face.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { lookAtChain } from './look-at-chain.ts';
import { endOfRun } from './look-at-run.ts';
import { asDocsSubject, type DocsName } from './parse/docs-name.ts';
import { docsRunLines, type DocsLook } from './render-docs-run.ts';
import type { View } from './render.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { day, outside } from './words.ts';

export interface ShowDocs {
  readonly name: DocsName;
  readonly exitCode?: true | undefined;
  readonly json?: true | undefined;
}

/** What `status docs/SITE[/VERSION]` says: where the build is, or how the last one ended. */
export async function showDocs(terminal: Terminal, temporal: TemporalClient, asked: ShowDocs): Promise<ExitCode> {
  const { name } = asked;
  const workflowId = docsId({ ...name, publish: true });
  const found = await lookAtChain<DocsStatus, DocsMemo>(temporal, { workflowId }).catch((cause: unknown) => {
    if (isNotFound(cause)) return null;
    throw cause;
  });
  if (found === null) return nothingKnown(terminal, asked);
  const { look } = found;
  const link = uiLink(temporal.place, workflowId, look.runId);
  const view = { paint: terminal.paint, now: Date.now(), link };
  if (look.temporalStatus === 'RUNNING') {
    if (asked.json === true) document(terminal, look, { ...asked, link });
    else for (const line of runningLines(look, { ...asked, view })) terminal.out(line);
    return asked.exitCode === true ? EXIT.changes : EXIT.done;
  }
  const end = await endOfRun<DocsStatus>(temporal, { workflowId, runId: look.runId }, look.status);
  const status = end.kind === 'reported' ? end.status : end.last;
  if (asked.json === true) document(terminal, { ...look, status }, { ...asked, link });
  else {
    if (look.closedAt !== null) terminal.out(`ended          ${day(look.closedAt)} UTC`);
    for (const line of docsEndLines(end, name, view)) terminal.out(line);
  }
  return EXIT.done; // with --exit-code too: it asks whether one runs, not how the last one ended
}

type Running = ShowDocs & { readonly view: View };

/** Without a worker the memo is all there is. */
function runningLines({ status, trouble, memo, startedAt }: DocsLook, { name, view }: Running): readonly string[] {
  const by = outside(memo.by ?? '?');
  const silent = `${asDocsSubject(name)}  runs since ${day(startedAt)} UTC, by ${by}; no worker answers`;
  return [
    ...(status === null ? [silent] : []),
    ...docsRunLines({ status, trouble }, view),
    ...(view.link === null ? [] : [`look           ${view.link}`]),
  ];
}

function nothingKnown(terminal: Terminal, { name, json }: ShowDocs): ExitCode {
  if (json === true) terminal.document(JSON.stringify({ schemaVersion: 1, ...name, running: false, status: null }));
  else
    terminal.out(
      `${asDocsSubject(name)}  no build is known to Temporal (it forgets ended ones after its retention time)`,
    );
  return EXIT.done;
}

function document(terminal: Terminal, look: DocsLook, asked: ShowDocs & { readonly link: string | null }): void {
  const { temporalStatus, startedAt, closedAt, memo, trouble, status } = look;
  const running = temporalStatus === 'RUNNING';
  const seen = { running, temporalStatus, startedAt, closedAt, memo, trouble, link: asked.link, status };
  terminal.document(JSON.stringify({ schemaVersion: 1, ...asked.name, ...seen }, null, 2));
}
