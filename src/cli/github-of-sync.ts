import type { SyncOutcome, SyncStatus } from '../contracts/sync.ts';
import { publish, type ToldToGithub } from './github.ts';
import type { RunEnd } from './look-at-run.ts';
import { asSubject } from './parse/pair-name.ts';
import { syncEndLines } from './sync-face.ts';
import type { Terminal } from './terminal.ts';

export interface EndedSync {
  readonly pair: string;
  readonly end: RunEnd<SyncStatus>;
  readonly link: string | null;
  readonly now: number;
}

const plain = (_style: unknown, text: string): string => text;

const KINDS = {
  synced: 'notice',
  'synced-with-exceptions': 'warning',
  stopped: 'error',
  failed: 'error',
  cancelled: 'error',
} satisfies Record<SyncOutcome, ToldToGithub['kind']>;

/** Annotation, summary and the output `outcome`, where this is GitHub Actions. */
export async function tellGithubOfSync(terminal: Terminal, { pair, end, link, now }: EndedSync): Promise<void> {
  const lines = syncEndLines(end, pair, { paint: plain, now, link });
  const outcome = end.kind === 'reported' ? end.status.outcome : 'unknown';
  await publish(terminal, {
    subject: asSubject(pair),
    kind: end.kind === 'reported' ? KINDS[end.status.outcome] : 'error',
    text: lines.join('\n'),
    summary: [`## ${asSubject(pair)}: ${outcome}`, '', ...lines.map((line) => `    ${line}`), '', ''].join('\n'),
    outcome,
  });
}
