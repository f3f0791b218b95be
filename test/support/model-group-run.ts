import { lookDeps } from '../../src/activities/look-deps.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import { resetRecords } from '../../src/activities/reset-records.ts';
import type { ResetPace } from '../../src/activities/reset-task.ts';
import { DEPLOY_WORKFLOW, deployId, type DeployStatus } from '../../src/contracts/deploy.ts';
import type { GroupRequest, GroupStatus } from '../../src/contracts/deploy-group.ts';
import { brokenGroupPromises, writesOf } from './group-promises.ts';
import { groupRig, lockStatus, type GroupDeployment, type GroupRecord, type GroupRig } from './group-yard.ts';
import { follow } from './model-follow.ts';
import type { ModelMetric } from './model-metric.ts';
import { MODEL_LIMITS, MODEL_PACE } from './model-pace.ts';
import { brokenApprovals, brokenMeasures, brokenWords, measures, metricOf, same, stepsOf, waits } from './model-run.ts';
import type { GroupScenario } from './model-scenario.ts';
import { createWorld, setsOf, type Ground, type ModelRecord, type World } from './model-world.ts';
import { groupPromotedFirst } from './promoted-first.ts';
import { batchesOf } from './promises.ts';
import { depsFor, PLAIN, type Yard } from './yard.ts';

/** Plays one scenario of a group to its end and returns every promise that it broke, as sentences. */
export async function playGroup(yard: Yard, scenario: GroupScenario): Promise<readonly string[]> {
  const world = createWorld(scenario);
  const metric = await metricOf(scenario);
  const { zones, each } = scenario;
  const options = { ...MODEL_LIMITS, zones, each, aroundAll: world.around, env: metric?.env ?? {} };
  const opened = await groupRig(yard, options);
  const { rig, request } = scenario.undo ? await groupPromotedFirst(opened) : { rig: opened, request: {} };
  const resets: Promise<unknown>[] = [];
  try {
    const ground = groundOf(yard, rig, { metric, resets });
    const run = await world.begin(ground, () => start(rig, { scenario, metric, request }));
    const stuck = await follow(world, run);
    if (stuck !== null) return [stuck, ...world.broken];
    await Promise.all(resets);
    const stands = JSON.stringify(rig.now());
    const broken = await brokenEnd({ scenario, rig, world, run, ground, metric });
    await world.land();
    const late = stands === JSON.stringify(rig.now()) ? [] : ['D3: a write that was late landed after the end'];
    return [...broken, ...late, ...brokenWrites(rig, scenario), ...world.broken];
  } finally {
    await Promise.all(resets);
    await rig.sandbox.close();
    await metric?.close();
  }
}

function groundOf(
  { temporal, taskQueue }: Yard,
  rig: GroupRig,
  { metric, resets }: { readonly metric: ModelMetric | null; readonly resets: Promise<unknown>[] },
): Ground {
  const { sandbox } = rig;
  const records = rig.records.map((one): ModelRecord => {
    const red = sandbox.endpoints.all.find(({ address }) => address === one.red);
    if (red === undefined) throw new Error(`nothing is at ${one.red}`);
    return { ...one, red };
  });
  const deploy = (record: string): Promise<unknown> => {
    const args = rig.request().records.filter((one) => one.record === record);
    const once = { workflowIdConflictPolicy: 'FAIL', taskQueue, args } as const;
    return temporal.client.workflow.start(DEPLOY_WORKFLOW, { workflowId: deployId(record), ...once });
  };
  return { sandbox, records, metric, deploy, reset: (one) => void resets.push(reset(rig, one)) };
}

const RESET_PACE: ResetPace = {
  insync: { pollMs: 20, limitMs: 3_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 1_000 },
  retry: { firstMs: 20, maxMs: 100, tries: 4 },
};

/** As `./switchyard reset NAME` does it; whatever fails it, its deployment must keep its promises. */
function reset({ sandbox }: GroupRig, { record, red }: ModelRecord): Promise<unknown> {
  const { config, aws, askTimeoutMs } = depsFor(sandbox, MODEL_LIMITS);
  const look = lookDeps({ config, ...(askTimeoutMs === undefined ? {} : { askTimeoutMs }) });
  const deps = { aws, look, pulse: plainPulse(), askToAbort: () => Promise.resolve() };
  const target = { kind: 'values', values: [red.address] } as const;
  const task = { record, zone: null, role: null, verify: 'authoritative' } as const;
  const wish = { kind: 'default', target, ttl: null, leave: [] } as const;
  return resetRecords(deps, [{ ...task, wish }], { force: false, pace: RESET_PACE });
}

interface Starting {
  readonly scenario: GroupScenario;
  readonly metric: ModelMetric | null;
  /** What an undo asks for. */
  readonly request: Partial<GroupRequest>;
}

function start(rig: GroupRig, { scenario, metric, request }: Starting): Promise<GroupDeployment> {
  const { ifRedIsIll, keepHealthy } = scenario;
  const own = { ifRedIsIll, pace: MODEL_PACE, ...waits(scenario), ...measures(metric) };
  const plain = rig.request({}, { gates: [PLAIN], steps: stepsOf(scenario) });
  const records = (request.records ?? plain.records).map((one) => ({ ...one, ...own }));
  return rig.deploy({ keepHealthy, records });
}

/** By the change log alone. A reset writes one record, and so does a rollback beside a record that is another's. */
function brokenWrites(rig: GroupRig, { events }: GroupScenario): readonly string[] {
  const happened = (kind: string) => events.some(({ what }) => what.kind === kind);
  const isApart = happened('foreign') || happened('reset');
  return brokenGroupPromises(rig, {
    foreign: happened('foreign') ? 'foreign: 203.0.113.66' : null,
    apart: true,
  }).filter((sentence) => !isApart || !sentence.startsWith('G1'));
}

interface Ended {
  readonly scenario: GroupScenario;
  readonly rig: GroupRig;
  readonly world: World;
  readonly run: GroupDeployment;
  readonly ground: Ground;
  readonly metric: ModelMetric | null;
}

/** What the group says at its end must be so, of each record and of all. */
async function brokenEnd({ scenario, rig, world, run, ground, metric }: Ended): Promise<readonly string[]> {
  const [end, status] = await Promise.all([run.end(), run.status()]);
  const { runId, startTime } = await run.handle.describe();
  const found = world.foundBy(runId);
  const { outcome, records } = status;
  const own = writesOf(rig).filter(({ comment = '', at }) => at >= startTime.getTime() && !isOfReset(comment));
  const wrote = own[0]?.at ?? null;
  const wrong: string[] = [];
  if (outcome === 'promoted' && status.verdict?.kind !== 'pass')
    wrong.push(`D7: promoted on the verdict ${status.verdict?.kind ?? 'none'}`);
  if (outcome === 'refused' && wrote !== null) wrong.push('D3: it says that it wrote nothing, and it wrote');
  if (outcome === 'not-restored' && !world.left()) wrong.push('D8: nobody decided to leave what stands');
  for (const [index, one] of ground.records.entries()) {
    const said = records.find(({ record }) => record === one.record) ?? status;
    const at = rig.records[index];
    if (at === undefined || wasReset(rig, at)) continue;
    const isBack = same(found[index] ?? [], setsOf(rig, one));
    wrong.push(...brokenRecord({ rig, at, own: said, isBack, world }));
  }
  return [
    ...wrong,
    ...mixed(status),
    ...(await brokenLocks(rig, status)),
    ...brokenWords(end.status, status.failure),
    ...brokenApprovals(scenario.asks, status, wrote),
    ...brokenMeasures(metric, status, wrote),
  ];
}

const isOfReset = (comment: string): boolean => comment.startsWith('switchyard reset');

/** Whether the last that was written to a record was its reset: then it is that one's, whatever the group says. */
function wasReset({ sandbox }: GroupRig, { record }: GroupRecord): boolean {
  const last = batchesOf({ sandbox, record }).findLast(({ accepted, foreign }) => accepted && !foreign);
  return last !== undefined && isOfReset(last.comment);
}

interface EndedRecord {
  readonly rig: GroupRig;
  readonly at: GroupRecord;
  readonly own: DeployStatus;
  /** Whether what stands is what the run found. */
  readonly isBack: boolean;
  readonly world: World;
}

function brokenRecord({ rig, at, own, isBack, world }: EndedRecord): readonly string[] {
  const { record, observer } = at;
  const wrote = batchesOf({ sandbox: rig.sandbox, record }).some(({ accepted, foreign }) => accepted && !foreign);
  const stage = observer.fenceStage();
  return [
    ...(own.outcome === 'rolled-back' && !isBack
      ? [`D8: it says that red of ${record} is restored, and it is not`]
      : []),
    ...(own.outcome === 'promoted' && observer.now() !== 'black'
      ? [`D3: it says that ${record} is promoted, and black does not stand`]
      : []),
    ...(own.outcome === null ? [`A3: it does not say what became of ${record}`] : []),
    ...(stage !== 'idle' && wrote && !world.left() ? [`D6: it left the fence of ${record} at ${stage}`] : []),
  ];
}

/** G2: all or none. */
function mixed({ outcome, records }: GroupStatus): readonly string[] {
  const promoted = records.filter((one) => one.outcome === 'promoted').length;
  const isWhole = outcome === 'promoted' ? promoted === records.length : promoted === 0;
  return isWhole ? [] : [`G2: it ended as ${outcome ?? 'nothing'} with ${promoted} of ${records.length} promoted`];
}

/** G4: each lock ends, saying what became of its record. */
async function brokenLocks(rig: GroupRig, { records }: GroupStatus): Promise<readonly string[]> {
  const locks = await Promise.all(
    records.map(async ({ record, outcome }) => {
      const lock = rig.lockOf(record);
      const described = await lock.describe().catch(() => null); // never taken
      if (described === null) return [];
      if (described.status.name === 'RUNNING') return [`G4: the lock of ${record} is held after the end`];
      const said = (await lockStatus(lock)).outcome;
      return said === outcome
        ? []
        : [`G4: the lock of ${record} says ${said ?? 'nothing'}, the group ${outcome ?? 'nothing'}`];
    }),
  );
  return locks.flat();
}
