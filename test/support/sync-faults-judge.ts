import { endOf, FAULTS, TIMES, type Cell } from './sync-faults-table.ts';
import { runDirectly } from './sync-direct.ts';
import { setScene, type Scene } from './sync-faults-scene.ts';
import { brokenS3, brokenSyncPromises } from './sync-promises.ts';
import { closeServices, faultsOf, type SyncEnd, type SyncRig, type SyncYard } from './sync-yard.ts';

/** What a cell saw: compared whole, so that a red cell shows everything that was wrong with it. */
export interface Seen {
  readonly struck: boolean;
  readonly end: string;
  /** Of the next run, where the first did not end synced. */
  readonly next: string;
  readonly broken: readonly string[];
  /** What a run wrote that had nothing to do: in To Do and in Todoist. */
  readonly written: readonly [number, number];
  /** Lists of one name. */
  readonly twice: readonly string[];
}

/** What every cell must see: nothing but the end of the first run depends on the fault. */
export function expected(cell: Cell): Seen {
  return { struck: true, end: endOf(cell), next: 'synced', broken: [], written: [0, 0], twice: [] };
}

/** Plays the scene while the cell's fault strikes, and tells what became of both sides. */
export async function runCell(yard: SyncYard, cell: Cell): Promise<Seen> {
  const scene = await setScene(yard, cell.row);
  const { rig, request } = scene;
  const plan = faultsOf(rig, cell.row.plan);
  const rule = plan.add({ operation: cell.row.operation, fault: FAULTS[cell.fault], times: TIMES[cell.times] });
  const end = said(await rig.sync(request));
  await plan.landed();
  const between = brokenAfter(scene, end);
  rule.remove();
  const next = end === 'synced' ? end : said(await rig.sync(request));
  const before = writesOf(rig);
  await runDirectly(rig, request);
  const after = writesOf(rig);
  await closeServices(rig);
  return {
    struck: rule.fired() > 0,
    end,
    next,
    broken: [...between, ...brokenSyncPromises(rig, scene)],
    written: [after[0] - before[0], after[1] - before[1]],
    twice: namesTwice(rig),
  };
}

/** What a run says of itself is only how it ended; a failure by its type, tasks set aside by their reasons. */
function said({ report, type, message }: SyncEnd): string {
  if (report?.outcome === 'failed') return type ?? message;
  return [report?.outcome ?? message, ...(report?.setAside ?? []).map(({ reason }) => reason)].join(': ');
}

/** S3 holds at any time, S1 where a run says that it is done. */
function brokenAfter({ rig, inScope }: Scene, end: string): readonly string[] {
  const broken = end === 'synced' ? brokenSyncPromises(rig, { inScope }) : brokenS3(rig);
  return broken.map((sentence) => `after the first run, ${sentence}`);
}

const writesOf = ({ graph, todoist }: SyncRig): readonly [number, number] => [graph.writes, todoist.writes];

function namesTwice({ graph }: SyncRig): readonly string[] {
  const names = graph.lists().map(({ displayName }) => displayName);
  return names.filter((name, index) => names.indexOf(name) !== index);
}
