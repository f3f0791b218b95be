import { deployId, type DeployMemo } from '../../contracts/deploy.ts';
import { docsId, type DocsMemo } from '../../contracts/docs-runs.ts';
import { syncId, type SyncMemo } from '../../contracts/sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { OUTCOME_WORDS, SYNC_WORDS } from '../explain.ts';
import { must, mustBeSubject } from '../must-read.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { asDocsSubject, isDocsName, parseDocsName } from '../parse/docs-name.ts';
import { asSubject, pairIn, parsePairName } from '../parse/pair-name.ts';
import { parsed, quoted, rejected } from '../parse/parsed.ts';
import { DOCS_WORDS } from '../render-docs-run.ts';
import { pastRevisions, type PastRevision } from '../past-revisions.ts';
import { runsOf, type ListedRun } from '../runs-of.ts';
import { problem } from '../stop.ts';
import type { TemporalClient } from '../temporal-client.ts';
import { uiLink, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { about, day, outside, table } from '../words.ts';

export const addHistory: AddVerb = (program, { terminal, does }) => {
  program
    .command('history <name>')
    .description(
      'the last deployments of a record and its revisions, runs of a sync or builds of a site and how each ended, as long as Temporal keeps them',
    )
    .option('--last <count>', 'at most so many', '10')
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      [
        '',
        'A revision is a deployment that changed what the record serves. Its number is the generation of the fence: it rises',
        'with every write, has gaps, and never changes. INSTEAD OF says what was served before, and its number.',
      ].join('\n'),
    )
    .addHelpText('after', examples('history www.example.com --last 3', 'history sync/tasks', 'history docs/handbook'))
    .action(does((name, flags) => history(terminal, name, flags)));
};

interface HistoryFlags extends PlaceFlags {
  readonly last: string;
  readonly json?: true | undefined;
}

interface Past extends ListedRun<DeployMemo | SyncMemo | DocsMemo> {
  readonly link: string | null;
}

/** Whose history it is. */
interface Subject {
  readonly name: string;
  readonly workflowId: string;
  /** What its runs are called in JSON. */
  readonly key: 'deployments' | 'runs';
}

async function history(terminal: Terminal, name: string, flags: HistoryFlags): Promise<ExitCode> {
  const subject = subjectOf(name);
  const most = must(
    /^[1-9]\d{0,2}$/.test(flags.last)
      ? parsed(Number(flags.last))
      : rejected(problem(`--last: ${quoted(flags.last)} is no count`, '1 to 999')),
  );
  return withTemporal(terminal, flags, async (temporal) => {
    const past = await pastOf(temporal, subject.workflowId, most);
    const revisions = await revisionsOf(temporal, subject, most);
    if (flags.json === true) terminal.document(JSON.stringify(asDocument(subject, past, revisions), null, 2));
    else for (const line of [...lines(subject, past), ...revisionLines(revisions)]) terminal.out(line);
    return EXIT.done;
  });
}

function revisionsOf(temporal: TemporalClient, { name, key }: Subject, most: number): Promise<readonly PastRevision[]> {
  return key === 'deployments' ? temporal.ask(() => pastRevisions(temporal, name, most)) : Promise.resolve([]);
}

function asDocument({ name, key }: Subject, past: readonly Past[], revisions: readonly PastRevision[]) {
  const listed = revisions.map(({ runId, at, memo, revision }) => ({ ...revision, at, by: memo.by ?? null, runId }));
  return {
    schemaVersion: 1,
    record: name,
    [key]: past,
    ...(key === 'deployments' ? { revisions: listed } : {}),
  };
}

function subjectOf(name: string): Subject {
  if (isDocsName(name)) {
    const version = must(parseDocsName(name));
    return { name: asDocsSubject(version), workflowId: docsId({ ...version, publish: true }), key: 'runs' };
  }
  if (pairIn(name) === null) {
    const record = mustBeSubject(name);
    return { name: record, workflowId: deployId(record), key: 'deployments' };
  }
  const pair = must(parsePairName(name));
  return { name: asSubject(pair), workflowId: syncId(pair), key: 'runs' };
}

async function pastOf(temporal: TemporalClient, workflowId: string, most: number): Promise<readonly Past[]> {
  return temporal.ask(async () => {
    const past: Past[] = [];
    for await (const run of runsOf<DeployMemo | SyncMemo | DocsMemo>(temporal, workflowId, NO_PART)) {
      past.push({ ...run, link: uiLink(temporal.place, workflowId, run.runId) });
      if (past.length === most) break;
    }
    return past;
  });
}

/** A run that continued as new is told once, as the last of its executions. */
const NO_PART = "ExecutionStatus != 'ContinuedAsNew'";

function lines({ name, key }: Subject, past: readonly Past[]): readonly string[] {
  const thing = key === 'runs' ? 'run' : 'deployment';
  if (past.length === 0)
    return [`${name}  no ${thing} is known to Temporal (it forgets ended ones after its retention time)`];
  return table([
    ['BEGAN (UTC)', 'TOOK', 'OUTCOME', key === 'runs' ? 'TRIGGER' : 'TO', 'BY', 'WHY'],
    ...past.map(({ startedAt, closedAt, temporalStatus, memo }) => [
      day(startedAt),
      closedAt === null ? '' : about(closedAt - startedAt),
      outcomeWords(memo, temporalStatus),
      outside(whatFor(memo)),
      outside(memo.by ?? '?'),
      outside(whyOf(memo)),
    ]),
  ]);
}

function whyOf(memo: Past['memo']): string {
  const freeze = 'overrideFreeze' in memo ? [`begun in a freeze: ${memo.overrideFreeze}`] : [];
  return [...freeze, ...(memo.sentence == null ? [] : [memo.sentence])].join('; ');
}

/** What `undo` can bring back: the deployments that changed what the record serves. */
function revisionLines(revisions: readonly PastRevision[]): readonly string[] {
  if (revisions.length === 0) return [];
  return [
    '',
    ...table([
      ['REVISION', 'SINCE (UTC)', 'SERVES', 'INSTEAD OF', 'BY'],
      ...revisions.map(({ at, memo, revision }) => [
        revision === null ? '?' : String(revision.number),
        day(at),
        outside(revision?.to ?? memo.to ?? '?'),
        revision === null ? '?' : `${outside(revision.from)} (${revision.before})`,
        outside(memo.by ?? '?'),
      ]),
    ]),
  ];
}

function whatFor(memo: Past['memo']): string {
  if ('to' in memo) return memo.to;
  return 'trigger' in memo ? memo.trigger : '?';
}

const WORDS: Readonly<Record<string, string>> = { ...OUTCOME_WORDS, ...SYNC_WORDS, ...DOCS_WORDS };

function outcomeWords({ outcome }: Past['memo'], temporalStatus: string): string {
  if (temporalStatus === 'RUNNING') return 'running';
  const words = outcome !== undefined && Object.hasOwn(WORDS, outcome) ? WORDS[outcome] : undefined;
  return words ?? `${temporalStatus.toLowerCase()} (not sure)`;
}
