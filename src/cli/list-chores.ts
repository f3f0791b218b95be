import type { ScheduleDescription } from '@temporalio/client';
import { DOCS_WORKFLOW, docsId, docsScheduleId, type DocsMemo } from '../contracts/docs-runs.ts';
import { guardScheduleId, type GuardMemo } from '../contracts/guard.ts';
import { scheduleId, SYNC_WORKFLOW, syncId, type SyncMemo } from '../contracts/sync.ts';
import { GUARD_NAME } from './guard-schedule.ts';
import { GUARD_WORDS } from './render-guard.ts';
import { scheduleOfSite } from './docs-schedule.ts';
import { SYNC_WORDS } from './explain.ts';
import { findSchedule, ourSchedules } from './find-schedules.ts';
import { asDocsSubject, parseDocsName } from './parse/docs-name.ts';
import { DOCS_WORDS } from './render-docs-run.ts';
import type { DeclaredSite } from './site-policy.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { scheduleOfPair } from './sync-schedule.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { driftOf, type WantedSchedule } from './wanted-schedule.ts';
import { clock, day, outside, table } from './words.ts';

/** How a Schedule stands to the file. */
export type Drift = 'missing' | 'differs' | 'not in the file';

/** A pair, or a version of a site: what runs again and again. */
export interface ListedChore {
  /** `tasks`; `handbook`, `handbook/v1.2`. */
  readonly name: string;
  /** The newest run; null: never, or forgotten. */
  readonly run: ListedRun | null;
  /** When its Schedule starts the next one; null where it has none or is paused. */
  readonly nextAt: number | null;
  readonly paused: boolean;
  /** Null where nothing differs, or no file says anything. */
  readonly drift: Drift | null;
}

interface ListedRun {
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** As Temporal says it: RUNNING, COMPLETED, FAILED, TERMINATED. */
  readonly temporalStatus: string;
  readonly memo: Partial<SyncMemo | DocsMemo> | Partial<GuardMemo>;
}

/** What the file wants, by the names of things; null where there is no file. */
type Declared<Policy> = ReadonlyMap<string, Policy> | null;

/** One kind of thing that runs again and again: how Temporal calls it, and how the file does. */
interface Kind<Policy> {
  readonly workflowType: string;
  /** In front of the ids of its runs. */
  readonly idPrefix: string;
  /** `sync/`: in front of a name, where the kind must be told. */
  readonly subjectPrefix: string;
  /** Null: not one to be listed. */
  readonly nameOf: (rest: string) => string | null;
  readonly workflowIdOf: (name: string) => string;
  /** Null: it never has one. */
  readonly scheduleIdOf: (name: string) => string | null;
  readonly wanted: (policy: Policy) => WantedSchedule | null;
}

const SYNCS: Kind<DeclaredPair> = {
  workflowType: SYNC_WORKFLOW,
  idPrefix: syncId(''),
  subjectPrefix: 'sync/',
  nameOf: (rest) => rest,
  workflowIdOf: syncId,
  scheduleIdOf: scheduleId,
  wanted: scheduleOfPair,
};

const SITES: Kind<DeclaredSite> = {
  workflowType: DOCS_WORKFLOW,
  idPrefix: 'docs:',
  subjectPrefix: 'docs/',
  nameOf: (rest) => {
    const [site = '', version = '', ...preview] = rest.split(':');
    return preview.length > 0 ? null : asDocsSubject({ site, version }).slice(SITES.subjectPrefix.length);
  },
  workflowIdOf: (name) => docsId({ ...versionOf(name), publish: true }),
  scheduleIdOf: (name) => (versionOf(name).version === 'latest' ? docsScheduleId(versionOf(name).site) : null),
  wanted: scheduleOfSite,
};

function versionOf(name: string): { readonly site: string; readonly version: string } {
  const read = parseDocsName(name);
  return read.ok ? read.value : { site: name, version: 'latest' };
}

/** Every pair of the file, and every one that Temporal knows of. */
export const listSyncs = (temporal: TemporalClient, declared: Declared<DeclaredPair>) =>
  list(temporal, SYNCS, declared);

/** Every site of the file, and every version that is being published; previews are their askers' business. */
export const listSites = (temporal: TemporalClient, declared: Declared<DeclaredSite>) =>
  list(temporal, SITES, declared);

/** The guard of the file, and the one that Temporal has. */
export async function listGuards(
  temporal: TemporalClient,
  { declared, wanted }: { readonly declared: boolean; readonly wanted: WantedSchedule | null },
): Promise<readonly ListedChore[]> {
  const schedule = await findSchedule(temporal, guardScheduleId(GUARD_NAME));
  if (schedule === null && wanted === null) return [];
  const newest = schedule?.info.recentActions.at(-1)?.action.workflow.workflowId;
  const { paused = false } = schedule?.state ?? {};
  return [
    {
      name: GUARD_NAME,
      run: newest === undefined ? null : await newestRun(temporal, newest),
      nextAt: paused ? null : (schedule?.info.nextActionTimes[0]?.getTime() ?? null),
      paused,
      drift: declared ? drift(schedule, wanted) : null,
    },
  ];
}

async function list<P>(
  temporal: TemporalClient,
  kind: Kind<P>,
  declared: Declared<P>,
): Promise<readonly ListedChore[]> {
  const [schedules, running] = await Promise.all([ourSchedules(temporal), runningNames(temporal, kind)]);
  const scheduled = schedules
    .filter(({ subject }) => subject.startsWith(kind.subjectPrefix))
    .map(({ subject }) => subject.slice(kind.subjectPrefix.length));
  const names = new Set([...(declared?.keys() ?? []), ...scheduled, ...running]);
  return Promise.all([...names].sort().map((name) => listOne(temporal, { kind, name, declared })));
}

async function runningNames<P>({ ask, client }: TemporalClient, kind: Kind<P>): Promise<readonly string[]> {
  const query = `WorkflowType = '${kind.workflowType}' AND ExecutionStatus = 'Running'`;
  return ask(async () => {
    const names: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query })) {
      const name = workflowId.startsWith(kind.idPrefix) ? kind.nameOf(workflowId.slice(kind.idPrefix.length)) : null;
      if (name !== null) names.push(name);
    }
    return names;
  });
}

interface Asked<P> {
  readonly kind: Kind<P>;
  readonly name: string;
  readonly declared: Declared<P>;
}

async function listOne<P>(temporal: TemporalClient, { kind, name, declared }: Asked<P>): Promise<ListedChore> {
  const id = kind.scheduleIdOf(name);
  const [schedule, run] = await Promise.all([
    id === null ? null : findSchedule(temporal, id),
    newestRun(temporal, kind.workflowIdOf(name)),
  ]);
  const paused = schedule?.state.paused ?? false;
  const policy = declared?.get(name);
  const wanted = policy === undefined ? null : kind.wanted(policy);
  return {
    name,
    run,
    nextAt: paused ? null : (schedule?.info.nextActionTimes[0]?.getTime() ?? null),
    paused,
    drift: declared === null ? null : drift(schedule, wanted),
  };
}

function drift(schedule: ScheduleDescription | null, wanted: WantedSchedule | null): Drift | null {
  if (wanted === null) return schedule === null ? null : 'not in the file';
  if (schedule === null) return 'missing';
  return driftOf(schedule, wanted).length > 0 ? 'differs' : null;
}

async function newestRun({ ask, client }: TemporalClient, workflowId: string): Promise<ListedRun | null> {
  try {
    const { startTime, closeTime, status, memo } = await ask(() => client.workflow.getHandle(workflowId).describe());
    return {
      startedAt: startTime.getTime(),
      endedAt: closeTime?.getTime() ?? null,
      temporalStatus: status.name,
      memo: memo ?? {},
    };
  } catch (cause) {
    if (isNotFound(cause)) return null;
    throw cause;
  }
}

/** One line each; none where there is none. */
export function choreTable(heading: 'SYNC' | 'SITE' | 'GUARD', chores: readonly ListedChore[]): readonly string[] {
  if (chores.length === 0) return [];
  return table([
    [heading, 'STATE', 'LAST END (UTC)', 'NEXT RUN', 'BY', 'SCHEDULE'],
    ...chores.map((chore) => [
      outside(chore.name),
      stateWords(chore),
      chore.run?.endedAt == null ? '' : day(chore.run.endedAt),
      nextWords(chore),
      outside(byOf(chore)),
      driftWords(chore),
    ]),
  ]);
}

const byOf = ({ run }: ListedChore): string => (run !== null && 'by' in run.memo ? (run.memo.by ?? '') : '');

const OUTCOMES: Readonly<Record<string, string>> = { ...SYNC_WORDS, ...DOCS_WORDS, ...GUARD_WORDS };

function stateWords({ run }: ListedChore): string {
  if (run === null) return 'no run known';
  if (run.temporalStatus === 'RUNNING') return `running since ${clock(run.startedAt)}`;
  const { outcome } = run.memo;
  const words = outcome === undefined ? undefined : OUTCOMES[outcome];
  return words ?? `${run.temporalStatus.toLowerCase()} (not sure)`;
}

function nextWords({ nextAt, paused }: ListedChore): string {
  if (paused) return 'paused';
  return nextAt === null ? 'when asked' : clock(nextAt);
}

const DRIFT_WORDS = {
  missing: 'missing: ./switchyard apply makes it',
  differs: 'differs from the file: ./switchyard apply corrects it',
  'not in the file': 'not in the file: ./switchyard apply --prune removes it',
} satisfies Record<Drift, string>;

function driftWords({ drift: how, nextAt, paused }: ListedChore): string {
  if (how !== null) return DRIFT_WORDS[how];
  return nextAt === null && !paused ? '' : 'ok';
}
