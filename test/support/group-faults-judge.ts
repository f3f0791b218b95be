import type { GroupStatus } from '../../src/contracts/deploy-group.ts';
import type { Pace } from '../../src/contracts/deploy.ts';
import { atTheHold, drive, endWord, faultPace, limitsOf, restOf, unsaid, writtenBeforeRead } from './faults-drive.ts';
import { FOREIGN } from './faults-judge.ts';
import { approveWhen, openAsking, openMeasuring, type Measuring } from './faults-scenes.ts';
import { aimAt, strike, type Aim } from './faults-strike.ts';
import type { Cell, SceneName } from './faults-table.ts';
import { brokenGroupPromises, writesOf } from './group-promises.ts';
import {
  CALM,
  groupRig,
  lockStatus,
  type GroupDeployment,
  type GroupRecord,
  type GroupRig,
  type GroupRigOptions,
} from './group-yard.ts';
import { batchesOf } from './promises.ts';
import { groupPromotedFirst } from './promoted-first.ts';
import { PLAIN, type Yard } from './yard.ts';

/** What a cell saw of a group; records in the order of their names, the first is in the zone that was struck. */
export interface GroupSeen {
  readonly struck: boolean;
  readonly broken: readonly string[];
  readonly end: string;
  readonly stands: readonly string[];
  readonly standsAfterLateWrites: readonly string[];
  readonly fences: readonly string[];
  /** Whether the lock of each record ended, saying what became of it (G4). */
  readonly locks: readonly string[];
  readonly unsaid: readonly string[];
}

/** Two zones of two records: what strikes one strikes a batch of several. */
const RECORDS = 4;

export function expectedOfGroup({ ends }: Cell): GroupSeen {
  const all = (state: string, first = state) => [first, ...Array.from({ length: RECORDS - 1 }, () => state)];
  const stands = { promoted: all('black'), red: all('red'), foreign: all('red', FOREIGN) }[ends];
  return {
    struck: true,
    broken: [],
    end: ends,
    stands,
    standsAfterLateWrites: stands,
    fences: all('at rest'),
    locks: all('told'),
    unsaid: [],
  };
}

const PACE: Pace = { ...faultPace(CALM), probeEveryMs: 100 };

/** Deploys a group, one zone of which meets the cell's fault, and tells what became of its records. */
export async function runGroupCell(yard: Yard, cell: Cell): Promise<GroupSeen> {
  const aim = aimAt(cell.row);
  const { writeMs, probeTimeoutMs, holdMs } = limitsOf(cell);
  const measuring = (await MEASURING[cell.row.scene ?? 'plain']?.()) ?? null;
  const options = { aroundAll: aim.around, writeMs, askTimeoutMs: 300, env: measuring?.metrics.env() ?? {} };
  const { rig, request } = await openGroup(yard, { cell, aim, options });
  const [first] = rig.records;
  if (first === undefined) throw new Error('a group has a first record');
  aim.zoneId = first.zoneId;
  const handle = () => yard.temporal.client.workflow.getHandle(`deploy-group:${rig.group}`);
  const struck = strike(cell, {
    rig: { ...first, sandbox: rig.sandbox, prometheus: measuring?.metrics.prometheus ?? null },
    aim,
    handle,
  });
  if (cell.row.way === 'back') atTheHold(aim, () => void first.black.behave({ kind: 'status', status: 503 }));
  const steps = [50, 100].map((share) => ({ share, holdMs }));
  const shared = { steps, gates: [PLAIN], ...measuring?.asks, pace: { ...PACE, probeTimeoutMs, ...measuring?.pace } };
  const run = await rig.deploy(request, shared);
  const company = cell.row.scene === 'waived' ? approveWhen(run, () => struck.fired() > 0) : null;
  const said = await drive(cell, run, struck);
  const stands = rig.now();
  await struck.heal();
  await struck.land();
  await company;
  const seen = await judged(cell, rig, run);
  await Promise.all([rig.sandbox.close(), measuring?.metrics.close()]);
  return { ...seen, struck: struck.fired() > 0, stands, unsaid: [...said, ...seen.unsaid] };
}

/** What gates on metrics a scene has. */
const MEASURING: Partial<Record<SceneName, () => Promise<Measuring>>> = { measured: openMeasuring, waived: openAsking };

interface Opening {
  readonly cell: Cell;
  readonly aim: Aim;
  readonly options: GroupRigOptions;
}

/** The group that is to be deployed; of an undo one that has been promoted in peace. */
async function openGroup(yard: Yard, { cell, aim, options }: Opening) {
  const rig = await groupRig(yard, options);
  if (cell.row.scene !== 'undone') return { rig, request: {} };
  aim.armed = false;
  const undone = await groupPromotedFirst(rig, { pace: PACE });
  aim.armed = true;
  return undone;
}

async function judged(cell: Cell, rig: GroupRig, run: GroupDeployment): Promise<Omit<GroupSeen, 'struck' | 'stands'>> {
  const end = await run.end();
  const status = await run.status();
  const firstWrite = writesOf(rig)[0]?.at ?? null;
  return {
    broken: [
      ...brokenGroupPromises(rig, {
        foreign: cell.ends === 'foreign' ? FOREIGN : null,
        apart: cell.row.activity === 'restoreZone' && cell.fault.name === 'AccessDenied',
      }),
      ...(await writtenBeforeRead(firstWrite, run)),
    ],
    // Where nothing of ours had been written to it, what somebody else wrote there is no stop of the rollback.
    end: endWord({ status, end, wrote: writesOf(rig).length > 0, isForeign: rig.now()[0] === FOREIGN, stops: false }),
    standsAfterLateWrites: rig.now(),
    fences: rig.records.map((record) => fenceOf(rig, record)),
    locks: await Promise.all(rig.records.map((record) => lockOf(rig, record, status))),
    unsaid: unsaid(status, end),
  };
}

function fenceOf({ sandbox }: GroupRig, { record, observer }: GroupRecord): string {
  const wrote = batchesOf({ sandbox, record }).some(({ accepted, foreign }) => accepted && !foreign);
  return restOf(observer.fenceStage(), wrote);
}

async function lockOf(rig: GroupRig, { record }: GroupRecord, { records }: GroupStatus): Promise<string> {
  const lock = rig.lockOf(record);
  const { status } = await lock.describe();
  if (status.name === 'RUNNING') return 'held after the end';
  const { outcome } = await lockStatus(lock);
  const own = records.find((one) => one.record === record)?.outcome ?? null;
  return outcome === own && own !== null
    ? 'told'
    : `says ${outcome ?? 'nothing'}, and the record is ${own ?? 'nothing'}`;
}
