import { deployId, type DeployMemo } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { OUTCOME_WORDS } from '../explain.ts';
import { must, mustBeRecord } from '../must-read.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { parsed, quoted, rejected } from '../parse/parsed.ts';
import { problem } from '../stop.ts';
import type { TemporalClient } from '../temporal-client.ts';
import { uiLink, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';
import { about, day, outside, table } from '../words.ts';

export const addHistory: AddVerb = (program, { terminal, does }) => {
  program
    .command('history <name>')
    .description('the last deployments of a record and how each ended, as long as Temporal keeps them')
    .option('--last <count>', 'at most so many', '10')
    .option('--json', 'one JSON document')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('history www.example.com --last 3'))
    .action(does((name, flags) => history(terminal, name, flags)));
};

interface HistoryFlags extends PlaceFlags {
  readonly last: string;
  readonly json?: true | undefined;
}

interface Past {
  readonly runId: string;
  readonly startedAt: number;
  readonly closedAt: number | null;
  /** As Temporal says it: RUNNING, COMPLETED, FAILED, TERMINATED. */
  readonly temporalStatus: string;
  readonly memo: Partial<DeployMemo>;
  readonly link: string | null;
}

async function history(terminal: Terminal, name: string, flags: HistoryFlags): Promise<ExitCode> {
  const record = mustBeRecord(name);
  const most = must(
    /^[1-9]\d{0,2}$/.test(flags.last)
      ? parsed(Number(flags.last))
      : rejected(problem(`--last: ${quoted(flags.last)} is no count`, '1 to 999')),
  );
  return withTemporal(terminal, flags, async (temporal) => {
    const past = await pastOf(temporal, record, most);
    if (flags.json === true)
      terminal.document(JSON.stringify({ schemaVersion: 1, record, deployments: past }, null, 2));
    else for (const line of lines(record, past)) terminal.out(line);
    return EXIT.done;
  });
}

async function pastOf(temporal: TemporalClient, record: string, most: number): Promise<readonly Past[]> {
  const workflowId = deployId(record);
  // A backslash escapes in visibility queries too; canonical names hold no quotes.
  const query = `WorkflowId = '${workflowId.replace(/\\/g, '\\\\')}'`;
  return temporal.ask(async () => {
    const past: Past[] = [];
    for await (const run of temporal.client.workflow.list({ query, pageSize: most })) {
      past.push({
        runId: run.runId,
        startedAt: run.startTime.getTime(),
        closedAt: run.closeTime?.getTime() ?? null,
        temporalStatus: run.status.name,
        memo: run.memo ?? {},
        link: uiLink(temporal.place, workflowId, run.runId),
      });
      if (past.length === most) break;
    }
    return past;
  });
}

function lines(record: string, past: readonly Past[]): readonly string[] {
  if (past.length === 0)
    return [`${record}  no deployment is known to Temporal (it forgets ended ones after its retention time)`];
  return table([
    ['BEGAN (UTC)', 'TOOK', 'OUTCOME', 'TO', 'BY', 'WHY'],
    ...past.map(({ startedAt, closedAt, temporalStatus, memo }) => [
      day(startedAt),
      closedAt === null ? '' : about(closedAt - startedAt),
      outcomeWords(memo, temporalStatus),
      outside(memo.to ?? '?'),
      outside(memo.by ?? '?'),
      outside(memo.sentence ?? ''),
    ]),
  ]);
}

function outcomeWords({ outcome }: Partial<DeployMemo>, temporalStatus: string): string {
  if (temporalStatus === 'RUNNING') return 'running';
  if (outcome !== undefined && Object.hasOwn(OUTCOME_WORDS, outcome)) return OUTCOME_WORDS[outcome];
  return `${temporalStatus.toLowerCase()} (not sure)`;
}
