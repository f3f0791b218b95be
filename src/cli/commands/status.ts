import { deployId, type DeployStatus } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { endLines } from '../deploy-face.ts';
import { endOfRun, lookAtRun, type Look } from '../look-at-run.ts';
import { must, mustBeSubject } from '../must-read.ts';
import { isDocsName, parseDocsName } from '../parse/docs-name.ts';
import { pairIn, parsePairName } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { queuedNow, queuedWords, type Queued } from '../queued.ts';
import { showDocs } from '../show-docs.ts';
import { showSync } from '../show-sync.ts';
import { goesOn, servingWords, statusLines } from '../render.ts';
import { isNotFound, type TemporalClient } from '../temporal-client.ts';
import { uiLink, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { day, outside } from '../words.ts';

export const addStatus: AddVerb = (program, { terminal, does }) => {
  program
    .command('status <name>')
    .description('where the last deployment of a record, run of a sync or build of documentation is, or how it ended')
    .option('--exit-code', 'exit 8 while one runs, 0 while none does')
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples('status www.example.com', 'status www.example.com --json', 'status sync/tasks', 'status docs/handbook'),
    )
    .action(does((name, flags) => status(terminal, name, flags)));
};

interface StatusFlags extends PlaceFlags {
  readonly exitCode?: true | undefined;
  readonly json?: true | undefined;
}

async function status(terminal: Terminal, name: string, flags: StatusFlags): Promise<ExitCode> {
  if (pairIn(name) !== null) {
    const pair = must(parsePairName(name));
    return withTemporal(terminal, flags, (temporal) => showSync(terminal, temporal, { ...flags, pair }));
  }
  if (isDocsName(name)) {
    const docs = must(parseDocsName(name));
    return withTemporal(terminal, flags, (temporal) => showDocs(terminal, temporal, { ...flags, name: docs }));
  }
  const record = mustBeSubject(name);
  return withTemporal(terminal, flags, async (temporal) => {
    const look = await lookAtRun(temporal, { workflowId: deployId(record) }).catch((cause: unknown) => {
      if (isNotFound(cause)) return null;
      throw cause;
    });
    const queued = await queuedNow(temporal, record);
    const exit = await show(terminal, { temporal, record, look, flags, queued });
    if (queued !== null && flags.json !== true) terminal.out(queuedLine(record, queued));
    return exit;
  });
}

async function show(
  terminal: Terminal,
  { look, ...shown }: Omit<Shown, 'look'> & { readonly look: Look | null },
): Promise<ExitCode> {
  if (look === null) return nothingKnown(terminal, shown);
  return look.temporalStatus === 'RUNNING'
    ? running(terminal, { look, ...shown })
    : ended(terminal, { look, ...shown });
}

const queuedLine = (record: string, queued: Queued): string =>
  `queued       ${queuedWords(queued)}; it starts by itself, ./switchyard abort ${record} takes it out`;

function asQueued(queued: Queued | null) {
  if (queued === null) return null;
  const { memo, since } = queued;
  return { to: memo.to ?? null, by: memo.by ?? null, since };
}

function nothingKnown(
  terminal: Terminal,
  { record, queued, flags }: Pick<Shown, 'record' | 'queued' | 'flags'>,
): ExitCode {
  const nothing = { schemaVersion: 1, record, running: false, queued: asQueued(queued), status: null };
  if (flags.json === true) terminal.document(JSON.stringify(nothing));
  else terminal.out(`${record}  no deployment is known to Temporal (it forgets ended ones after its retention time)`);
  return EXIT.done;
}

interface Shown {
  readonly temporal: TemporalClient;
  readonly record: string;
  readonly look: Look;
  readonly flags: StatusFlags;
  /** What waits for its turn. */
  readonly queued: Queued | null;
}

function running(terminal: Terminal, { temporal, record, look, flags, queued }: Shown): ExitCode {
  const link = uiLink(temporal.place, deployId(record));
  if (flags.json === true) document(terminal, { record, running: true, look, link, queued });
  else if (look.status === null) silent(terminal, record, look);
  else {
    for (const line of statusLines(look.status, viewOf(terminal, link))) terminal.out(line);
    if (look.status.serving !== null) terminal.out(`serves       ${servingWords(look.status.serving)}`);
    for (const words of look.retrying) terminal.out(`retrying     ${outside(words)}`);
    if (link !== null) terminal.out(`look         ${link}`);
  }
  return flags.exitCode === true ? EXIT.changes : EXIT.done;
}

/** Without a worker the memo is all there is. */
function silent(terminal: Terminal, record: string, { memo, startedAt, retrying }: Look): void {
  terminal.out(
    `${record}  runs since ${day(startedAt)} UTC, to ${outside(memo.to ?? '?')}, by ${outside(memo.by ?? '?')}; no worker answers, so its stage is not known`,
  );
  for (const words of retrying) terminal.out(`retrying     ${outside(words)}`);
  terminal.err(goesOn(record, null));
}

async function ended(terminal: Terminal, { temporal, record, look, flags, queued }: Shown): Promise<ExitCode> {
  const { runId } = look;
  const end = await endOfRun(temporal, { workflowId: deployId(record), runId }, look.status);
  const link = uiLink(temporal.place, deployId(record), runId);
  if (flags.json === true)
    document(terminal, {
      record,
      running: false,
      look: { ...look, status: end.kind === 'reported' ? end.status : end.last },
      link,
      queued,
    });
  else {
    if (end.kind === 'reported') for (const line of statusLines(end.status, viewOf(terminal, link))) terminal.out(line);
    for (const line of endLines(end, record, viewOf(terminal, link))) terminal.out(line);
  }
  return EXIT.done; // with --exit-code too: it asks whether one runs, not how the last one ended
}

interface StatusDocument {
  readonly record: string;
  readonly running: boolean;
  readonly look: Pick<Look, 'memo' | 'startedAt' | 'temporalStatus' | 'retrying'> & {
    readonly status: DeployStatus | null;
  };
  readonly link: string | null;
  readonly queued: Queued | null;
}

function document(terminal: Terminal, { record, running: runs, look, link, queued }: StatusDocument): void {
  const { temporalStatus, retrying, memo, startedAt, status: known } = look;
  terminal.document(
    JSON.stringify(
      {
        schemaVersion: 1,
        record,
        running: runs,
        temporalStatus,
        startedAt,
        memo,
        retrying,
        link,
        queued: asQueued(queued),
        status: known,
      },
      null,
      2,
    ),
  );
}

function viewOf(terminal: Terminal, link: string | null) {
  return { paint: terminal.paint, now: Date.now(), link };
}
