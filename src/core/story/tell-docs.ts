import { commonSentences } from './common-sentences.ts';
import { listAt, numberAt, textAt, textsAt, valueAt } from './read-loosely.ts';
import { outcomeOf, tellEnd, toneOf, type Ends } from './run-ending.ts';
import type { RunView, Telling } from './run-view.ts';
import { countOf, lasted, say, sayAside, whom } from './say.ts';
import { NO_ENDING, NO_PICTURES, type Ending, type Sentence, type Span } from './story.ts';
import { tellActivity, type Tellers } from './tell-activity.ts';
import { plainSpans } from './tell-other.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** A build of documentation: its stages, its gates, and what the site shows now. */
export function tellDocs(view: RunView, moment: Moment): Telling {
  const { first, last } = view;
  const site = textAt(first.input, 'spec', 'site') ?? textAt(first.memo, 'site') ?? '?';
  const version = textAt(first.input, 'version') ?? textAt(first.memo, 'version') ?? 'latest';
  const subject = `docs/${site}${version === 'latest' ? '' : `/${version}`}`;
  const outcome = outcomeOf(last);
  const by = textAt(last.report, 'wish', 'by') ?? textAt(first.memo, 'by');
  return {
    kind: 'docs',
    subject,
    outcome,
    tone: toneOf(outcome, DOCS_ENDS),
    by,
    sentences: [
      ...wishes(view, subject),
      ...view.activities.flatMap((run) => tellActivity(run, DOCS_TELLERS)),
      ...commonSentences(view.events, ['buildRequested']),
      ...tellEnd(view, outcome, DOCS_ENDS),
    ],
    waitsFor: waitsFor(view, moment),
    ending: endingOf(view, subject),
    pictures: { ...NO_PICTURES, spans: stageSpans(view) },
  };
}

/** A build may be asked for once more while it runs: it begins again with the newer wish. */
function wishes({ first, messages }: RunView, subject: string): readonly Sentence[] {
  const own = valueAt(first.input, 'wish');
  const asked = messages.filter(({ name }) => name === 'buildRequested').map(({ at, input }) => ({ at, input }));
  const all = own == null ? asked : [{ at: first.startedAt, input: own }, ...asked];
  return all.map(({ at, input }, index) => {
    const ref = textAt(input, 'ref');
    const of = ref === null ? '' : ` of ${ref}`;
    const again = index === 0 ? `asked for a build of ${subject}${of}` : `asked once more${of}: the newest wish counts`;
    return say(at, 'said', `${whom(textAt(input, 'by'))} ${again} (${textAt(input, 'trigger') ?? '?'})`);
  });
}

const DOCS_TELLERS: Tellers = {
  resolveSource: (_run, result, at) => {
    const commit = textAt(result, 'commit');
    return [
      say(
        at,
        'plain',
        commit === null
          ? `the source is ${textAt(result, 'path') ?? '?'}`
          : `${textAt(result, 'ref') ?? 'the ref'} is ${commit.slice(0, 12)}`,
      ),
    ];
  },
  claimWorkspace: (run, _result, at) => [
    sayAside(at, 'plain', `a worker took the build after ${lasted(run.scheduledAt, at)}`),
  ],
  fetchSource: (run, result, at) => [
    say(at, 'good', `fetched ${countOf(numberAt(result, 'files') ?? 0, 'file')} in ${lasted(run.scheduledAt, at)}`),
  ],
  findRelease: (_run, result, at) => {
    const id = textAt(result, 'id');
    return [
      say(
        at,
        'plain',
        id === null
          ? 'no release of this source is there yet'
          : `release ${id} was made of this very source: no build is needed`,
      ),
    ];
  },
  generateDocs: (run, result, at) => [
    say(
      at,
      'good',
      `generated the pages in ${lasted(run.scheduledAt, at)}: ${countOf(numberAt(result, 'warnings') ?? 0, 'warning')}, ${countOf(numberAt(result, 'errors') ?? 0, 'error')}`,
    ),
    ...textsAt(result, 'shown').map((line) => sayAside(at, 'waiting', line)),
  ],
  verifySite: (_run, result, at) => {
    const broken = numberAt(result, 'brokenLinkCount') ?? 0;
    return [
      say(
        at,
        broken === 0 ? 'good' : 'waiting',
        `looked at ${countOf(numberAt(result, 'pages') ?? 0, 'page')}: ${countOf(broken, 'broken link')}`,
      ),
    ];
  },
  stageRelease: (_run, result, at) => [say(at, 'good', `made it release ${textAt(result, 'id') ?? '?'}`)],
  closeWorkspace: (_run, _result, at) => [sayAside(at, 'plain', 'cleared the folder of the build away')],
  judgeRelease: (_run, result, at) => tellGates(result, at),
  activateRelease: (_run, result, at) => [tellMove(textAt(result, 'kind') ?? '?', at)],
  collectReleases: (_run, result, at) => [
    sayAside(
      at,
      'plain',
      `removed ${countOf(listAt(result, 'collect').length, 'old release')}, kept ${listAt(result, 'kept').length}`,
    ),
  ],
  listSite: () => [],
};

function tellGates(judged: unknown, at: number): readonly Sentence[] {
  const findings = listAt(judged, 'findings');
  if (findings.length === 0) return [sayAside(at, 'plain', 'no gate is asked for')];
  return findings.map((finding) => {
    const passed = valueAt(finding, 'passed') === true;
    return say(
      at,
      passed ? 'good' : 'bad',
      `gate ${textAt(finding, 'gate') ?? '?'}: ${textAt(finding, 'sentence') ?? (passed ? 'passed' : 'failed')}`,
    );
  });
}

const MOVES: Readonly<Record<string, string>> = {
  move: 'moved the pointer, and read it back',
  already: 'the version shows this release already',
  pinned: 'left the pointer: the version is pinned',
  overtaken: 'left the pointer: a newer release stands',
  refused: 'left the pointer',
};

const tellMove = (kind: string, at: number): Sentence =>
  say(
    at,
    kind === 'move' || kind === 'already' ? 'good' : 'waiting',
    (Object.hasOwn(MOVES, kind) ? MOVES[kind] : undefined) ?? `the pointer: ${kind}`,
  );

const STAGES: Readonly<Record<string, string>> = {
  resolveSource: 'resolve',
  claimWorkspace: 'find a worker',
  fetchSource: 'fetch',
  findRelease: 'look',
  installDependencies: 'install',
  generateDocs: 'generate',
  verifySite: 'verify',
  stageRelease: 'make a release',
  judgeRelease: 'gates',
  activateRelease: 'publish',
  collectReleases: 'clean up',
};

/** The stages of a build, each on a line of its own, in the order in which they come. */
const stageSpans = (view: RunView): readonly Span[] =>
  plainSpans(view).flatMap((span) => {
    const lane = Object.hasOwn(STAGES, span.lane) ? STAGES[span.lane] : undefined;
    return lane === undefined ? [] : [{ ...span, lane }];
  });

const DOCS_ENDS: Ends = {
  words: {
    published: 'published',
    unchanged: 'ended: the version showed this before',
    preview: 'built and checked, and kept as a preview',
    'not-published': 'built, and not published',
    'gates-failed': 'refused by a gate: the site shows what it showed before',
    failed: 'failed: the site shows what it showed before',
    cancelled: 'cancelled: the site shows what it showed before',
  },
  tones: {
    published: 'good',
    unchanged: 'good',
    preview: 'good',
    'not-published': 'waiting',
    running: 'waiting',
    cancelled: 'plain',
  },
};

function endingOf({ last, activities }: RunView, subject: string): Ending {
  const own = valueAt(last.report, 'failure');
  const stands = textAt(last.report, 'stands');
  const moved = activities.some(({ type, end }) => type === 'activateRelease' && end.kind === 'completed');
  const silent = moved ? 'what it shows now is not known' : 'the pointer was not moved';
  return {
    ...NO_ENDING,
    stands: last.end === 'running' ? null : `${subject}: ${stands === null ? silent : `shows release ${stands}`}`,
    why:
      textAt(last.report, 'why') ?? textAt(own, 'sentence') ?? last.failure?.sentence ?? textAt(last.memo, 'sentence'),
    next: textAt(own, 'next') ?? last.failure?.next ?? null,
    failure: textAt(own, 'type') ?? last.failure?.type ?? null,
  };
}
