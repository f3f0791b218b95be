import {
  deployId,
  MESSAGES,
  type AbortRequest,
  type DeployStatus,
  type MessageAnswer,
} from '../../contracts/deploy.ts';
import { abortDocs } from '../abort-docs.ts';
import { abortSync, UNHEARD_WAIT_MS } from '../abort-sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { askToAbort } from '../follow.ts';
import { followToEnd, followTerms, type FollowFlags } from '../follow-to-end.ts';
import { whoAsks } from '../identity.ts';
import { endOfRun, lookAtRun } from '../look-at-run.ts';
import { must, mustBeRecord } from '../must-read.ts';
import { isDocsName, parseDocsName } from '../parse/docs-name.ts';
import { pairIn, parsePairName } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { isNoAnswer, notTaken } from '../send-message.ts';
import type { StartedRun } from '../start-deployment.ts';
import { problem, Stop } from '../stop.ts';
import { isNotFound, type TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { wayBack } from '../way-back.ts';
import { withTemporal } from '../with-temporal.ts';

export const addAbort: AddVerb = (program, { terminal, does }) => {
  program
    .command('abort <name>')
    .description(
      'put red back now, and wait until it is proven; of sync/PAIR or docs/SITE[/VERSION]: stop the run, and wait until it has ended',
    )
    .option('--reason <text>', 'shown to everybody who looks', 'no reason was given')
    .option(
      '--wait <duration>',
      'stop waiting after this (exit 5); what was asked goes on; default: never, and 5m while no worker answers',
    )
    .option('--blocked-wait <duration>', 'exit 4 when the rollback is blocked for this long; it keeps trying', '5m')
    .option('--by <who>', 'who asks (not authenticated); default: CI or OS user')
    .option('--json', 'one JSON object a line')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('abort www.example.com --reason "checkout fails for customers"', 'abort sync/tasks'))
    .action(does((name, flags) => abort(terminal, name, flags)));
};

interface AbortFlags extends FollowFlags, PlaceFlags {
  readonly reason: string;
  readonly by?: string | undefined;
}

async function abort(terminal: Terminal, name: string, flags: AbortFlags): Promise<ExitCode> {
  const asked = followTerms(flags);
  const request: AbortRequest = { by: whoAsks(flags.by, terminal.env), reason: flags.reason };
  if (isDocsName(name)) {
    const docs = { name: must(parseDocsName(name)), ...request, waitMs: asked.waitMs, json: asked.json };
    return withTemporal(terminal, flags, (temporal) => abortDocs(terminal, temporal, docs));
  }
  if (pairIn(name) !== null) {
    const pair = must(parsePairName(name));
    const { waitMs, json } = asked;
    return withTemporal(terminal, flags, (temporal) =>
      abortSync(terminal, temporal, { pair, ...request, waitMs, json }),
    );
  }
  const record = mustBeRecord(name);
  return withTemporal(terminal, flags, async (temporal) => {
    const run = await mustRun(temporal, record);
    const heard = await send(temporal, run, { record, request });
    if (!heard) terminal.err(UNHEARD);
    const terms = heard ? asked : { ...asked, waitMs: asked.waitMs ?? UNHEARD_WAIT_MS };
    const exit = await followToEnd(terminal, { temporal, run, record, by: request.by, terms });
    return exitOfAbort(terminal, exit, await statusOf(temporal, run));
  });
}

const UNHEARD =
  'no worker answers: the abort was left as a signal, which the deployment obeys once a worker runs (./switchyard worker)';

/** @throws Stop with exit 3 where nothing runs; after a promotion it says what brings red back. */
async function mustRun(temporal: TemporalClient, record: string): Promise<StartedRun> {
  const workflowId = deployId(record);
  const look = await lookAtRun(temporal, { workflowId }).catch((cause: unknown) => {
    throw notTaken(cause, record, 'abort');
  });
  const { runId } = look;
  if (look.temporalStatus === 'RUNNING') return { workflowId, runId, joined: true };
  const end = await endOfRun(temporal, { workflowId, runId }, look.status);
  const status = end.kind === 'reported' ? end.status : end.last;
  throw new Stop(EXIT.refused, [
    problem(
      `no deployment of ${record} is running, so there is nothing to abort`,
      null,
      status?.outcome === 'promoted' ? wayBack(status) : `./switchyard history ${record}`,
    ),
  ]);
}

const HEARD_WITHIN_MS = 4_000;

interface Sent {
  readonly record: string;
  readonly request: AbortRequest;
}

/** True when a worker took it. One fixed update id: whoever asks again joins the same abort. */
async function send(temporal: TemporalClient, run: StartedRun, { record, request }: Sent): Promise<boolean> {
  const handle = temporal.client.workflow.getHandle(run.workflowId, run.runId);
  const options = { args: [request] as [AbortRequest], updateId: 'abort', waitForStage: 'ACCEPTED' as const };
  try {
    await temporal.ask(() => handle.startUpdate<MessageAnswer, [AbortRequest]>(MESSAGES.abort, options), {
      withinMs: HEARD_WITHIN_MS,
      deadlineIsAnAnswer: true,
    });
    return true;
  } catch (cause) {
    if (isNotFound(cause)) return true; // it ended meanwhile: following it says how
    if (!isNoAnswer(cause)) throw notTaken(cause, record, 'abort');
    await askToAbort(temporal, run, request);
    return false;
  }
}

async function statusOf(temporal: TemporalClient, run: StartedRun): Promise<DeployStatus | null> {
  const look = await lookAtRun(temporal, run);
  if (look.temporalStatus === 'RUNNING') return null;
  const end = await endOfRun(temporal, run, look.status);
  return end.kind === 'reported' ? end.status : end.last;
}

/** Restored is what was asked for here; a deploy that follows the same run ends with 1. */
function exitOfAbort(terminal: Terminal, exit: ExitCode, status: DeployStatus | null): ExitCode {
  if (status?.outcome === 'rolled-back' || status?.outcome === 'refused') return EXIT.done;
  if (status?.outcome !== 'promoted') return exit;
  terminal.err(`it was promoted before the abort arrived; to bring red back: ${wayBack(status)}`);
  return EXIT.refused;
}
