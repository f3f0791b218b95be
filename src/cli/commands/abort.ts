import type { AbortRequest } from '../../contracts/deploy.ts';
import { abortDocs } from '../abort-docs.ts';
import { abortSync, UNHEARD_WAIT_MS } from '../abort-sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followStopped, mustRun } from '../follow-stopped.ts';
import { followTerms, type FollowFlags } from '../follow-to-end.ts';
import { whoAsks } from '../identity.ts';
import { must, mustBeSubject } from '../must-read.ts';
import { isDocsName, parseDocsName } from '../parse/docs-name.ts';
import { pairIn, parsePairName } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { queuedWords, withdrawQueued } from '../queued.ts';
import { sendAbort } from '../send-abort.ts';
import { speaker } from '../speaker.ts';
import { holderOf } from '../start-deployment.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { BLOCKED_WAIT_OPTION, BY_OPTION, JSON_LINES_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';

export const addAbort: AddVerb = (program, { terminal, does }) => {
  program
    .command('abort <name>')
    .description(
      'put red back now, and wait until it is proven, and take out what waits in the queue; of sync/PAIR or docs/SITE[/VERSION]: stop the run, and wait until it has ended',
    )
    .option('--reason <text>', 'shown to everybody who looks', 'no reason was given')
    .option(
      '--wait <duration>',
      'stop waiting after this (exit 5); what was asked goes on; default: never, and 5m while no worker answers',
    )
    .option(...BLOCKED_WAIT_OPTION)
    .option(...BY_OPTION)
    .option(...JSON_LINES_OPTION)
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
  const record = mustBeSubject(name);
  return withTemporal(terminal, flags, async (temporal) => {
    const queued = await withdrawQueued(temporal, record, request); // first, or its turn would come with the end of the other
    const say = speaker(terminal, { record, json: asked.json });
    if (queued !== null) say(`${record}: taken out of the queue: ${queuedWords(queued)}`);
    if (queued !== null && (await holderOf(temporal, record)) === null) return EXIT.done;
    const run = await mustRun(temporal, record, 'abort');
    const heard = await sendAbort(temporal, run, { record, request });
    if (!heard) terminal.err(UNHEARD);
    const terms = heard ? asked : { ...asked, waitMs: asked.waitMs ?? UNHEARD_WAIT_MS };
    return followStopped(terminal, { temporal, run, record, by: request.by, terms, verb: 'abort' });
  });
}

const UNHEARD =
  'no worker answers: the abort was left as a signal, which the deployment obeys once a worker runs (./switchyard worker)';
