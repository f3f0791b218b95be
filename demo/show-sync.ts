import { setTimeout as sleep } from 'node:timers/promises';
import { followSync } from '../src/cli/follow-sync.ts';
import type { Interrupts } from '../src/cli/interrupts.ts';
import type { RunEnd } from '../src/cli/look-at-run.ts';
import { startSync } from '../src/cli/start-sync.ts';
import { syncEndLines } from '../src/cli/sync-face.ts';
import { uiLink } from '../src/cli/temporal-place.ts';
import { clock } from '../src/cli/words.ts';
import type { SyncRequest, SyncStatus } from '../src/contracts/sync.ts';
import type { Observed } from '../test/support/sync-promises.ts';
import { copiesDrawer } from './draw-copies.ts';
import { countCopies } from './observe-sync.ts';
import type { Stage } from './stage.ts';

export interface SyncShow {
  readonly request: SyncRequest;
  readonly observed: Observed;
  /** Happens beside the run. */
  readonly meanwhile?: () => Promise<void>;
}

export interface SyncShown {
  /** Tasks that the run says it created. */
  readonly created: number;
  /** What is wrong with its end, a sentence each. */
  readonly problems: readonly string[];
}

const DRAW_EVERY_MS = 100;
const LOOK_EVERY_MS = 200;
/** Longer than any run takes here: one that hangs fails. */
const PATIENCE_MS = 60_000;

/** Runs a sync and shows the copies as they come, what keeps it, and its last lines. */
export async function showSync(stage: Stage, { request, observed, meanwhile }: SyncShow): Promise<SyncShown> {
  const { terminal, temporal } = stage;
  const { pair } = request.spec;
  terminal.out(`$ ./switchyard sync ${pair}`);
  const started = await startSync(temporal, request);
  const link = uiLink(temporal.place, started.workflowId, started.runId);
  const ends: RunEnd<SyncStatus>[] = [];
  const reporter = {
    show: () => undefined,
    say: (sentence: string) => terminal.out(`${clock(Date.now())}  ${sentence}`),
    end: (end: RunEnd<SyncStatus>) => void ends.push(end),
  };
  const draw = copiesDrawer(terminal);
  const ticks = setInterval(() => draw(countCopies(observed)), DRAW_EVERY_MS);
  try {
    const options = { pair, by: request.by, waitMs: PATIENCE_MS, reporter, interrupts: NEVER, everyMs: LOOK_EVERY_MS };
    await Promise.all([followSync(temporal, started, options), meanwhile?.()]);
    draw(countCopies(observed));
  } finally {
    clearInterval(ticks);
  }
  return shown(stage, { pair, link, end: ends[0] });
}

/** The demo itself hears Ctrl-C. */
const NEVER: Interrupts = { exit: null, pause: (ms) => sleep(ms), stop: () => undefined };

interface Ending {
  readonly pair: string;
  readonly link: string | null;
  readonly end: RunEnd<SyncStatus> | undefined;
}

function shown({ terminal }: Stage, { pair, link, end }: Ending): SyncShown {
  const beside = link === null ? [] : [link];
  if (end === undefined) return { created: 0, problems: [`no end within ${PATIENCE_MS / 1_000} s`, ...beside] };
  const paint: typeof terminal.paint = (style, text) => terminal.paint(style, text);
  for (const line of syncEndLines(end, pair, { paint, now: Date.now(), link })) terminal.out(line);
  if (end.kind !== 'reported') return { created: 0, problems: [end.why, ...beside] };
  const { outcome, totals } = end.status;
  const problems = outcome === 'synced' ? [] : [`expected a run that ends as synced, found ${outcome}`, ...beside];
  return { created: totals.applied.create, problems };
}
