import { MESSAGES, type DeployRequest, type DeployStatus } from '../../src/contracts/deploy.ts';
import { endChildren, startWorkerChild } from '../support/e2e-child.ts';
import { asksForChangeOf, hold, openGrounds, writes, type Grounds } from '../support/e2e-grounds.ts';
import { bringBetweenZones, endsOfGroups, expectedOfGroups, openGroups } from '../support/groups-between-zones.ts';
import { brokenPromises } from '../support/promises.ts';
import { FAST, PLAIN, type Deployment, type Rig } from '../support/yard.ts';

/**
 * A worker dies, and at this moment one run stands at each stage. The next worker takes all of them to the ends that they would
 * have had: a restart alone never rolls back a healthy deployment (D3).
 */
interface Stage {
  readonly request?: Partial<DeployRequest>;
  /** Keeps the run at the stage, from before its start; what it returns lets it go on. */
  readonly keep?: (rig: Rig) => { readonly reached: Promise<void>; readonly letGo: () => void };
  /** How the run is seen to be there, where nothing keeps it. */
  readonly at?: (status: DeployStatus) => boolean;
  /** Sends the run on its way back. */
  readonly abort?: true;
  /** What somebody says once another worker has taken over. */
  readonly then?: 'approve' | 'reject';
  readonly ends: 'promoted' | 'rolled-back';
  /** The type of its failure. */
  readonly why?: string;
}

const WRITE = 'ChangeResourceRecordSets';
const SOMEBODY = { by: ['*'], withinMs: 120_000, remindMs: null };

const STAGES: Readonly<Record<string, Stage>> = {
  reading: {
    keep: (rig) => kept(hold(rig, 'ListResourceRecordSets', ({ path }) => path.includes(rig.record))),
    ends: 'promoted',
  },
  'writing-lands-late': { keep: (rig) => kept(hold(rig, WRITE, writes(rig, 'step'))), ends: 'promoted' },
  'writing-unanswered': { keep: (rig) => struck(rig, 'apply-then-hang'), ends: 'promoted' },
  'writing-never-lands': { keep: (rig) => struck(rig, 'hang'), ends: 'promoted' },
  settling: {
    request: { pace: { ...FAST, insync: { ...FAST.insync, limitMs: 600_000 } } },
    keep: (rig) => kept(hold(rig, 'GetChange', asksForChangeOf(rig))),
    ends: 'promoted',
  },
  promoting: { keep: (rig) => kept(hold(rig, WRITE, writes(rig, 'idle'))), ends: 'promoted' },
  'rolling-back': {
    request: { bakeMs: 120_000 },
    keep: (rig) => kept(hold(rig, WRITE, writes(rig, 'restoring'))),
    abort: true,
    ends: 'rolled-back',
    why: 'Aborted',
  },
  'awaiting-cutover': {
    request: { approve: { cutover: SOMEBODY } },
    at: ({ phase }) => phase === 'awaiting-approval',
    then: 'approve',
    ends: 'promoted',
  },
  'awaiting-promotion': {
    request: { approve: { promotion: SOMEBODY } },
    at: ({ phase }) => phase === 'awaiting-approval',
    then: 'reject',
    ends: 'rolled-back',
    why: 'Rejected',
  },
  checking: {
    request: { pace: { ...FAST, probeEveryMs: 200, probeTimeoutMs: 2_000, preflight: { inARow: 2, overMs: 4_000 } } },
    at: ({ phase }) => phase === 'checking',
    ends: 'promoted',
  },
  holding: { request: { bakeMs: 8_000 }, at: ({ phase }) => phase === 'holding', ends: 'promoted' },
};

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test.concurrent(
    `${signal} of the worker at every stage changes no end (D3)`,
    async () => {
      const grounds = await openGrounds();
      opened.push(grounds);
      const dying = await startWorkerChild(grounds, grounds.taskQueue);
      const runs = await bringToStages(grounds);

      dying.kill(signal);
      if (signal === 'SIGKILL') await dying.exit;
      for (const { letGo } of runs) letGo();
      expect(await dying.exit).toBe(signal === 'SIGKILL' ? null : 0);
      await startWorkerChild(grounds, grounds.taskQueue);
      await Promise.all(runs.map(({ decide }) => decide()));

      const ends = await Promise.all(runs.map(async (one) => [one.name, await endOf(one)] as const));
      expect(Object.fromEntries(ends)).toEqual(expected());
    },
    120_000,
  );
}

test.concurrent(
  'SIGKILL of the worker between the swaps of two zones leaves no group half moved (G2, D3)',
  async () => {
    const grounds = await openGrounds();
    opened.push(grounds);
    const groups = await openGroups(grounds);
    const dying = await startWorkerChild(grounds, grounds.taskQueue);
    const runs = await bringBetweenZones(groups);

    dying.kill('SIGKILL');
    await dying.exit;
    for (const { letGo } of runs) letGo();
    await startWorkerChild(grounds, grounds.taskQueue);

    expect(await endsOfGroups(runs)).toEqual(expectedOfGroups());
  },
  120_000,
);

const opened: Grounds[] = [];
afterAll(async () => {
  await endChildren();
  await Promise.all(opened.map((grounds) => grounds.close()));
});

interface Brought {
  readonly name: string;
  readonly rig: Rig;
  readonly run: Deployment;
  readonly letGo: () => void;
  /** What it waits for is decided, if it waits. */
  readonly decide: () => Promise<unknown>;
}

/** Those that are kept first: the others stay at their stage for some seconds only. */
async function bringToStages(grounds: Grounds): Promise<readonly Brought[]> {
  const stages = Object.entries(STAGES);
  const keptOnes = stages.filter(([, { keep }]) => keep !== undefined);
  const passing = stages.filter(([, { keep }]) => keep === undefined);
  return [
    ...(await Promise.all(keptOnes.map((stage) => bring(grounds, stage)))),
    ...(await Promise.all(passing.map((stage) => bring(grounds, stage)))),
  ];
}

async function bring(grounds: Grounds, [name, stage]: readonly [string, Stage]): Promise<Brought> {
  const rig = grounds.rig(name);
  const keeping = stage.keep?.(rig);
  const run = await rig.deploy({ gates: [PLAIN], ...stage.request });
  if (stage.abort) {
    await run.until(({ phase }) => phase === 'holding');
    await run.handle.signal('abort', { by: 'a test', reason: 'a test asked for it' });
  }
  await (keeping?.reached ?? run.until((status) => stage.at?.(status) === true));
  const said = { by: 'ann@example.com', reason: 'as agreed' };
  const { then } = stage;
  const decide = () =>
    then === undefined ? Promise.resolve() : run.handle.executeUpdate(MESSAGES[then], { args: [said] });
  return { name, rig, run, letGo: () => keeping?.letGo(), decide };
}

function kept({ arrived, letIn }: ReturnType<typeof hold>): ReturnType<NonNullable<Stage['keep']>> {
  return { reached: arrived, letGo: letIn };
}

/** The first write meets the fault, and whatever is sent later does not. */
function struck(rig: Rig, kind: 'hang' | 'apply-then-hang'): ReturnType<NonNullable<Stage['keep']>> {
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const isFirst = writes(rig, 'step');
  rig.sandbox.route53.faults.add({
    operation: WRITE,
    when: (request) => {
      if (isFirst(request)) reach();
      return isFirst(request);
    },
    fault: { kind },
  });
  return { reached, letGo: () => undefined };
}

interface End {
  readonly outcome: string | undefined;
  /** The type of its failure. */
  readonly why: string | null;
  readonly states: readonly string[];
  readonly fence: string;
  readonly broken: readonly string[];
}

async function endOf({ rig, run }: Brought): Promise<End> {
  const { report, type } = await run.end();
  return {
    outcome: report?.outcome,
    why: type,
    states: rig.observer.everyState(),
    fence: rig.observer.fenceStage(),
    broken: brokenPromises(rig, ['red', 'black']),
  };
}

function expected(): Readonly<Record<string, End>> {
  const states = { promoted: ['red', 'black'], 'rolled-back': ['red', 'black', 'red'] };
  return Object.fromEntries(
    Object.entries(STAGES).map(([name, { ends, why = null }]) => [
      name,
      { outcome: ends, why, states: states[ends], fence: 'idle', broken: [] },
    ]),
  );
}
