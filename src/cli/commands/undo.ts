import { DEPLOY_QUEUE, deployId, hasGates } from '../../contracts/deploy.ts';
import type { GroupRequest } from '../../contracts/deploy-group.ts';
import { targetWords } from '../../core/dns/target-words.ts';
import { announce } from '../announce.ts';
import { askedNow } from '../asked-now.ts';
import { chooseGroupUndo } from '../choose-group-undo.ts';
import { chooseUndo } from '../choose-undo.ts';
import { collect, examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd, followTerms, type FollowFlags } from '../follow-to-end.ts';
import { mustBeSubject } from '../must-read.ts';
import { takeChecks } from '../parse/checks.ts';
import { groupIn } from '../parse/group-name.ts';
import { quoted, startFindings } from '../parse/parsed.ts';
import { pastRevisions } from '../past-revisions.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { groupWords, mustNotRun, startDeployment, startGroup, type StartedRun } from '../start-deployment.ts';
import { problem, Stop } from '../stop.ts';
import type { TemporalClient } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { undoRequest, type UndoFacts } from '../undo-request.ts';
import { undoWords } from '../undo-words.ts';
import {
  BLOCKED_WAIT_OPTION,
  BY_OPTION,
  DETACH_OPTION,
  JSON_LINES_OPTION,
  START_WITHIN_OPTION,
  onCancelOption,
} from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';

export const addUndo: AddVerb = (program, { terminal, does }) => {
  program
    .command('undo <name>')
    .description(
      'put back what a record, or the records of a group, served before the last deployment, at once: one step, no bake',
    )
    .option('--to-revision <number>', 'what this revision served, as ./switchyard history NAME numbers them')
    .option(
      '--check <gate>',
      'what the target must answer; default: the checks of the deployment that is undone',
      collect,
    )
    .option('--force', 'ask nothing before the write, and watch nothing after it')
    .option('--request-id <id>', "the same id joins the same undo, and does it only once; default: the CI's own")
    .option('--wait <duration>', 'stop waiting after this (exit 5); the undo goes on')
    .option(...BLOCKED_WAIT_OPTION)
    .option(...START_WITHIN_OPTION)
    .option(...DETACH_OPTION)
    .addOption(onCancelOption())
    .option(...BY_OPTION)
    .option(...JSON_LINES_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      [
        '',
        'It brings back the recorded sets exactly, TTL included, and refuses where somebody else has written since. It asks for',
        'no approval, freeze window, confirmation or alarm; while a deployment runs, abort is the command.',
      ].join('\n'),
    )
    .addHelpText(
      'after',
      examples('undo www.example.com', 'undo www.example.com --to-revision 4 --force', 'undo group/shop'),
    )
    .action(does((name, flags) => undo(terminal, name, flags)));
};

interface UndoFlags extends FollowFlags, PlaceFlags {
  readonly toRevision?: string | undefined;
  readonly check?: readonly string[] | undefined;
  readonly force?: true | undefined;
  readonly requestId?: string | undefined;
  readonly startWithin?: string | undefined;
  readonly detach?: true | undefined;
  readonly by?: string | undefined;
}

async function undo(terminal: Terminal, name: string, flags: UndoFlags): Promise<ExitCode> {
  const terms = followTerms(flags);
  const wanted = readFlags(terminal, name, flags);
  const { record, asked } = wanted;
  return withTemporal(terminal, flags, async (temporal) => {
    const run = (await doneAlready(temporal, wanted)) ?? (await start(terminal, temporal, wanted));
    if (flags.detach === true) return EXIT.done;
    return followToEnd(terminal, { temporal, run, record, by: asked.by, terms });
  });
}

interface Wanted extends Pick<UndoFacts, 'asked' | 'force'> {
  /** The record, or the group as `group/shop`. */
  readonly record: string;
  /** `--check` as it was given, of each record; null where nobody gave one. */
  readonly checks: readonly string[] | null;
  readonly toRevision: number | null;
  readonly json: boolean;
}

/** @throws Stop with exit 2: every problem at once. */
function readFlags({ env }: Terminal, name: string, flags: UndoFlags): Wanted {
  const record = mustBeSubject(name);
  const findings = startFindings();
  const asked = findings.take(askedNow(flags, env), { by: '', requestId: null, startWithinMs: 0 });
  const checks = flags.check ?? null;
  if (checks !== null) takeChecks(checks, record, findings);
  const { toRevision, force } = flags;
  if (toRevision !== undefined && !/^\d{1,15}$/.test(toRevision))
    findings.note(
      problem(
        `--to-revision: ${quoted(toRevision)} is no number of a revision`,
        'as ./switchyard history NAME shows it',
      ),
    );
  if (force === true && checks !== null)
    findings.note(problem('--force and --check contradict each other: the one asks nothing', 'one of them'));
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  const number = toRevision === undefined ? null : Number(toRevision);
  return { record, toRevision: number, asked, checks, force: force === true, json: flags.json === true };
}

/** An undo that is asked for again, by a job that is run again, must not undo itself. */
async function doneAlready(
  temporal: TemporalClient,
  { record, toRevision, asked }: Wanted,
): Promise<StartedRun | null> {
  if (asked.requestId === null) return null;
  const [newest] = await temporal.ask(() => pastRevisions(temporal, record, 1));
  const same = newest?.memo.requestId === asked.requestId && newest.memo.undo === undoWords(toRevision);
  return newest !== undefined && same ? { workflowId: deployId(record), runId: newest.runId, joined: true } : null;
}

async function start(terminal: Terminal, temporal: TemporalClient, wanted: Wanted): Promise<StartedRun> {
  await mustNotRun(temporal, wanted.record, wanted.asked.requestId);
  const { source, words, run } =
    groupIn(wanted.record) === null ? await startRecord(temporal, wanted) : await startRecords(temporal, wanted);
  terminal.err(source);
  announce(terminal, { request: words, run, temporal, json: wanted.json });
  return run;
}

interface Begun {
  readonly source: string;
  readonly words: Parameters<typeof announce>[1]['request'];
  readonly run: StartedRun;
}

async function startRecord(temporal: TemporalClient, wanted: Wanted): Promise<Begun> {
  const { source, ...chosen } = await chooseUndo(temporal, wanted.record, wanted.toRevision);
  const request = undoRequest({ ...wanted, ...chosen, gates: gatesFor(wanted, wanted.record) });
  const run = await startDeployment(temporal, request, DEPLOY_QUEUE);
  return { source, run, words: { ...request, to: targetWords(request.to), gated: hasGates(request) } };
}

/** Of a group every record that its runs have moved since comes back, in one run of the group. */
async function startRecords(temporal: TemporalClient, wanted: Wanted): Promise<Begun> {
  const { record: subject, toRevision, asked } = wanted;
  const { source, records: chosen, resting } = await chooseGroupUndo(temporal, subject, toRevision);
  const records = chosen.map((one) =>
    undoRequest({ ...wanted, ...one, gates: gatesFor(wanted, one.newest.plan.record) }),
  );
  const group = groupIn(subject) ?? '';
  const request: GroupRequest = { group, keepHealthy: null, planHash: null, records, resting };
  const run = await startGroup(temporal, request, DEPLOY_QUEUE);
  const [first] = chosen;
  const words = {
    record: subject,
    by: asked.by,
    to: groupWords(request),
    gated: records.every(hasGates),
    ...(first === undefined ? {} : { undo: first.undo }),
  };
  return { source, run, words };
}

function gatesFor({ checks }: Wanted, record: string): UndoFacts['gates'] {
  return checks === null ? null : takeChecks(checks, record, startFindings());
}
