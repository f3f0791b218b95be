import type { DeployMemo } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { scheduleOfGuard } from '../guard-schedule.ts';
import { choreTable, listGuards, listSites, listSyncs } from '../list-chores.ts';
import { readFileInForce } from '../must-read-file.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { phaseWords } from '../render.ts';
import { recordOf, RUNNING_DEPLOYMENTS } from '../../contracts/running-deployments.ts';
import { declaredSites } from '../site-policy.ts';
import { queryStatus } from '../start-deployment.ts';
import { asSentence, Stop } from '../stop.ts';
import { declaredPairs } from '../sync-policy.ts';
import type { TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { CONFIG_OPTION, JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { day, outside, table } from '../words.ts';

export const addLs: AddVerb = (program, { terminal, does }) => {
  program
    .command('ls')
    .description(
      'the deployments that run now, and every sync, site and guard with its last end, its next run and its Schedule',
    )
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('ls'))
    .action(does((flags) => ls(terminal, flags)));
};

interface Listed {
  readonly record: string;
  readonly startedAt: number;
  readonly by: string | null;
  readonly to: string | null;
  /** Null while no worker answers. */
  readonly stage: string | null;
  readonly share: number | null;
}

interface LsFlags extends PlaceFlags {
  readonly json?: true | undefined;
  readonly config?: string | undefined;
}

async function ls(terminal: Terminal, flags: LsFlags): Promise<ExitCode> {
  const { file, guard } = await fileIfReadable(terminal, flags);
  return withTemporal(terminal, flags, async (temporal) => {
    const { rows, more } = await listed(temporal);
    const syncs = await listSyncs(temporal, file === null ? null : declaredPairs(file));
    const sites = await listSites(temporal, file === null ? null : declaredSites(file));
    const guards = await listGuards(temporal, { declared: file !== null, wanted: guard });
    if (flags.json === true)
      terminal.document(JSON.stringify({ schemaVersion: 1, deployments: rows, more, syncs, sites, guards }, null, 2));
    else {
      const chores = [...choreTable('SYNC', syncs), ...choreTable('SITE', sites), ...choreTable('GUARD', guards)];
      for (const line of [...lines(rows), ...chores]) terminal.out(line);
    }
    if (more) terminal.err(`only the newest ${MOST} are shown; more are running`);
    return EXIT.done;
  });
}

/** A file that is wrong hides no run: what it says is told, and nothing is compared with it. */
async function fileIfReadable(terminal: Terminal, { config }: LsFlags) {
  try {
    const file = await readFileInForce(terminal, config);
    return { file, guard: file === null ? null : scheduleOfGuard(file) };
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    for (const one of cause.problems) terminal.err(`${asSentence(one)}; nothing is compared with the file`);
    return { file: null, guard: null };
  }
}

const MOST = 200;

async function listed(temporal: TemporalClient): Promise<{ readonly rows: readonly Listed[]; readonly more: boolean }> {
  const runs = await temporal.ask(async () => {
    const found = [];
    for await (const run of temporal.client.workflow.list({ query: RUNNING_DEPLOYMENTS, pageSize: MOST + 1 })) {
      found.push(run);
      if (found.length > MOST) break;
    }
    return found;
  });
  const rows = await Promise.all(
    runs.slice(0, MOST).map(async ({ workflowId, runId, startTime, memo }) => {
      const { by = null, to = null } = (memo ?? {}) as Partial<DeployMemo>;
      const status = await queryStatus(temporal, workflowId, runId);
      const stage = status === null ? null : phaseWords(status, Date.now());
      return {
        record: recordOf(workflowId),
        startedAt: startTime.getTime(),
        by,
        to,
        stage,
        share: status?.share ?? null,
      };
    }),
  );
  return { rows, more: runs.length > MOST };
}

function lines(rows: readonly Listed[]): readonly string[] {
  if (rows.length === 0) return ['no deployment is running'];
  return table([
    ['RECORD', 'SINCE (UTC)', 'TO', 'STAGE', 'BY'],
    ...rows.map(({ record, startedAt, to, stage, by }) => [
      outside(record),
      day(startedAt),
      outside(to ?? '?'),
      stage ?? 'no worker answers',
      outside(by ?? '?'),
    ]),
  ]);
}
