import { startMetrics, type MetricsSandbox } from '../../sandbox/metrics.ts';
import { MESSAGES, type DeployRequest, type DeployStatus, type Pace } from '../../src/contracts/deploy.ts';
import type { ApprovalRule, OpenApproval } from '../../src/core/dns/approval.ts';
import { CALM_RATIO, type Aim, type Strike, type Struck } from './faults-strike.ts';
import type { SceneName } from './faults-table.ts';
import { gatesOn, ratioOf } from './metric-gates.ts';
import type { Observer } from './observer.ts';
import { promotedFirst } from './promoted-first.ts';
import type { Deployment, Rig, RigOptions, Yard } from './yard.ts';

/** What is deployed when a fault strikes, and who has a part in it. */
export interface Scene {
  readonly rig: Rig;
  readonly place: Struck;
  /** Sees as black what is deployed. */
  readonly observer: Observer;
  /** What the request asks for beside its steps. */
  readonly asks: Partial<DeployRequest>;
  /** Beside the pace of the table. */
  readonly pace: Partial<Pace>;
  /** What people do while it runs; ends with it. */
  accompany(run: Deployment, struck: Strike): Promise<void>;
  close(): Promise<void>;
}

export function openScene(name: SceneName, yard: Yard, { options, aim }: Opening): Promise<Scene> {
  return OPEN[name](yard, { options, aim });
}

interface Opening {
  readonly options: RigOptions;
  readonly aim: Aim;
}

const nobody = () => Promise.resolve();

async function plain(yard: Yard, { options }: Opening): Promise<Scene> {
  const rig = await yard.rig(options);
  const { sandbox, record, observer } = rig;
  const place = { sandbox, record, zoneId: sandbox.zoneId, black: sandbox.black, prometheus: null };
  return { rig, place, observer, asks: {}, pace: {}, accompany: nobody, close: () => rig.close() };
}

/** A gate on a metric, which two bad samples of three fail, and what it asks. */
export async function openMeasuring(): Promise<Measuring> {
  const metrics = await startMetrics();
  metrics.prometheus.answer(ratioOf('black'), CALM_RATIO);
  return {
    metrics,
    asks: {
      metricGates: [gatesOn(metrics).threshold({ samples: { bad: 2, of: 3, min: 3, afterMs: 0, everyMs: 150 } })],
    },
    // On a busy machine a look takes long, and what the end of a stretch cuts off has not been seen.
    pace: {
      probeTimeoutMs: 2_000,
      preflight: { inARow: 10, overMs: 200 },
      stretch: { minMs: 2_500, maxMs: 5_000 },
      inconclusive: { limitMs: 12_000, limitAtFullMs: 12_000 },
    },
  };
}

export interface Measuring extends Pick<Scene, 'asks' | 'pace'> {
  readonly metrics: MetricsSandbox;
}

/** Another gate beside it never says anything, and somebody is asked about it. */
export async function openAsking(): Promise<Measuring> {
  const measuring = await openMeasuring();
  const gates = gatesOn(measuring.metrics);
  const silent = gates.threshold({ name: 'silent', query: gates.query('nobody'), waitMs: 300, then: 'approve' });
  const { metricGates = [] } = measuring.asks;
  return { ...measuring, asks: { metricGates: [...metricGates, silent], approve: { inconclusive: ANYBODY } } };
}

async function measuredBy(yard: Yard, { options, aim }: Opening, open = openMeasuring): Promise<Scene> {
  const { metrics, asks, pace } = await open();
  const scene = await plain(yard, { options: { ...options, env: metrics.env() }, aim });
  return {
    ...scene,
    place: { ...scene.place, prometheus: metrics.prometheus },
    asks,
    pace,
    close: async () => {
      await scene.close();
      await metrics.close();
    },
  };
}

const measured = (yard: Yard, opening: Opening): Promise<Scene> => measuredBy(yard, opening);

const ANYBODY: ApprovalRule = { by: ['*'], withinMs: 120_000, remindMs: null };

/** Somebody approves the cutover, and the promotion as soon as the fault has shown itself. */
async function approved(yard: Yard, opening: Opening): Promise<Scene> {
  const scene = await plain(yard, opening);
  return {
    ...scene,
    asks: { approve: { cutover: ANYBODY, promotion: ANYBODY } },
    accompany: (run, struck) => approveWhen(run, ({ of }) => of === 'cutover' || struck.fired() > 0),
  };
}

/** Somebody lets each step go on without the gate that says nothing as soon as the fault has shown itself. */
async function waived(yard: Yard, opening: Opening): Promise<Scene> {
  const scene = await measuredBy(yard, opening, openAsking);
  return { ...scene, accompany: (run, struck) => approveWhen(run, () => struck.fired() > 0) };
}

export async function approveWhen(
  run: Pick<Deployment, 'handle'> & { end(): Promise<unknown>; status(): Promise<Pick<DeployStatus, 'approval'>> },
  isDue: (open: OpenApproval) => boolean,
): Promise<void> {
  const over = { yet: false };
  void run.end().then(() => (over.yet = true));
  while (!over.yet) {
    const { approval } = await run.status().catch(() => ({ approval: null })); // a busy machine is asked again
    const said = { by: 'a test', reason: 'as it should be' };
    if (approval != null && isDue(approval))
      await run.handle.executeUpdate(MESSAGES.approve, { args: [said] }).catch(() => undefined); // on its way back
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** What is deployed is what served before: what it replaces takes the place of red. */
async function undone(yard: Yard, opening: Opening): Promise<Scene> {
  const { aim } = opening;
  aim.armed = false;
  const scene = await plain(yard, opening);
  const { rig, asks } = await promotedFirst(scene.rig);
  aim.armed = true;
  const { observer, sandbox } = rig;
  return { ...scene, place: { ...scene.place, black: sandbox.red }, observer, asks };
}

const OPEN: Readonly<Record<SceneName, (yard: Yard, opening: Opening) => Promise<Scene>>> = {
  plain,
  measured,
  approved,
  waived,
  undone,
};
