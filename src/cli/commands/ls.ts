import { DEPLOY_WORKFLOW, type DeployMemo } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { phaseWords } from '../render.ts';
import { queryStatus } from '../start-deployment.ts';
import type { TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';
import { day, outside, table } from '../words.ts';

export const addLs: AddVerb = (program, { terminal, does }) => {
  program
    .command('ls')
    .description('the deployments that run now')
    .option('--json', 'one JSON document')
    .option('--address <host:port>', 'Temporal; default: TEMPORAL_ADDRESS, a running `up`, localhost:7233')
    .option('--namespace <name>', 'Temporal namespace')
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

async function ls(terminal: Terminal, flags: PlaceFlags & { readonly json?: true | undefined }): Promise<ExitCode> {
  return withTemporal(terminal, flags, async (temporal) => {
    const rows = await listed(temporal);
    if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, deployments: rows }, null, 2));
    else for (const line of lines(rows)) terminal.out(line);
    return EXIT.done;
  });
}

const MOST = 200;

async function listed(temporal: TemporalClient): Promise<readonly Listed[]> {
  const query = `WorkflowType = '${DEPLOY_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  const runs = await temporal.ask(async () => {
    const found = [];
    for await (const run of temporal.client.workflow.list({ query, pageSize: MOST })) {
      found.push(run);
      if (found.length === MOST) break;
    }
    return found;
  });
  return Promise.all(
    runs.map(async ({ workflowId, runId, startTime, memo }) => {
      const { by = null, to = null } = (memo ?? {}) as Partial<DeployMemo>;
      const status = await queryStatus(temporal, workflowId, runId);
      const stage = status === null ? null : phaseWords(status, Date.now());
      return {
        record: workflowId.replace(/^deploy:/, ''),
        startedAt: startTime.getTime(),
        by,
        to,
        stage,
        share: status?.share ?? null,
      };
    }),
  );
}

function lines(rows: readonly Listed[]): readonly string[] {
  if (rows.length === 0) return ['no deployment is running'];
  return table([
    ['RECORD', 'SINCE', 'TO', 'STAGE', 'BY'],
    ...rows.map(({ record, startedAt, to, stage, by }) => [
      outside(record),
      day(startedAt),
      outside(to ?? '?'),
      stage ?? 'no worker answers',
      outside(by ?? '?'),
    ]),
  ]);
}
