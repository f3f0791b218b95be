import { syncId, type SyncStatus } from '../contracts/sync.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { endOfRun, type RunEnd } from './look-at-run.ts';
import { lookAtSync, type SyncLook } from './look-at-sync.ts';
import { asSubject } from './parse/pair-name.ts';
import { syncLines } from './render-sync.ts';
import { progressOf, syncEndLines } from './sync-face.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { day, outside } from './words.ts';

export interface ShowSync {
  readonly pair: string;
  readonly exitCode?: true | undefined;
  readonly json?: true | undefined;
}

/** What `status sync/PAIR` says: where the run is, or how the last one ended. */
export async function showSync(terminal: Terminal, temporal: TemporalClient, asked: ShowSync): Promise<ExitCode> {
  const workflowId = syncId(asked.pair);
  const look = await lookAtSync(temporal, { workflowId }).catch((cause: unknown) => {
    if (isNotFound(cause)) return null;
    throw cause;
  });
  if (look === null) return nothingKnown(terminal, asked);
  const link = uiLink(temporal.place, workflowId, look.runId);
  if (look.temporalStatus === 'RUNNING') return running(terminal, look, { ...asked, link });
  const end = await endOfRun<SyncStatus>(temporal, { workflowId, runId: look.runId }, look.status);
  return ended(terminal, { look, end, asked: { ...asked, link } });
}

type Asked = ShowSync & { readonly link: string | null };

function nothingKnown(terminal: Terminal, { pair, json }: ShowSync): ExitCode {
  if (json === true) terminal.document(JSON.stringify({ schemaVersion: 1, pair, running: false, status: null }));
  else terminal.out(`${asSubject(pair)}  no run is known to Temporal (it forgets ended ones after its retention time)`);
  return EXIT.done;
}

function running(terminal: Terminal, look: SyncLook, asked: Asked): ExitCode {
  if (asked.json === true) document(terminal, look, { ...asked, running: true });
  else {
    if (look.status === null) terminal.out(silentLine(asked.pair, look));
    for (const line of syncLines(look, viewOf(terminal, asked.link))) terminal.out(line);
    if (asked.link !== null) terminal.out(`look         ${asked.link}`);
  }
  return asked.exitCode === true ? EXIT.changes : EXIT.done;
}

/** Without a worker the memo and the heartbeats are all there is. */
function silentLine(pair: string, { startedAt, memo }: SyncLook): string {
  return `${asSubject(pair)}  runs since ${day(startedAt)} UTC, by ${outside(memo.by ?? '?')}; no worker answers`;
}

interface Ended {
  readonly look: SyncLook;
  readonly end: RunEnd<SyncStatus>;
  readonly asked: Asked;
}

function ended(terminal: Terminal, { look, end, asked }: Ended): ExitCode {
  const status = end.kind === 'reported' ? end.status : end.last;
  if (asked.json === true) document(terminal, { ...look, status }, { ...asked, running: false });
  else {
    if (look.closedAt !== null) terminal.out(`ended        ${day(look.closedAt)} UTC`);
    for (const line of syncEndLines(end, asked.pair, viewOf(terminal, asked.link))) terminal.out(line);
  }
  return EXIT.done; // with --exit-code too: it asks whether one runs, not how the last one ended
}

function document(terminal: Terminal, look: SyncLook, asked: Asked & { readonly running: boolean }): void {
  const { temporalStatus, startedAt, closedAt, memo, trouble, status, beat } = look;
  const { pair, link, running: runs } = asked;
  const seen = { temporalStatus, startedAt, closedAt, memo, trouble, progress: progressOf(beat), link, status };
  terminal.document(JSON.stringify({ schemaVersion: 1, pair, running: runs, ...seen }, null, 2));
}

const viewOf = (terminal: Terminal, link: string | null) => ({ paint: terminal.paint, now: Date.now(), link });
