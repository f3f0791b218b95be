import { decisionId } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { followStopped, mustRun } from '../follow-stopped.ts';
import { followTerms, type FollowFlags } from '../follow-to-end.ts';
import { whoAsks } from '../identity.ts';
import { mustBeSubject } from '../must-read.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { update } from '../send-message.ts';
import { queryStatus } from '../start-deployment.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { BLOCKED_WAIT_OPTION, JSON_LINES_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { decisionOn } from './approve.ts';

export const addReject: AddVerb = (program, { terminal, does }) => {
  program
    .command('reject <name>')
    .description('end a deployment that waits for an approval: nothing is written, or red is restored and proven')
    .option('--reason <text>', 'shown to everybody who looks', 'no reason was given')
    .option('--wait <duration>', 'stop waiting after this (exit 5); what was asked goes on; default: never')
    .option(...BLOCKED_WAIT_OPTION)
    .option('--by <who>', 'who rejects (not authenticated); default: CI or OS user')
    .option(...JSON_LINES_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('reject www.example.com --reason "the release notes are missing"'))
    .action(does((name, flags) => reject(terminal, name, flags)));
};

interface RejectFlags extends FollowFlags, PlaceFlags {
  readonly reason: string;
  readonly by?: string | undefined;
}

async function reject(terminal: Terminal, name: string, flags: RejectFlags): Promise<ExitCode> {
  const terms = followTerms(flags);
  const record = mustBeSubject(name);
  const by = whoAsks(flags.by, terminal.env);
  return withTemporal(terminal, flags, async (temporal) => {
    const run = await mustRun(temporal, record, 'reject');
    const seen = await queryStatus(temporal, run.workflowId, run.runId);
    const request = decisionOn(seen, { by, reason: flags.reason });
    const updateId = decisionId('reject', request);
    await update(temporal, { verb: 'reject', record, runId: run.runId, request, updateId });
    return followStopped(terminal, { temporal, run, record, by, terms, verb: 'reject' });
  });
}
