/**
 * Puts records back on their declared defaults, without Temporal: the way out when everything else is gone.
 *
 * - D2 Compare-and-swap, fence included, as every other write.
 * - D3 What a lost answer may have written is read back, and waited for as any other write.
 * - D4 Foreign values are left, unless forced.
 * - D6 The fence is raised to stage `reset`, so that a deployment in the middle writes nothing more.
 */
import type { Route53Client } from '@aws-sdk/client-route-53';
import { resetOwner } from '../contracts/deploy.ts';
import { packBatches } from '../core/dns/pack-batches.ts';
import { planReset, raiseAgain, type ResetPlan, type ResetSwap } from '../core/dns/plan-reset.ts';
import { sameSets, type RecordSets } from '../core/dns/record-set.ts';
import { standingWords } from '../core/dns/serving.ts';
import type { Snapshot, Standing, Zone } from '../core/dns/snapshot.ts';
import { swap, type Batch } from '../core/dns/swap.ts';
import { whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { asFailure } from '../policies/classify.ts';
import { findZone, holding, theZone } from './find-zone.ts';
import { mayPass, patiently, pauseAfter } from './patiently.ts';
import { proveResets, unverified, type Unproven } from './prove-resets.ts';
import { RACE_ROUNDS } from './race-rounds.ts';
import { readNames } from './read-names.ts';
import type { ResetEnd, ResetResult, ResetSight, ResetTask } from '../contracts/reset.ts';
import type { ResetDeps, ResetOptions } from './reset-task.ts';
import { writeBatch } from './write-batch.ts';

/**
 * Resets every record, zones in parallel; never throws for one of them: each has a result of its own.
 * Looks at all of them first: a deployment that runs well is asked to abort only for a record that can be, and has to be, reset.
 */
export async function resetRecords(
  deps: ResetDeps,
  tasks: readonly ResetTask[],
  options: ResetOptions,
): Promise<readonly ResetResult[]> {
  const { looks, unfound } = await lookAtAll(deps, tasks, options);
  const changing = looks.flatMap(({ look }) => look.planned.map(({ aim }) => aim.task.record));
  if (changing.length > 0) await deps.askToAbort(changing);
  const done = await Promise.all(looks.map(({ zone, look }) => resetZone(zone, look)));
  return inOrder(tasks, [...unfound, ...done.flat()], looks);
}

/** What a reset would do; writes nothing, asks no deployment to abort, and no name server anything. */
export async function sightResets(
  deps: ResetDeps,
  tasks: readonly ResetTask[],
  options: ResetOptions,
): Promise<readonly ResetSight[]> {
  const { looks, unfound } = await lookAtAll(deps, tasks, options);
  return inOrder(tasks, [...unfound, ...looks.flatMap(({ zone, look }) => sightsOf(zone, look))], looks);
}

interface LookedAt {
  readonly zone: ZoneReset;
  readonly look: Look;
}

async function lookAtAll(
  deps: ResetDeps,
  tasks: readonly ResetTask[],
  options: ResetOptions,
): Promise<{ readonly looks: readonly LookedAt[]; readonly unfound: readonly ResetEnd[] }> {
  const { zones, results } = await findZones({ ...deps, options }, tasks);
  const look = async (zone: ZoneReset) => ({ zone, look: await decide(zone, zone.tasks.map(untouched)) });
  return { looks: await Promise.all(zones.map(look)), unfound: results };
}

/** A row a task, in the order of the tasks, with what stood there when it was looked at first. */
function inOrder<T extends { readonly record: string }>(
  tasks: readonly ResetTask[],
  ends: readonly T[],
  looks: readonly LookedAt[],
): readonly (T & Pick<ResetResult, 'was'>)[] {
  const stood = new Map(looks.flatMap(({ look }) => [...look.stood]));
  return tasks.flatMap(({ record }) =>
    ends.filter((end) => end.record === record).map((end) => ({ ...end, was: stood.get(record) ?? null })),
  );
}

function sightsOf({ zone }: ZoneReset, { planned, closed }: Look): readonly Omit<ResetSight, 'was'>[] {
  const row = ({ record }: ResetTask, sets: RecordSets) => ({
    ...{ record, sentence: standingWords(sets), next: null, zone: zone.name, servers: [] },
  });
  return [
    ...planned.map(({ aim, to }) => ({ ...row(aim.task, to.sets), outcome: 'planned' as const })),
    ...closed.map((one) => ('result' in one ? one.result : { ...row(one.task, one.sets), outcome: 'there' as const })),
  ];
}

interface Around extends ResetDeps {
  readonly options: ResetOptions;
}

/** The records of one zone that one role reaches, with that role's clients. */
interface ZoneReset extends Around {
  readonly client: Route53Client;
  readonly zone: Zone;
  readonly tasks: ResetTask[];
}

/** All at the same time: the account's budget keeps the order of asking, and one zone or role out of reach holds no other up. */
async function findZones(
  around: Around,
  tasks: readonly ResetTask[],
): Promise<{ zones: readonly ZoneReset[]; results: readonly ResetEnd[] }> {
  const asked = new Map<string, Promise<ZoneReset>>();
  const found = await Promise.allSettled(
    tasks.map(async (task) => {
      const key = JSON.stringify([task.role, task.zone ?? ['of', task.record]]);
      const looking = asked.get(key) ?? zoneOf(around, task);
      asked.set(key, looking);
      const reset = await looking;
      holding(task.record, reset.zone);
      return reset;
    }),
  );
  const zones = new Map<string, ZoneReset>();
  const results: ResetEnd[] = [];
  for (const [at, task] of tasks.entries()) {
    const one = found[at];
    if (one?.status !== 'fulfilled') results.push(failed(task, null, whatItSays(one?.reason)));
    else addTask(zones, one.value, task);
  }
  return { zones: [...zones.values()], results };
}

function addTask(zones: Map<string, ZoneReset>, found: ZoneReset, task: ResetTask): void {
  const key = JSON.stringify([task.role, found.zone.id]);
  const reset = zones.get(key) ?? { ...found, tasks: [] };
  reset.tasks.push(task);
  zones.set(key, reset);
}

async function zoneOf(around: Around, { record, zone: wanted, role }: ResetTask): Promise<ZoneReset> {
  const aws = around.aws.inRole(role);
  const client = aws.route53();
  const { pulse, options } = around;
  const zone = await patiently(pulse, options.pace.retry, () =>
    wanted === null ? findZone(client, record, null) : theZone(client, wanted),
  );
  return { ...around, aws, client, zone, tasks: [] };
}

/** A record on its way through the rounds. */
interface Aim {
  readonly task: ResetTask;
  /** What was sent for it with an answer that left open whether it was written. */
  readonly sent: readonly Standing[];
  /** What the last batch failed with. */
  readonly cause: unknown;
}

const untouched = (task: ResetTask): Aim => ({ task, sent: [], cause: null });

interface PlannedReset {
  readonly aim: Aim;
  readonly to: Standing;
  readonly batch: Batch;
  /** The record was put back by a batch whose answer was lost; this one only gives a change to wait for. */
  readonly written: boolean;
}

/** A record for which nothing more is written. */
type Closed = Unproven | { readonly task: ResetTask; readonly result: ResetEnd };

interface Look {
  readonly planned: readonly PlannedReset[];
  readonly closed: readonly Closed[];
  /** By record, in words: what was read. */
  readonly stood: ReadonlyMap<string, string>;
}

/** From what the first look closed on; what it refused is looked at once more, as a deployment may have written between two pages. */
async function resetZone(zone: ZoneReset, first: Look): Promise<readonly ResetEnd[]> {
  const closed = first.closed.filter((one) => !('result' in one) || one.result.outcome === 'failed');
  let left = zone.tasks.filter((task) => closed.every((one) => one.task !== task)).map(untouched);
  for (let round = 1; left.length > 0; round += 1) {
    const look = await decide(zone, left);
    const spent = look.planned.filter((one) => isSpent(zone, one, round));
    const requests = requestsOf(
      look.planned.filter((one) => !spent.includes(one)),
      round,
    );
    const sent = await Promise.all(requests.map((request) => send(zone, request, round)));
    closed.push(...look.closed, ...spent.map((one) => givenUp(zone, one)), ...sent.flatMap((one) => one.closed));
    left = sent.flatMap((one) => one.again);
  }
  const results = closed.flatMap((one) => ('result' in one ? [one.result] : []));
  const unproven = closed.flatMap((one) => ('result' in one ? [] : [one]));
  return [...results, ...(await proveResets({ ...zone, pace: zone.options.pace }, unproven))];
}

/** Reads what stands at each name, and decides. */
async function decide(zone: ZoneReset, aims: readonly Aim[]): Promise<Look> {
  try {
    const standings = await patiently(zone.pulse, zone.options.pace.retry, () =>
      readNames(
        zone.client,
        zone.zone.id,
        aims.map(({ task }) => task.record),
      ),
    );
    const decided = aims.map((aim) => decideOne(zone, aim, standings.get(aim.task.record) ?? NOTHING));
    return {
      planned: decided.flatMap((one) => ('batch' in one ? [one] : [])),
      closed: decided.flatMap((one) => ('batch' in one ? [] : [one])),
      stood: new Map([...standings].map(([record, { sets }]) => [record, standingWords(sets)])),
    };
  } catch (cause) {
    const said = whatItSays(cause);
    const closed = aims.map(({ task }) => ({ task, result: failed(task, zone.zone, said) }));
    return { planned: [], closed, stood: new Map() };
  }
}

const NOTHING: Standing = { sets: [], fence: null };

/** What stands exactly as it was sent is ours, whatever a new plan for it would say: its snapshot is gone from the fence (D3). */
function decideOne(zone: ZoneReset, aim: Aim, standing: Standing): PlannedReset | Closed {
  const { task } = aim;
  const snapshot = { record: task.record, zone: zone.zone, ...standing, protections: null, readAt: zone.pulse.now() };
  const rules = { force: zone.options.force, owner: resetOwner(task.record) };
  const written = aim.sent.find((to) => stands(to, snapshot));
  if (written !== undefined) return planned(aim, raiseAgain(snapshot, written.sets, rules.owner), { written: true });
  const plan = planReset(snapshot, task.wish, rules);
  if (plan.kind === 'swap') return planned(aim, plan, { written: false });
  if (plan.kind === 'there') return { task, sets: plan.wanted, changeId: null };
  return { task, result: refused(task, zone.zone, plan) };
}

/** Set by set: the fence carries the hash of the others, and a generation that no other write of ours has. */
function stands(to: Standing, { sets, fence }: Snapshot): boolean {
  if (fence === null || to.fence === null || !sameSets([fence], [to.fence])) return false;
  const types = to.sets.map(({ type }) => type);
  return sameSets(
    sets.filter(({ type }) => types.includes(type)),
    to.sets,
  );
}

function planned(aim: Aim, { from, to }: ResetSwap, { written }: { readonly written: boolean }): PlannedReset {
  return { aim, to, batch: swap(from, to), written };
}

/** How often records that lose races are still sent together: one that is written all the time must not take its neighbours along. */
const ROUNDS_TOGETHER = 2;

function requestsOf(resets: readonly PlannedReset[], round: number): readonly (readonly PlannedReset[])[] {
  const alone = resets.filter(({ aim }) => round > ROUNDS_TOGETHER && whatItSays(aim.cause).type === 'Foreign');
  return [...packBatches(resets.filter((one) => !alone.includes(one))), ...alone.map((one) => [one])];
}

/** Asked only after what stands was read once more: a batch whose answer was lost may have been the last one needed. */
function isSpent({ options }: ZoneReset, { aim }: PlannedReset, round: number): boolean {
  if (aim.cause === null) return false;
  return round > (whatItSays(aim.cause).type === 'Foreign' ? RACE_ROUNDS : options.pace.retry.tries);
}

function givenUp({ zone }: ZoneReset, { aim, to, written }: PlannedReset): Closed {
  const { task, cause } = aim;
  const result = written
    ? unverified(zone, { task, sets: to.sets, changeId: null }, cause)
    : failed(task, zone, whatItSays(cause));
  return { task, result };
}

interface Sent {
  readonly closed: readonly Closed[];
  readonly again: readonly Aim[];
}

/** One request. Where it lost a race, or its outcome is unknown, its records are read and decided anew. */
async function send(zone: ZoneReset, request: readonly PlannedReset[], round: number): Promise<Sent> {
  try {
    const changeId = await write(zone, request);
    return { closed: request.map(({ aim, to }) => ({ task: aim.task, sets: to.sets, changeId })), again: [] };
  } catch (cause) {
    const raced = whatItSays(cause).type === 'Foreign'; // refused for good: what stands there is another's, though it be the same
    if (raced || mayPass(cause)) {
      await zone.pulse.sleep(pauseAfter(cause, zone.options.pace.retry, round));
      const again = request.map(({ aim, to }) => ({
        task: aim.task,
        sent: raced ? aim.sent : [...aim.sent, to],
        cause,
      }));
      return { closed: [], again };
    }
    // One record that may not be changed must not keep its neighbours from being reset.
    if (request.length > 1) return merged(await Promise.all(request.map((one) => send(zone, [one], round))));
    return { closed: request.map((one) => givenUp(zone, { ...one, aim: { ...one.aim, cause } })), again: [] };
  }
}

function merged(sent: readonly Sent[]): Sent {
  return { closed: sent.flatMap(({ closed }) => closed), again: sent.flatMap(({ again }) => again) };
}

function write(zone: ZoneReset, request: readonly PlannedReset[]): Promise<string> {
  const [first] = request;
  const alone = request.length === 1 && first !== undefined;
  const subject = alone ? first.aim.task.record : `${request.length} records of ${zone.zone.name}`;
  const place = { record: subject, zone: zone.zone };
  const batch = request.flatMap((one) => one.batch);
  const options = { comment: `switchyard reset ${subject}`, timeoutMs: zone.aws.timeouts.writeMs };
  return writeBatch(zone.client, { place, batch }, options).catch((error: unknown) =>
    Promise.reject(asFailure(error, { action: 'ChangeResourceRecordSets', subject })),
  );
}

function refused({ record }: ResetTask, zone: Zone, plan: ResetPlan & { readonly kind: 'refused' }): ResetEnd {
  const { sentence, next } = plan.reason;
  return { record, outcome: plan.foreign ? 'foreign' : 'refused', sentence, next, zone: zone.name, servers: [] };
}

function failed(
  { record }: ResetTask,
  zone: Zone | null,
  { sentence, next }: Pick<Said, 'sentence' | 'next'>,
): ResetEnd {
  return { record, outcome: 'failed', sentence, next, zone: zone?.name ?? null, servers: [] };
}
