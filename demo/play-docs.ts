import { setTimeout as sleep } from 'node:timers/promises';
import { deskOfSite } from '../src/cli/docs-desk.ts';
import { docsFace } from '../src/cli/docs-face.ts';
import { exitOfDocs } from '../src/cli/explain.ts';
import { followChain } from '../src/cli/follow-chain.ts';
import type { Interrupts } from '../src/cli/interrupts.ts';
import { lookAtChain } from '../src/cli/look-at-chain.ts';
import type { RunEnd } from '../src/cli/look-at-run.ts';
import type { DocsLook } from '../src/cli/render-docs-run.ts';
import { openReporter } from '../src/cli/reporter.ts';
import { mustReadSite } from '../src/cli/sites.ts';
import { uiLink } from '../src/cli/temporal-place.ts';
import { clock } from '../src/cli/words.ts';
import {
  DEFAULT_DOCS_PACE,
  type DocsMemo,
  type DocsOutcome,
  type DocsStatus,
  type SiteSpec,
} from '../src/contracts/docs-runs.ts';
import { requestDocs } from '../src/request-docs.ts';
import type { DocsStage } from './docs-stage.ts';
import { startReader, type Reading } from './read-docs.ts';
import { SceneFailed } from './scene.ts';
import type { Stage } from './stage.ts';

const BY = 'the demo';
const NEW_EXPORT = '/** How many names a file has: a change that nobody asked for. */\nexport const FEW = 3;\n';
const BROKEN = '/** Leads to {@link Nowhere}. */\nexport const BROKEN = true;\n';

interface Play {
  readonly stage: Stage;
  readonly docs: DocsStage;
  readonly spec: SiteSpec;
  readonly say: (sentence: string) => void;
}

/**
 * Builds the documentation of Switchyard, publishes it, publishes a change, has a broken one refused by a gate, and rolls back, while a reader
 * loads pages all the time; ends with the proof.
 *
 * @throws SceneFailed where it ended otherwise than expected.
 */
export async function playDocs(stage: Stage): Promise<void> {
  const docs = await stage.docs();
  const { spec } = await mustReadSite(stage.terminal, docs.site, docs.configFile);
  const say = (sentence: string): void =>
    stage.terminal.out(`${clock(Date.now())}  ${stage.terminal.paint('yellow', sentence)}`);
  const play = { stage, docs, spec, say };
  const first = await publish(play, 'published');
  const reader = startReader(docs.url);
  say('from here on a reader loads pages, one load after the other, and holds every byte against the manifest');
  await docs.says('src/core/docs/few.ts', NEW_EXPORT);
  const second = await publish(play, 'published');
  say('now a change with a link that leads nowhere');
  await docs.says('src/core/docs/few.ts', `${NEW_EXPORT}\n${BROKEN}`);
  const refused = await publish(play, 'gates-failed');
  const back = await rollBack(play);
  await sleep(500); // the reader sees it
  const reading = await reader.stop();
  prove(play, reading, [...first, ...second, ...refused, ...back]);
}

/** The demo itself hears Ctrl-C. */
const NEVER: Interrupts = { exit: null, pause: (ms) => sleep(ms), stop: () => undefined };
/** Longer than any build takes here: one that hangs fails. */
const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 200;

/** @returns what is wrong with its end, a sentence each. */
async function publish({ stage, docs, spec }: Play, expected: DocsOutcome): Promise<readonly string[]> {
  const { terminal, temporal } = stage;
  terminal.out(`$ ./switchyard docs publish ${docs.site}`);
  const wish = { ref: null, commit: null, trigger: 'manual' as const, by: BY };
  const asked = { spec, version: 'latest', publish: true, pace: DEFAULT_DOCS_PACE };
  const run = await requestDocs(temporal.client, asked, wish);
  const ends: RunEnd<DocsStatus>[] = [];
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  const reporter = openReporter(docsFace({ site: docs.site, version: 'latest' }), { terminal, link, json: false });
  await followChain<DocsLook, DocsStatus>(temporal, run, {
    look: async (one) => (await lookAtChain<DocsStatus, DocsMemo>(temporal, one)).look,
    exitOf: (end) => (end.kind === 'reported' ? exitOfDocs(end.status.outcome) : 1),
    what: 'the build',
    watch: `./switchyard watch docs/${docs.site}`,
    abort: () => Promise.resolve(),
    waitMs: PATIENCE_MS,
    reporter: {
      ...reporter,
      end: (end) => {
        ends.push(end);
        reporter.end(end);
      },
    },
    interrupts: NEVER,
    everyMs: LOOK_EVERY_MS,
  });
  const [end] = ends;
  const found = end?.kind === 'reported' ? end.status.outcome : 'no report';
  return found === expected ? [] : [`expected a build that ends as ${expected}, found ${found}`];
}

async function rollBack({ stage, docs, spec, say }: Play): Promise<readonly string[]> {
  stage.terminal.out(`$ ./switchyard docs rollback ${docs.site}`);
  const desk = deskOfSite({ kind: 'site', site: docs.site }, stage.temporal, spec);
  const asked = { version: 'latest', by: BY, askedAt: new Date().toISOString() };
  const decision = await desk.move({ ...asked, move: { kind: 'rollback', to: null } });
  if (decision.kind !== 'move') return [`expected a rollback that moves the pointer, found ${decision.kind}`];
  say(`release ${decision.move.release} stands again; no build was needed`);
  return [];
}

/** @throws SceneFailed */
function prove({ stage: { terminal }, docs }: Play, reading: Reading, problems: readonly string[]): void {
  const { loads, missing, mixed, releases } = reading;
  terminal.out(`reader         ${loads} page loads, ${mixed} mixed, ${missing} missing`);
  terminal.out(`saw            ${releases.join(' -> ')}`);
  terminal.out(`page           ${docs.url}/`);
  const [before, changed, after] = releases;
  const wrong = [
    ...(missing + mixed === 0 ? [] : [`expected 0 mixed and 0 missing, found ${mixed} and ${missing}`]),
    ...(releases.length === 3 && before === after && before !== changed
      ? []
      : [`expected a release, another one, and the first again, found ${releases.join(', ')}`]),
  ];
  if (problems.length + wrong.length > 0) throw new SceneFailed('docs', [...problems, ...wrong]);
}
