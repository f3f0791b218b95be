import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { DeployRequest, DeployStatus, Pace } from '../../src/contracts/deploy.ts';
import { until } from './faults-strike.ts';
import type { Scenario } from './model-scenario.ts';
import { createWorld, recordSets, type World } from './model-world.ts';
import { brokenPromises } from './promises.ts';
import { promotedFirst } from './promoted-first.ts';
import { FAST, PLAIN, type Deployment, type End, type Rig, type Yard } from './yard.ts';

const PACE: Pace = {
  ...FAST,
  preflight: { inARow: 2, overMs: 200 },
  probeTimeoutMs: 250,
  insync: { pollMs: 20, noticeMs: 300, limitMs: 20_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 1_000 },
  blockedAfterMs: 400,
};

/** Plays one scenario to its end and returns every promise that it broke, as sentences. */
export async function play(yard: Yard, scenario: Scenario): Promise<readonly string[]> {
  const world = createWorld(scenario);
  const opened = await yard.rig({ around: world.around, writeMs: 400, askTimeoutMs: 300, withoutTls: true });
  const { rig, asks } = scenario.undo ? await promotedFirst(opened) : { rig: opened, asks: {} };
  try {
    const before = recordSets(rig);
    const run = await world.begin(rig, () => start(rig, scenario, asks));
    const stuck = await follow(world, run);
    if (stuck !== null) return [stuck, ...world.broken];
    const stands = recordSets(rig);
    const end = await run.end();
    const status = await run.status();
    await world.land();
    const late = same(stands, recordSets(rig)) ? [] : ['D3: a write that was late landed after the end'];
    const broken = [
      ...brokenPromises(rig, allowed(scenario)),
      ...brokenEnd({ scenario, rig, status, end, world, before, stands }),
    ];
    return [...broken, ...late, ...world.broken];
  } finally {
    await rig.close();
  }
}

function start(rig: Rig, scenario: Scenario, asks: Partial<DeployRequest>): Promise<Deployment> {
  const { shares, ifRedIsIll } = scenario;
  const steps = shares.map((share) => ({ share, holdMs: 400 }));
  return rig.deploy({
    steps,
    gates: [PLAIN],
    ifRedIsIll,
    pace: PACE,
    ...waits(scenario.asks),
    ...frozen(scenario),
    ...asks,
  });
}

/** An undo asks for no freeze, as the client sends it. */
function frozen({ freeze, undo }: Scenario): Pick<DeployRequest, 'freeze'> {
  if (freeze === 'none' || undo) return {};
  const windows = [{ from: Date.now() - 60_000, until: Date.now() + 3_600_000, words: 'the weekend' }];
  return { freeze: { windows, override: freeze === 'overridden' ? 'an incident' : null } };
}

/** Longer than any run: the world decides what nobody has decided. */
const RULE = { by: ['*'], withinMs: 120_000, remindMs: null };

function waits(asks: Scenario['asks']): Pick<DeployRequest, 'approve' | 'confirmByMs'> {
  if (asks === 'nothing') return {};
  if (asks === 'confirmation') return { confirmByMs: 120_000 };
  if (asks === 'both') return { approve: { cutover: RULE, promotion: RULE } };
  return { approve: { [asks]: RULE } };
}

/** What the record may be, whoever wrote it; D4 is judged apart. */
function allowed({ shares, events }: Scenario): readonly string[] {
  const foreign = events.some(({ what }) => what.kind === 'foreign');
  return ['red', 'black', ...shares.map((share) => `${share} %`), ...(foreign ? ['foreign: 203.0.113.66'] : [])];
}

/** A run that shows no sign for this long waits for something that only the world can mend. */
const STUCK_MS = 1_500;

/** For this long the scenario alone decides an approval. */
const UNDECIDED_MS = 600;

/** With everything mended, a run that has not ended after this long never will. */
const ENDLESS_MS = 40_000;

/** Lets the run end: what it waits for is mended, and what nobody else can end is decided. Null when it has ended. */
async function follow(world: World, run: Deployment): Promise<string | null> {
  const over = { yet: false };
  void run.end().then(() => (over.yet = true));
  const begun = Date.now();
  let blockedSince: number | null = null;
  await until(async () => {
    if (over.yet || Date.now() - begun > ENDLESS_MS) return true;
    const { blocked, pausedSince, approval } = await run.status();
    if (approval != null && Date.now() - approval.since > UNDECIDED_MS) await world.approve(run);
    const sign = pausedSince ?? world.lastSign(); // a hold that is paused goes on watching
    if (blocked === null && Date.now() - sign < STUCK_MS) return false;
    await world.mend(run);
    blockedSince = blocked === null ? null : (blockedSince ?? Date.now());
    if (blockedSince !== null && Date.now() - blockedSince > STUCK_MS) await world.decide(run);
    return over.yet;
  }, 100);
  if (over.yet) return null;
  const { phase, blocked, stages } = await run.status();
  await run.handle.terminate('it does not end');
  return `D8: it does not end, although nothing fails any more: ${phase}, ${stages.at(-1)?.label ?? ''}, ${blocked?.sentence ?? 'not blocked'}`;
}

interface Ended {
  readonly scenario: Scenario;
  readonly rig: Rig;
  readonly status: DeployStatus;
  readonly end: End;
  readonly world: World;
  /** The record's sets before the run, and at its end. */
  readonly before: readonly ResourceRecordSet[];
  readonly stands: readonly ResourceRecordSet[];
}

/** What a run says at its end must be so. */
function brokenEnd({ scenario, rig, status, end, world, before, stands }: Ended): readonly string[] {
  const { outcome, verdict, failure } = status;
  const stage = rig.observer.fenceStage();
  const wrong: string[] = [];
  if (outcome === 'rolled-back' && !same(before, stands))
    wrong.push('D8: it says that red is restored, and red does not stand');
  if (outcome === 'promoted' && rig.observer.now() !== 'black')
    wrong.push('D3: it says that it promoted, and black does not stand');
  if (outcome === 'promoted' && verdict?.kind !== 'pass')
    wrong.push(`D7: promoted on the verdict ${verdict?.kind ?? 'none'}`);
  if (outcome === 'refused' && rig.observer.writes() > 0) wrong.push('D3: it says that it wrote nothing, and it wrote');
  if (outcome === 'not-restored' && !world.left()) wrong.push('D8: nobody decided to leave what stands');
  if (stage !== 'idle' && rig.observer.writes() > 0 && !world.left()) wrong.push(`D6: it left the fence at ${stage}`);
  if (end.status !== 'COMPLETED' && failure === null) wrong.push('A3: it failed and does not say why');
  if (failure?.type === 'Fault') wrong.push(`A3: it takes the world for a fault of its own: ${failure.sentence}`);
  const isFrozen = scenario.freeze === 'in force' && !scenario.undo;
  if (isFrozen && rig.observer.writes() > 0) wrong.push('it wrote in a freeze');
  return [...wrong, ...brokenApprovals(scenario, rig, status)];
}

/** Nothing goes on that waits for somebody who has not said yes. */
function brokenApprovals({ asks }: Scenario, rig: Rig, { outcome, decisions = [] }: DeployStatus): readonly string[] {
  const { cutover, promotion } = waits(asks).approve ?? {};
  const isApproved = (which: string) => decisions.some(({ of, decision }) => of === which && decision === 'approved');
  return [
    ...(cutover !== undefined && rig.observer.writes() > 0 && !isApproved('cutover')
      ? ['it wrote before its cutover was approved']
      : []),
    ...(promotion !== undefined && outcome === 'promoted' && !isApproved('promotion')
      ? ['it promoted before that was approved']
      : []),
    ...(decisions.some(({ decision }) => decision === 'rejected') && outcome === 'promoted'
      ? ['it promoted what somebody had rejected']
      : []),
  ];
}

const same = (a: readonly ResourceRecordSet[], b: readonly ResourceRecordSet[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
