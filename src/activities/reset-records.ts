/**
 * Puts records back on their declared defaults, without Temporal: the way out when everything else is gone.
 *
 * - D2 Compare-and-swap, fence included, as every other write.
 * - D4 Foreign values are left, unless forced.
 * - D6 The fence is raised to stage `reset`, so that a deployment in the middle writes nothing more.
 */
import type { Route53Client } from '@aws-sdk/client-route-53';
import { ApplicationFailure } from '@temporalio/common';
import type { AwsClients } from '../clients.ts';
import { resetOwner, type ServerView } from '../contracts/deploy.ts';
import { packBatches } from '../core/dns/pack-batches.ts';
import { planReset, type ResetPlan, type ResetWish } from '../core/dns/plan-reset.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import type { Zone } from '../core/dns/snapshot.ts';
import { swap, type Batch } from '../core/dns/swap.ts';
import { asFailure } from '../policies/classify.ts';
import { whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { FAILURES, failure } from '../policies/failures.ts';
import { findZone } from './find-zone.ts';
import type { LookDeps } from './look-deps.ts';
import type { Pulse } from './pulse.ts';
import { readNames } from './read-names.ts';
import { awaitInsync } from './route53.ts';
import { verifyAnswers } from './verify-answers.ts';
import { writeBatch } from './write-batch.ts';

export interface ResetTask {
  /** Canonical. */
  readonly record: string;
  /** Id or name; null: the longest zone that holds the record. */
  readonly zone: string | null;
  readonly wish: ResetWish;
  readonly verify: 'authoritative' | 'api';
}

export interface ResetDeps {
  readonly aws: AwsClients;
  readonly look: LookDeps;
  readonly pulse: Pulse;
}

export interface ResetPace {
  readonly insync: { readonly pollMs: number; readonly limitMs: number };
  readonly verify: { readonly inARow: number; readonly everyMs: number; readonly limitMs: number };
  /** Of a refusal that asking again can cure: throttled, zone busy, no answer. */
  readonly retry: { readonly firstMs: number; readonly maxMs: number; readonly tries: number };
}

export const RESET_PACE: ResetPace = {
  insync: { pollMs: 1_000, limitMs: 600_000 },
  verify: { inARow: 10, everyMs: 100, limitMs: 120_000 },
  retry: { firstMs: 500, maxMs: 5_000, tries: 6 },
};

export interface ResetOptions {
  readonly force: boolean;
  readonly pace: ResetPace;
}

export interface ResetResult {
  readonly record: string;
  /** `there`: nothing to write. `foreign`, `refused`: nothing written. `failed`: not restored, or not known. `unverified`: written, but not seen to serve. */
  readonly outcome: 'there' | 'restored' | 'foreign' | 'refused' | 'failed' | 'unverified';
  readonly sentence: string;
  readonly next: string | null;
  readonly zone: string | null;
  readonly servers: readonly ServerView[];
}

/** How often a batch that lost its race is made anew from what stands then. */
const ROUNDS = 5;

/** Resets every record, zones in parallel; never throws for one of them: each has a result of its own. */
export async function resetRecords(
  deps: ResetDeps,
  tasks: readonly ResetTask[],
  options: ResetOptions,
): Promise<readonly ResetResult[]> {
  const client = deps.aws.route53();
  const { zones, results } = await findZones(deps, { client, tasks, options });
  const done = await Promise.all([...zones.values()].map((group) => resetZone({ ...deps, client, ...group, options })));
  const all = [...results, ...done.flat()];
  return tasks.flatMap(({ record }) => all.filter((result) => result.record === record));
}

interface ZoneGroup {
  readonly zone: Zone;
  readonly tasks: ResetTask[];
}

interface Finding {
  readonly client: Route53Client;
  readonly tasks: readonly ResetTask[];
  readonly options: ResetOptions;
}

async function findZones(
  deps: ResetDeps,
  { client, tasks, options }: Finding,
): Promise<{ zones: Map<string, ZoneGroup>; results: ResetResult[] }> {
  const zones = new Map<string, ZoneGroup>();
  const results: ResetResult[] = [];
  const asked = new Map<string, Zone>();
  for (const task of tasks) {
    try {
      const known = task.zone === null ? undefined : asked.get(task.zone);
      const zone = known ?? (await patiently(deps.pulse, options.pace, () => findZone(client, task.record, task.zone)));
      if (task.zone !== null) asked.set(task.zone, zone);
      const group = zones.get(zone.id) ?? { zone, tasks: [] };
      group.tasks.push(task);
      zones.set(zone.id, group);
    } catch (cause) {
      results.push(failed(task, null, whatItSays(cause)));
    }
  }
  return { zones, results };
}

interface ZoneReset extends ResetDeps, ZoneGroup {
  readonly client: Route53Client;
  readonly options: ResetOptions;
}

interface Move {
  readonly task: ResetTask;
  readonly plan: ResetPlan & { readonly kind: 'swap' };
  readonly batch: Batch;
}

type Settled =
  | { readonly task: ResetTask; readonly result: ResetResult }
  | { readonly task: ResetTask; readonly sets: RecordSets; readonly changeId: string | null };

async function resetZone(zone: ZoneReset): Promise<readonly ResetResult[]> {
  const settled: Settled[] = [];
  let left: readonly ResetTask[] = zone.tasks;
  for (let round = 1; left.length > 0; round += 1) {
    const { moves, settled: clear } = await decide(zone, left);
    settled.push(...clear);
    const sent = await Promise.all(packBatches(moves).map((request) => send(zone, request, round)));
    settled.push(...sent.flatMap((one) => one.settled));
    left = sent.flatMap((one) => one.again);
  }
  return Promise.all(settled.map(async (one) => ('result' in one ? one.result : prove(zone, one))));
}

/** Reads what stands at each name, and decides. */
async function decide(
  zone: ZoneReset,
  tasks: readonly ResetTask[],
): Promise<{ moves: readonly Move[]; settled: readonly Settled[] }> {
  const moves: Move[] = [];
  const settled: Settled[] = [];
  try {
    const names = tasks.map(({ record }) => record);
    const standings = await patiently(zone.pulse, zone.options.pace, () => readNames(zone.client, zone.zone.id, names));
    for (const task of tasks) {
      const standing = standings.get(task.record) ?? { sets: [], fence: null };
      const snapshot = {
        record: task.record,
        zone: zone.zone,
        ...standing,
        protections: null,
        readAt: zone.pulse.now(),
      };
      const plan = planReset(snapshot, task.wish, { force: zone.options.force, owner: resetOwner(task.record) });
      if (plan.kind === 'swap') moves.push({ task, plan, batch: swap(plan.from, plan.to) });
      else if (plan.kind === 'there') settled.push({ task, sets: plan.wanted, changeId: null });
      else settled.push({ task, result: refused(task, zone.zone, plan) });
    }
    return { moves, settled };
  } catch (cause) {
    return { moves: [], settled: tasks.map((task) => ({ task, result: failed(task, zone.zone, whatItSays(cause)) })) };
  }
}

interface Sent {
  readonly settled: readonly Settled[];
  readonly again: readonly ResetTask[];
}

/** One request. Where it lost a race, or its outcome is unknown, its records are read and decided anew. */
async function send(zone: ZoneReset, request: readonly Move[], round: number): Promise<Sent> {
  const tasks = request.map(({ task }) => task);
  try {
    const changeId = await write(zone, request);
    return { settled: request.map(({ task, plan }) => ({ task, sets: plan.to.sets, changeId })), again: [] };
  } catch (cause) {
    const said = whatItSays(cause);
    const rounds =
      said.type === 'Foreign' ? ROUNDS : FAILURES[said.type] === 'retry' ? zone.options.pace.retry.tries : 0;
    if (round < rounds) {
      await zone.pulse.sleep(waitOf(cause, zone.options.pace, round));
      return { settled: [], again: tasks };
    }
    // One record that may not be changed must not keep its neighbours from being reset.
    if (request.length > 1) return merged(await Promise.all(request.map((move) => send(zone, [move], round))));
    return { settled: tasks.map((task) => ({ task, result: failed(task, zone.zone, said) })), again: [] };
  }
}

function merged(sent: readonly Sent[]): Sent {
  return { settled: sent.flatMap(({ settled }) => settled), again: sent.flatMap(({ again }) => again) };
}

function write(zone: ZoneReset, request: readonly Move[]): Promise<string> {
  const subject =
    request.length === 1 ? (request[0]?.task.record ?? '') : `${request.length} records of ${zone.zone.name}`;
  const place = { record: subject, zone: zone.zone };
  const batch = request.flatMap((move) => move.batch);
  const options = { comment: `switchyard reset ${subject}`, timeoutMs: zone.aws.timeouts.writeMs };
  return writeBatch(zone.client, { place, batch }, options).catch((error: unknown) =>
    Promise.reject(asFailure(error, { action: 'ChangeResourceRecordSets', subject })),
  );
}

interface Written {
  readonly task: ResetTask;
  readonly sets: RecordSets;
  readonly changeId: string | null;
}

/** Waits for INSYNC and asks the name servers; what is not seen is not called restored. */
async function prove(zone: ZoneReset, { task, sets, changeId }: Written): Promise<ResetResult> {
  const { record } = task;
  const { insync, verify } = zone.options.pace;
  const base = { record, zone: zone.zone.name, servers: [], next: null };
  try {
    if (changeId !== null)
      await inTime(
        zone,
        insync.limitMs,
        awaitInsync(zone.aws, { record, changeId, pollMs: insync.pollMs }, zone.pulse),
      );
    const mode = zone.zone.private ? 'api' : task.verify;
    const { servers } = await verifyAnswers(zone.look, { record, zone: zone.zone, sets, ...verify, mode }, zone.pulse);
    return { ...base, outcome: changeId === null ? 'there' : 'restored', sentence: serves(sets), servers };
  } catch (cause) {
    const { sentence, next } = whatItSays(cause);
    return {
      ...base,
      outcome: 'unverified',
      sentence: `${changeId === null ? 'stands' : 'written'}, but: ${sentence}`,
      next,
    };
  }
}

/** @throws NotInSync after `limitMs`. */
async function inTime<T>({ pulse }: ZoneReset, limitMs: number, work: Promise<T>): Promise<T> {
  work.catch(() => undefined); // left alone when time is up
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(failure('NotInSync', `the change is not in sync after ${limitMs / 1_000} s.`)),
      limitMs,
    );
  });
  try {
    if (pulse.signal.aborted) await pulse.sleep(0);
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function serves(sets: RecordSets): string {
  return sets.flatMap(({ values, alias }) => (alias === null ? values : [`alias ${alias.dnsName}`])).join(', ');
}

function refused({ record }: ResetTask, zone: Zone, plan: ResetPlan & { readonly kind: 'refused' }): ResetResult {
  const { sentence, next } = plan.reason;
  return { record, outcome: plan.foreign ? 'foreign' : 'refused', sentence, next, zone: zone.name, servers: [] };
}

function failed(
  { record }: ResetTask,
  zone: Zone | null,
  { sentence, next }: Pick<Said, 'sentence' | 'next'>,
): ResetResult {
  return { record, outcome: 'failed', sentence, next, zone: zone?.name ?? null, servers: [] };
}

/** Asks again while asking again can help. */
async function patiently<T>(pulse: Pulse, pace: ResetPace, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (cause) {
      if (FAILURES[whatItSays(cause).type] !== 'retry' || attempt >= pace.retry.tries) throw cause;
      await pulse.sleep(waitOf(cause, pace, attempt));
    }
  }
}

/** As long as the service asked for; else doubling. A lost race is tried again at once. */
function waitOf(cause: unknown, { retry }: ResetPace, attempt: number): number {
  if (whatItSays(cause).type === 'Foreign') return 0;
  const asked = cause instanceof ApplicationFailure ? Number(cause.nextRetryDelay ?? 0) : 0;
  return Math.max(Number.isFinite(asked) ? asked : 0, Math.min(retry.maxMs, retry.firstMs * 2 ** (attempt - 1)));
}
