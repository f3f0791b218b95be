import { decisionId, type DeployStatus } from '../../contracts/deploy.ts';
import type { DecisionRequest } from '../../core/dns/approval.ts';
import { examples, type AddVerb } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { mustRun } from '../follow-stopped.ts';
import { whoAsks } from '../identity.ts';
import { mustBeSubject } from '../must-read.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { deliver, type MessageFlags } from '../send-message.ts';
import { queryStatus } from '../start-deployment.ts';
import type { Terminal } from '../terminal.ts';
import { JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';

export const addApprove: AddVerb = (program, { terminal, does }) => {
  program
    .command('approve <name>')
    .description('let a deployment that waits for an approval go on')
    .option('--reason <text>', 'shown to everybody who looks', 'no reason was given')
    .option('--by <who>', 'who approves (not authenticated); default: CI or OS user')
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('approve www.example.com --reason "change 4711"'))
    .action(does((name, flags) => approve(terminal, name, flags)));
};

interface ApproveFlags extends MessageFlags {
  readonly reason: string;
  readonly by?: string | undefined;
}

async function approve(terminal: Terminal, name: string, flags: ApproveFlags): Promise<ExitCode> {
  const record = mustBeSubject(name);
  const by = whoAsks(flags.by, terminal.env);
  return withTemporal(terminal, flags, async (temporal) => {
    const { workflowId, runId } = await mustRun(temporal, record, 'approve');
    const request = decisionOn(await queryStatus(temporal, workflowId, runId), { by, reason: flags.reason });
    const message = { verb: 'approve', request, updateId: decisionId('approve', request) } as const;
    return deliver(terminal, temporal, { ...message, record, runId, json: flags.json === true });
  });
}

/** Names the approval that is open now: another one that opens meanwhile is not what was meant. */
export function decisionOn(seen: DeployStatus | null, said: Omit<DecisionRequest, 'number'>): DecisionRequest {
  return { ...said, number: seen?.approval?.number ?? null };
}
