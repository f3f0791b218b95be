import { MESSAGES, type DeployStatus, type Pace } from '../../src/contracts/deploy.ts';
import { atTheHold, drive, endWord, faultPace, limitsOf, restOf, unsaid, writtenBeforeRead } from './faults-drive.ts';
import { openScene, type Scene } from './faults-scenes.ts';
import { isWatch, type Cell } from './faults-table.ts';
import { aimAt, strike } from './faults-strike.ts';
import { batchesOf, brokenPromises } from './promises.ts';
import { FAST, PLAIN, type Deployment, type Rig, type Yard } from './yard.ts';

/** What a cell saw: compared whole, so that a red cell shows everything that was wrong with it. */
export interface Seen {
  readonly struck: boolean;
  readonly broken: readonly string[];
  readonly end: string;
  readonly stands: string;
  readonly standsAfterLateWrites: string;
  readonly fence: string;
  /** What a failed run does not say of itself (A3). */
  readonly unsaid: readonly string[];
}

/** What somebody else wrote. */
export const FOREIGN = 'foreign: 203.0.113.66';

/** What every cell must see: nothing but the end depends on the fault. */
export function expected({ ends }: Cell): Seen {
  const stands = { promoted: 'black', red: 'red', foreign: FOREIGN }[ends];
  return {
    struck: true,
    broken: [],
    end: ends,
    stands,
    standsAfterLateWrites: stands,
    fence: 'at rest',
    unsaid: [],
  };
}

const PACE: Pace = { ...faultPace(FAST), probeEveryMs: 60 };

/** Runs one deployment that meets the cell's fault, and tells what became of the record. */
export async function runCell(yard: Yard, cell: Cell): Promise<Seen> {
  const aim = aimAt(cell.row);
  const { writeMs, probeTimeoutMs, holdMs } = limitsOf(cell);
  const options = { aroundAll: aim.around, writeMs, askTimeoutMs: 300, withoutTls: true };
  const scene = await openScene(cell.row.scene ?? 'plain', yard, { options, aim });
  const { rig, place } = scene;
  const handle = () => yard.temporal.client.workflow.getHandle(`deploy:${rig.record}`);
  const struck = strike(cell, { rig: place, aim, handle });
  if (cell.row.way === 'back') atTheHold(aim, () => void place.black.behave({ kind: 'status', status: 503 }));
  const steps = [50, 100].map((share) => ({ share, holdMs }));
  const run = await rig.deploy({
    steps,
    gates: [PLAIN],
    pace: { ...PACE, probeTimeoutMs, ...scene.pace },
    ...scene.asks,
  });
  const company = scene.accompany(run, struck);
  const said = await drive(cell, run, struck);
  const stands = scene.observer.now();
  await struck.heal();
  await struck.land();
  await company;
  const seen = await judged(cell, scene, run);
  const broken = [...seen.broken, ...hurried(cell, rig)];
  await scene.close();
  return { ...seen, broken, struck: struck.fired() > 0, stands, unsaid: [...said, ...seen.unsaid] };
}

async function judged({ ends }: Cell, { rig, observer }: Scene, run: Deployment): Promise<Seen> {
  const end = await run.end();
  const status = await run.handle.query<DeployStatus>(MESSAGES.status);
  const wrote = observer.writes() > 0;
  const isForeign = observer.now() === FOREIGN;
  const own = batchesOf(rig).filter(({ accepted, foreign }) => accepted && !foreign);
  const firstWrite = own.at(-observer.writes())?.at ?? null;
  const allowed = ['red', '50 %', 'black', ...(ends === 'foreign' ? [FOREIGN] : [])];
  return {
    struck: true,
    broken: [
      ...brokenPromises({ ...rig, observer }, allowed),
      ...(wrote ? await writtenBeforeRead(firstWrite, run) : []),
    ],
    end: endWord({ status, end, wrote, isForeign, stops: true }),
    stands: observer.now(),
    standsAfterLateWrites: observer.now(),
    fence: restOf(observer.fenceStage(), wrote),
    unsaid: unsaid(status, end),
  };
}

/** What Route 53 asks for with Retry-After is waited for: a look for drift has a rhythm of its own. */
function hurried({ row, fault }: Cell, { sandbox }: Rig): readonly string[] {
  if (fault.name !== 'throttled with Retry-After' || isWatch(row)) return [];
  const { seen } = sandbox.route53.faults;
  return seen.flatMap((refused, index) => {
    if (refused.fault === undefined) return [];
    const next = seen.slice(index + 1).find(({ operation }) => operation === refused.operation);
    const waited = (next?.at ?? Infinity) - refused.at;
    return waited >= 1_990 ? [] : [`Retry-After: ${refused.operation} came again after ${waited} ms`];
  });
}
