import type { FaultedRequest } from '../../sandbox/faults.ts';
import { MESSAGES } from '../../src/contracts/deploy.ts';
import type { Grounds } from './e2e-grounds.ts';
import { brokenGroupPromises } from './group-promises.ts';
import { groupIn, type GroupDeployment, type GroupRig } from './group-yard.ts';

/**
 * Groups whose records of one zone have moved, while those of the other have not: where a death of the worker would leave them half moved (G2).
 */
interface Stage {
  /** Of the zone that comes late: a request that carries this. */
  readonly late: string;
  readonly lands: 'once the worker is gone' | 'never';
  readonly abort?: true;
  readonly ends: 'promoted' | 'rolled-back';
}

const STAGES: readonly Stage[] = [
  { late: ': 50 %', lands: 'once the worker is gone', ends: 'promoted' },
  { late: ': 50 %', lands: 'never', ends: 'promoted' },
  { late: ': promote', lands: 'once the worker is gone', ends: 'promoted' },
  { late: ': rollback', lands: 'once the worker is gone', abort: true, ends: 'rolled-back' },
];

/** Before a worker is told of their endpoints. */
export function openGroups(grounds: Grounds): Promise<readonly GroupRig[]> {
  return Promise.all(STAGES.map((_stage, index) => groupIn({ ...grounds, ids: [] }, [2 * index + 1, 2 * index + 2])));
}

/** Each to its stage. */
export function bringBetweenZones(groups: readonly GroupRig[]): Promise<readonly BroughtGroup[]> {
  return Promise.all(
    STAGES.map((stage, index) => {
      const rig = groups[index];
      if (rig === undefined) throw new Error('one group a stage');
      return bring(stage, rig);
    }),
  );
}

export const endsOfGroups = (brought: readonly BroughtGroup[]) => Promise.all(brought.map(endOf));

export const expectedOfGroups = () => STAGES.map(expected);

export interface BroughtGroup {
  readonly rig: GroupRig;
  readonly run: GroupDeployment;
  readonly letGo: () => void;
}

/** To where one zone has been written and the other has not. */
async function bring(stage: Stage, rig: GroupRig): Promise<BroughtGroup> {
  const [early, late] = [rig.records[0]?.zoneId ?? '', rig.records[2]?.zoneId ?? ''];
  const { arrived, letGo } = keepBack(rig, stage, late);
  const holdMs = stage.abort ? 60_000 : 300;
  const run = await rig.deploy({}, { steps: [50, 100].map((share) => ({ share, holdMs })) });
  if (stage.abort) {
    await run.until(({ phase }) => phase === 'holding');
    await run.handle.signal(MESSAGES.abort, { by: 'a test', reason: 'a test asked for it' });
  }
  await arrived;
  await until(() => rig.sandbox.route53.log.some(({ zoneId, comment }) => zoneId === early && isOf(comment, stage)));
  return { rig, run, letGo };
}

const isOf = (comment: string | undefined, { late }: Stage): boolean => comment?.endsWith(late) === true;

/** The first such write of the late zone waits before Route 53 judges it, or is lost on the way. */
function keepBack(rig: GroupRig, { late, lands }: Stage, zoneId: string) {
  let arrive = (): void => undefined;
  let letGo = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const opened = new Promise<void>((resolve) => (letGo = resolve));
  const isLate = ({ path, body }: FaultedRequest): boolean =>
    path.includes(zoneId) && body.includes(`${late}</Comment>`);
  rig.sandbox.route53.faults.add({
    operation: 'ChangeResourceRecordSets',
    when: (request) => {
      if (isLate(request)) arrive();
      return isLate(request);
    },
    fault: lands === 'never' ? { kind: 'hang' } : { kind: 'meanwhile', run: () => opened },
  });
  return { arrived, letGo };
}

async function endOf({ rig, run }: BroughtGroup) {
  const { report } = await run.end();
  return {
    outcomes: report?.records.map(({ outcome }) => outcome),
    states: rig.records.map(({ observer }) => observer.everyState()),
    fences: rig.records.map(({ observer }) => observer.fenceStage()),
    broken: brokenGroupPromises(rig, { foreign: null, apart: false }),
  };
}

function expected({ ends }: Stage): Awaited<ReturnType<typeof endOf>> {
  const states = { promoted: ['red', '50 %', 'black'], 'rolled-back': ['red', '50 %', 'red'] }[ends];
  const all = <T>(one: T): T[] => [one, one, one, one];
  return { outcomes: all(ends), states: all(states), fences: all('idle'), broken: [] };
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 20));
}
