import type { DeployRequest, DeployStatus } from '../../src/contracts/deploy.ts';
import { follow } from './model-follow.ts';
import { openMetric, type ModelMetric } from './model-metric.ts';
import { openOthers, type ModelYard, type Others } from './model-others.ts';
import { MODEL_LIMITS, MODEL_PACE } from './model-pace.ts';
import type { Asks, Play, Scenario } from './model-scenario.ts';
import { createWorld, setsOf, type Ground, type ModelRun, type RecordSets, type World } from './model-world.ts';
import { batchesOf, brokenPromises } from './promises.ts';
import { promotedFirst } from './promoted-first.ts';
import { deploymentOf, PLAIN, type Deployment, type Rig } from './yard.ts';

/** Plays one scenario to its end and returns every promise that it broke, as sentences. */
export async function play(at: ModelYard, scenario: Scenario): Promise<readonly string[]> {
  const world = createWorld(scenario);
  const metric = await metricOf(scenario);
  const opened = await at.yard.rig({ ...MODEL_LIMITS, aroundAll: world.around, env: metric?.env ?? {} });
  const { rig, asks } = scenario.undo ? await promotedFirst(opened) : { rig: opened, asks: {} };
  const others = openOthers(at, rig, scenario.undo ? { red: BLACK, black: RED } : { red: RED, black: BLACK });
  try {
    const first = await world.begin(groundOf(rig, metric, others), () => start(at, rig, { scenario, metric, asks }));
    const broken = [...(await playRun({ scenario, rig, world, metric }, first))];
    for (let next = await others.next(); next !== null; next = await others.next()) {
      world.turnTo(next.run);
      const stuck = await follow(world, next.run);
      broken.push(...(stuck === null ? await brokenEnd({ rig, world, run: next.run, to: next.to }) : [stuck]));
    }
    const stands = setsOf(rig, placeOf(rig));
    await world.land();
    const late = same(stands, setsOf(rig, placeOf(rig))) ? [] : ['D3: a write that was late landed after the end'];
    return [...broken, ...late, ...(await others.broken()), ...brokenPromises(rig, allowed(scenario)), ...world.broken];
  } finally {
    await rig.close();
    await metric?.close();
  }
}

const [RED, BLACK] = ['192.0.2.10', '192.0.2.20'];

/** An undo asks no metric: an incident waits for none. */
export function metricOf({ metric, inconclusive, undo }: Play): Promise<ModelMetric | null> {
  if (metric === null || undo) return Promise.resolve(null);
  return openMetric(metric, inconclusive === 'rollback' ? 'rollback' : 'approve');
}

const placeOf = ({ sandbox, record }: Rig) => ({ record, zoneId: sandbox.zoneId });

function groundOf(rig: Rig, metric: ModelMetric | null, { ifBusy }: Others): Ground {
  const { sandbox } = rig;
  const records = [{ ...placeOf(rig), red: sandbox.red, black: sandbox.black }];
  return { sandbox, records, metric, deploy: () => rig.deploy(), ifBusy };
}

interface Starting {
  readonly scenario: Scenario;
  readonly metric: ModelMetric | null;
  readonly asks: Partial<DeployRequest>;
}

/** By its own run: another one may come to the same name. */
async function start({ yard }: ModelYard, rig: Rig, starting: Starting): Promise<Deployment> {
  const { handle } = await begin(rig, starting);
  const { workflowId, runId } = await handle.describe();
  return deploymentOf(yard.temporal.client.workflow.getHandle(workflowId, runId));
}

function begin(rig: Rig, { scenario, metric, asks }: Starting): Promise<Deployment> {
  const { ifRedIsIll } = scenario;
  const own = { gates: [PLAIN], ifRedIsIll, pace: MODEL_PACE, steps: stepsOf(scenario) };
  return rig.deploy({ ...own, ...waits(scenario), ...measures(metric), ...frozen(scenario), ...asks });
}

export const stepsOf = ({ shares }: Play) => shares.map((share) => ({ share, holdMs: 400 }));

/** An undo asks for no freeze, as the client sends it. */
function frozen({ freeze, undo }: Scenario): Pick<DeployRequest, 'freeze'> {
  if (freeze === 'none' || undo) return {};
  const windows = [{ from: Date.now() - 60_000, until: Date.now() + 3_600_000, words: 'the weekend' }];
  return { freeze: { windows, override: freeze === 'overridden' ? 'an incident' : null } };
}

/** Longer than any run: the world decides what nobody has decided. */
const RULE = { by: ['*'], withinMs: 120_000, remindMs: null };

/** What a run waits for somebody with; also where a gate says nothing, if that is asked for. */
export function waits({ asks, metric, inconclusive }: Play): Pick<DeployRequest, 'approve' | 'confirmByMs'> {
  const rules = {
    ...(asks === 'cutover' || asks === 'both' ? { cutover: RULE } : {}),
    ...(asks === 'promotion' || asks === 'both' ? { promotion: RULE } : {}),
    ...(metric === null || inconclusive === 'rollback' ? {} : { inconclusive: RULE }),
  };
  return {
    ...(asks === 'confirmation' ? { confirmByMs: 120_000 } : {}),
    ...(Object.keys(rules).length === 0 ? {} : { approve: rules }),
  };
}

export const measures = (metric: ModelMetric | null): Pick<DeployRequest, 'metricGates'> =>
  metric === null ? {} : { metricGates: [metric.gate] };

/** What the record may be, whoever wrote it; D4 is judged apart. */
function allowed({ shares, events }: Scenario): readonly string[] {
  const foreign = events.some(({ what }) => what.kind === 'foreign');
  return ['red', 'black', ...shares.map((share) => `${share} %`), ...(foreign ? ['foreign: 203.0.113.66'] : [])];
}

interface Played {
  readonly scenario: Scenario;
  readonly rig: Rig;
  readonly world: World;
  readonly metric: ModelMetric | null;
}

/** The run that the scenario is about. */
async function playRun({ scenario, rig, world, metric }: Played, run: Deployment): Promise<readonly string[]> {
  const stuck = await follow(world, run);
  if (stuck !== null) return [stuck];
  const status = await run.status();
  const isFrozen = scenario.freeze === 'in force' && !scenario.undo;
  const wrote = firstWriteOf(rig, await timeOf(run));
  return [
    ...(await brokenEnd({ rig, world, run, to: scenario.undo ? RED : BLACK })),
    ...(isFrozen && wrote !== null ? ['it wrote in a freeze'] : []),
    ...brokenApprovals(scenario.asks, status, wrote),
    ...brokenMeasures(metric, status, wrote),
  ];
}

interface Ended {
  readonly rig: Rig;
  readonly world: World;
  readonly run: ModelRun;
  /** The value that it goes to. */
  readonly to: string;
}

/** What a run says at its end must be so. */
async function brokenEnd({ rig, world, run, to }: Ended): Promise<readonly string[]> {
  const [end, { outcome, failure, verdict }, time] = await Promise.all([run.end(), run.status(), timeOf(run)]);
  const [found = []] = world.foundBy(time.runId);
  const { sets, stage } = stoodAt(rig, time.until);
  const wrote = firstWriteOf(rig, time) !== null;
  const wrong: string[] = [];
  if (outcome === 'rolled-back' && !same(found, sets))
    wrong.push('D8: it says that red is restored, and red does not stand');
  if (outcome === 'promoted' && !sets.every(({ ResourceRecords }) => ResourceRecords?.[0]?.Value === to))
    wrong.push(`D3: it says that it promoted, and ${to} does not stand`);
  if (outcome === 'promoted' && verdict?.kind !== 'pass')
    wrong.push(`D7: promoted on the verdict ${verdict?.kind ?? 'none'}`);
  if (outcome === 'refused' && wrote) wrong.push('D3: it says that it wrote nothing, and it wrote');
  if (outcome === 'not-restored' && !world.left()) wrong.push('D8: nobody decided to leave what stands');
  if (stage !== 'idle' && stage !== null && !world.left()) wrong.push(`D6: it left the fence at ${stage}`);
  return [...wrong, ...brokenWords(end.status, failure)];
}

/** A run, and from when until when it ran: another one may begin the moment that it ends. */
interface Time {
  readonly runId: string;
  readonly from: number;
  readonly until: number;
}

async function timeOf({ handle }: ModelRun): Promise<Time> {
  const { runId, startTime, closeTime } = await handle.describe();
  return { runId, from: startTime.getTime(), until: closeTime?.getTime() ?? Infinity };
}

/** What the record's sets, and the stage of its fence, were at a moment; a stage of null: it had none. */
function stoodAt(rig: Rig, moment: number): { readonly sets: RecordSets; readonly stage: string | null } {
  const { log } = rig.sandbox.route53;
  const last = log.findLast(
    ({ accepted, at, changes }) =>
      accepted && at <= moment && changes.some(({ recordSet }) => recordSet.Name === `${rig.record}.`),
  );
  const sets = last?.after.filter(({ Name }) => Name === `${rig.record}.`) ?? [];
  const fenced = batchesOf(rig).findLast(({ accepted, at, fence }) => accepted && at <= moment && fence !== null);
  return { sets, stage: fenced?.fence?.stage ?? null };
}

/** A3: how a run that failed explains itself. */
export function brokenWords(status: string, failure: DeployStatus['failure']): readonly string[] {
  return [
    ...(status !== 'COMPLETED' && failure === null ? ['A3: it failed and does not say why'] : []),
    ...(failure?.type === 'Fault' ? [`A3: it takes the world for a fault of its own: ${failure.sentence}`] : []),
  ];
}

/** When a run wrote first, in milliseconds since the epoch; null where it did not. */
function firstWriteOf(rig: Rig, { from, until }: Time): number | null {
  const own = batchesOf(rig).find(({ accepted, foreign, at }) => accepted && !foreign && at >= from && at <= until);
  return own?.at ?? null;
}

/** Nothing goes on that waits for somebody who has not said yes. */
export function brokenApprovals(
  asks: Asks,
  { outcome, decisions = [] }: Pick<DeployStatus, 'outcome' | 'decisions'>,
  wrote: number | null,
): readonly string[] {
  const isApproved = (which: string) => decisions.some(({ of, decision }) => of === which && decision === 'approved');
  const asksFor = (which: string) => asks === which || asks === 'both';
  return [
    ...(asksFor('cutover') && wrote !== null && !isApproved('cutover')
      ? ['it wrote before its cutover was approved']
      : []),
    ...(asksFor('promotion') && outcome === 'promoted' && !isApproved('promotion')
      ? ['it promoted before that was approved']
      : []),
    ...(decisions.some(({ decision }) => decision === 'rejected') && outcome === 'promoted'
      ? ['it promoted what somebody had rejected']
      : []),
  ];
}

/** D7: nothing begins under a gate that nobody can read, and nothing is promoted under one that was never good, but by somebody's word. */
export function brokenMeasures(
  metric: ModelMetric | null,
  { outcome, decisions = [] }: Pick<DeployStatus, 'outcome' | 'decisions'>,
  wrote: number | null,
): readonly string[] {
  if (metric === null || wrote === null) return [];
  const since = metric.between(wrote, Infinity);
  const isWaived = decisions.some(({ of, decision }) => of === 'inconclusive' && decision === 'approved');
  return [
    ...(metric.between(0, wrote).every((told) => told === 'unreadable')
      ? ['D7: it wrote under a gate that nobody could read']
      : []),
    ...(outcome === 'promoted' && !since.includes('good') && !isWaived
      ? [`D7: promoted although its metric said ${since.join(', ')}`]
      : []),
    ...(outcome === 'promoted' && since.every((told) => told === 'bad') ? ['D7: promoted a black that is bad'] : []),
  ];
}

export const same = (a: RecordSets, b: RecordSets): boolean => JSON.stringify(a) === JSON.stringify(b);
