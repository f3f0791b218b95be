import { Option } from '@commander-js/extra-typings';
import { SYNC_PLAN_WORKFLOW, SYNC_QUEUE, syncId, type SyncRequest } from '../../contracts/sync.ts';
import type { SyncLookInput, SyncPlanView } from '../../contracts/sync-activities.ts';
import { assertNever } from '../../core/assert-never.ts';
import { requestSync } from '../../request-sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followSyncToEnd } from '../follow-sync-to-end.ts';
import { whoAsks } from '../identity.ts';
import { mustReadPair } from '../pairs.ts';
import { pauseSchedule } from '../pause-schedule.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { plannedActions, syncPlanLines } from '../render-sync-plan.ts';
import { runShort } from '../run-short.ts';
import { mustHaveWorker } from '../start-deployment.ts';
import { startSync, type StartedSync } from '../start-sync.ts';
import { syncWish, type SyncFlags, type SyncWish } from '../sync-flags.ts';
import { notifyOf } from '../notify-targets.ts';
import { syncRequest } from '../sync-request.ts';
import type { TemporalClient } from '../temporal-client.ts';
import { uiLink, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { BY_OPTION, CONFIG_OPTION, DETACH_OPTION, JSON_LINES_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { outside } from '../words.ts';

export const addSync: AddVerb = (program, { terminal, does }) => {
  program
    .command('sync <pair>')
    .description('sync a pair of switchyard.yaml now: Todoist to Microsoft To Do; joins a run that is under way')
    .option('--dry-run', 'show what a run would do; writes nothing')
    .option('--exit-code', 'with --dry-run: exit 8 when there is something to do')
    .option('--adopt', 'take over unmarked tasks of the same title and day instead of creating second ones')
    .option('--allow-removals <count>', 'let so many removals pass the guards, an empty source included')
    .option(...DETACH_OPTION)
    .option('--soon', 'ask for a run within seconds and return; many at once give one')
    .option('--pause', 'stop the runs of its Schedule until --resume')
    .option('--resume', 'let its Schedule run again')
    .option('--reason <text>', 'with --pause and --resume: kept beside the Schedule')
    .option('--wait <duration>', 'stop waiting after this (exit 5); the run goes on')
    .addOption(
      new Option('--on-cancel <what>', 'at Ctrl-C and SIGTERM; default: leave').choices(['leave', 'abort'] as const),
    )
    .option(...BY_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_LINES_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples(
        'sync tasks --dry-run',
        'sync tasks',
        'sync tasks --adopt --wait 10m',
        'sync tasks --pause --reason "on holiday"',
      ),
    )
    .action(does((pair, flags) => sync(terminal, syncWish(pair, flags), flags)));
};

interface Flags extends SyncFlags, PlaceFlags {
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

async function sync(terminal: Terminal, wish: SyncWish, flags: Flags): Promise<ExitCode> {
  const by = whoAsks(flags.by, terminal.env);
  const { pair, mode } = wish;
  if (mode === 'pause' || mode === 'resume') {
    const { reason = null } = flags;
    return withTemporal(terminal, flags, (temporal) => pauseSchedule(terminal, temporal, { pair, mode, by, reason }));
  }
  const declared = await mustReadPair(terminal, pair, flags.config);
  const { adopt, allowRemovals } = wish;
  const trigger = mode === 'soon' ? 'event' : 'manual';
  const byHand = trigger === 'manual' ? notifyOf(declared.notify) : {}; // many events would tell many times
  const request = { ...syncRequest(declared, { trigger, by, adopt, allowRemovals }), ...byHand };
  return withTemporal(terminal, flags, (temporal) => run(terminal, { temporal, request, mode, wish, flags }));
}

interface Run {
  readonly temporal: TemporalClient;
  readonly request: SyncRequest;
  readonly mode: Exclude<SyncWish['mode'], 'pause' | 'resume'>;
  readonly wish: SyncWish;
  readonly flags: Flags;
}

function run(terminal: Terminal, what: Run): Promise<ExitCode> {
  switch (what.mode) {
    case 'dryRun':
      return plan(terminal, what);
    case 'soon':
      return soon(terminal, what);
    case 'detach':
    case 'follow':
      return start(terminal, what);
    default:
      return assertNever(what.mode);
  }
}

/** Both sides are read whole, and may be throttled meanwhile. */
const LOOK_WITHIN_MS = 5 * 60_000;

async function plan(terminal: Terminal, { temporal, request, flags }: Run): Promise<ExitCode> {
  const { spec, adopt, allowRemovals, pace } = request;
  const input: SyncLookInput = { spec, adopt, allowRemovals, pace };
  const what = {
    type: SYNC_PLAN_WORKFLOW,
    id: `sync-plan:${spec.pair}`,
    taskQueue: SYNC_QUEUE,
    input,
    withinMs: LOOK_WITHIN_MS,
  };
  const seen = await runShort<SyncPlanView>(temporal, what);
  if (flags.json === true)
    terminal.document(JSON.stringify({ schemaVersion: 1, pair: spec.pair, plan: seen }, null, 2));
  else for (const line of syncPlanLines(spec.pair, seen)) terminal.out(line);
  if (seen.stop !== null) return EXIT.refused;
  return flags.exitCode === true && plannedActions(seen) > 0 ? EXIT.changes : EXIT.done;
}

async function soon(terminal: Terminal, { temporal, request, flags }: Run): Promise<ExitCode> {
  await mustHaveWorker(temporal, SYNC_QUEUE);
  const { pair } = request.spec;
  const { runId } = await temporal.ask(() => requestSync(temporal.client, request));
  announce(terminal, {
    json: flags.json === true,
    pair,
    event: { workflowId: syncId(pair), runId, link: uiLink(temporal.place, syncId(pair), runId) },
    sentence: `asked for a run of ${pair} within seconds: ./switchyard watch sync/${pair}`,
  });
  return EXIT.done;
}

async function start(terminal: Terminal, { temporal, request, mode, wish, flags }: Run): Promise<ExitCode> {
  const { pair } = request.spec;
  const started = await startSync(temporal, request);
  const link = uiLink(temporal.place, started.workflowId, started.runId);
  const json = flags.json === true;
  announce(terminal, { json, pair, event: { ...started, link }, sentence: startedWords(request, started) });
  if (started.joined && (request.adopt || request.allowRemovals !== null))
    terminal.err(
      'warning: the run under way was begun without your --adopt or --allow-removals; ask again after its end',
    );
  if (mode === 'detach') return EXIT.done;
  const { waitMs, onCancel } = wish;
  return followSyncToEnd(terminal, { temporal, run: started, pair, by: request.by, waitMs, json, onCancel });
}

function startedWords({ spec, by }: SyncRequest, { joined, startedBy }: StartedSync): string {
  return joined
    ? `joined the run of ${spec.pair} that is under way, asked for by ${outside(startedBy ?? '?')} (not authenticated)`
    : `syncing ${spec.pair}, asked for by ${outside(by)} (not authenticated)`;
}

interface Announcement {
  readonly json: boolean;
  readonly pair: string;
  readonly event: { readonly link: string | null } & Readonly<Record<string, unknown>>;
  readonly sentence: string;
}

function announce(terminal: Terminal, { json, pair, event, sentence }: Announcement): void {
  if (json) {
    terminal.document(JSON.stringify({ schemaVersion: 1, event: 'started', at: Date.now(), pair, ...event }));
    return;
  }
  terminal.out(sentence);
  if (event.link !== null) terminal.out(event.link);
}
