import { deployId } from '../../contracts/deploy.ts';
import { syncId } from '../../contracts/sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd, followTerms, type FollowFlags, type FollowTerms } from '../follow-to-end.ts';
import { whoAsks } from '../identity.ts';
import { docsId } from '../../contracts/docs-runs.ts';
import { followDocsToEnd } from '../follow-docs-to-end.ts';
import { followSyncToEnd } from '../follow-sync-to-end.ts';
import { must, mustBeSubject } from '../must-read.ts';
import { asDocsSubject, isDocsName, parseDocsName, type DocsName } from '../parse/docs-name.ts';
import { asSubject, pairIn, parsePairName } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { problem, Stop, type Problem } from '../stop.ts';
import { isNotFound, type TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { BLOCKED_WAIT_OPTION, JSON_LINES_OPTION, onCancelOption } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';

export const addWatch: AddVerb = (program, { terminal, does }) => {
  program
    .command('watch <name>')
    .description(
      'follow a running deployment, sync or build of documentation to its end; one that has ended is shown as it ended',
    )
    .option('--wait <duration>', 'stop waiting after this (exit 5); the run goes on')
    .option(...BLOCKED_WAIT_OPTION)
    .addOption(onCancelOption())
    .option(...JSON_LINES_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('watch www.example.com --wait 45m', 'watch sync/tasks', 'watch docs/handbook'))
    .action(does((name, flags) => watch(terminal, name, flags)));
};

async function watch(terminal: Terminal, name: string, flags: FollowFlags & PlaceFlags): Promise<ExitCode> {
  const terms = followTerms(flags);
  if (pairIn(name) !== null) return watchSync(terminal, must(parsePairName(name)), { ...flags, ...terms });
  if (isDocsName(name)) return watchDocs(terminal, must(parseDocsName(name)), { ...flags, ...terms });
  const record = mustBeSubject(name);
  return withTemporal(terminal, flags, async (temporal) => {
    const workflowId = deployId(record);
    const runId = await newestRun(temporal, workflowId, nextDeploy(record));
    const by = whoAsks(undefined, terminal.env);
    return followToEnd(terminal, { temporal, run: { workflowId, runId, joined: true }, record, by, terms });
  });
}

async function watchSync(terminal: Terminal, pair: string, flags: PlaceFlags & FollowTerms): Promise<ExitCode> {
  return withTemporal(terminal, flags, async (temporal) => {
    const workflowId = syncId(pair);
    const next = problem(
      `no run of ${asSubject(pair)} is known to Temporal`,
      null,
      `start one with ./switchyard sync ${pair}`,
    );
    const runId = await newestRun(temporal, workflowId, next);
    const { waitMs, json, onCancel } = flags;
    const by = whoAsks(undefined, terminal.env);
    return followSyncToEnd(terminal, { temporal, run: { workflowId, runId }, pair, by, waitMs, json, onCancel });
  });
}

async function watchDocs(terminal: Terminal, name: DocsName, flags: PlaceFlags & FollowTerms): Promise<ExitCode> {
  return withTemporal(terminal, flags, async (temporal) => {
    const workflowId = docsId({ ...name, publish: true });
    const subject = asDocsSubject(name);
    const start = `start one with ./switchyard docs publish ${name.site}`;
    const runId = await newestRun(
      temporal,
      workflowId,
      problem(`no build of ${subject} is known to Temporal`, null, start),
    );
    const { waitMs, json, onCancel } = flags;
    const by = whoAsks(undefined, terminal.env);
    return followDocsToEnd(terminal, { temporal, run: { workflowId, runId }, name, by, waitMs, json, onCancel });
  });
}

/** @throws Stop with exit 3 and what `ifNone` says where there never was a run. */
async function newestRun({ ask, client }: TemporalClient, workflowId: string, ifNone: Problem): Promise<string> {
  try {
    return (await ask(() => client.workflow.getHandle(workflowId).describe())).runId;
  } catch (cause) {
    throw isNotFound(cause) ? new Stop(EXIT.refused, [ifNone], cause) : cause;
  }
}

const nextDeploy = (record: string): Problem =>
  problem(
    `no deployment of ${record} is known to Temporal`,
    null,
    `start one with ./switchyard deploy ${record} --to VALUE`,
  );
