import type { WorkflowHandle } from '@temporalio/client';
import { assertNever } from '../../src/core/assert-never.ts';
import type { GuardReport } from '../../src/contracts/guard.ts';
import { RESET_WORKFLOW, resetId, type ResetRequest, type ResetResult } from '../../src/contracts/reset.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { FOREIGN } from './faults-judge.ts';
import { aimAt, until, type Strike } from './faults-strike.ts';
import {
  FAST_GUARD,
  fenceThatStands,
  mendActivities,
  repairByHand,
  type GuardYard,
  type MendActivities,
} from './guard-yard.ts';
import { strikeMending } from './mend-faults-strike.ts';
import type { MendCell, MendRow } from './mend-faults-table.ts';
import { observe, type Observer } from './observer.ts';
import { brokenPromises } from './promises.ts';
import { endOf } from './run-handle.ts';
import { setBack, workflowTaskBefore } from './set-back.ts';
import { openRelay, type TemporalRelay } from './temporal-relay.ts';
import { depsFor, PLAIN, type Deployment, type Rig } from './yard.ts';

/** What a cell saw: compared whole, so that a red cell shows everything that was wrong with it. */
export interface MendSeen {
  readonly struck: boolean;
  readonly broken: readonly string[];
  /** What the first attempt said of itself. */
  readonly said: string;
  /** What either attempt said that was not so, or did not say (A3). */
  readonly untrue: readonly string[];
  /** After a later look. */
  readonly stands: string;
  readonly standsAfterLateWrites: string;
  readonly fence: string;
  /** How the run ended that had the record at last; `dead`: it had been terminated. */
  readonly run: string;
}

/** What every cell must see. */
export function expectedOfMending(cell: MendCell): MendSeen {
  const { stands, fence, run } = lastOf(cell);
  return {
    struck: true,
    broken: [],
    said: saidOf(cell),
    untrue: [],
    stands,
    standsAfterLateWrites: stands,
    fence,
    run,
  };
}

type Last = Pick<MendSeen, 'stands' | 'fence' | 'run'>;

const RESTORED: Last = { stands: 'red', fence: 'at rest', run: 'dead' };
const LEFT: Last = { stands: '50 %', fence: 'in the middle', run: 'rolled-back' };

function lastOf({ row: { who, owner, port }, fault, ends }: MendCell): Last {
  if (ends === 'theirs') return { stands: FOREIGN, fence: 'in the middle', run: 'dead' };
  if (ends === 'their fence') return { stands: '50 %', fence: 'theirs', run: 'dead' };
  if (who === 'guard') return ends === 'overtaken' || owner !== 'dead' ? LEFT : RESTORED;
  if (ends !== 'overtaken' && owner === 'dead') return RESTORED;
  const hears = owner === 'lives' ? fault.name === 'Temporal answers late' : port === 'read'; // before it is asked to abort
  return { ...RESTORED, run: hears ? 'rolled-back' : 'superseded' };
}

function saidOf(cell: MendCell): string {
  return cell.row.who === 'guard' ? saidByGuard(cell) : RESETS[cell.ends];
}

const CALLED_OFF = 'cancelled, or at its end before';

const RESETS: Readonly<Record<MendCell['ends'], string>> = {
  mended: 'restored',
  'given up': 'NotRestored',
  theirs: 'Foreign',
  'their fence': 'Refused',
  overtaken: 'restored',
  'called off': CALLED_OFF,
};

function saidByGuard({ row: { owner, activity }, fault, ends }: MendCell): string {
  const repairs = activity === 'repairRecords';
  switch (ends) {
    case 'mended':
      // What it has restored without being heard, it finds at rest when it is asked again.
      return owner !== 'dead' || (repairs && fault.name.startsWith('done')) ? 'quiet' : 'restored';
    case 'given up':
      return repairs ? 'act' : 'not-seen';
    case 'theirs':
    case 'their fence':
      return 'refused';
    case 'overtaken':
      return repairs ? 'refused' : 'quiet';
    case 'called off':
      return CALLED_OFF;
    default:
      return assertNever(ends);
  }
}

/** Lets a guard or a reset meet the cell's fault, then another one come by when it is over, and tells what became of the record. */
export async function runMendCell(yard: GuardYard, cell: MendCell): Promise<MendSeen> {
  const scene = await openScene(yard, cell);
  const { rig, observer, struck } = scene;
  const first = await attempt(scene);
  await struck.heal();
  const second = await attempt(scene);
  const stands = observer.now();
  await struck.land();
  const standsAfterLateWrites = observer.now();
  const fence = fenceOf(scene);
  const run = await endOfRun(scene);
  const seen = {
    struck: struck.fired() > 0,
    broken: brokenPromises({ ...rig, observer }, ['red', '50 %', 'black', ...(stands === FOREIGN ? [FOREIGN] : [])]),
    said: cell.ends === 'called off' && ENDS_WELL.has(first.said) ? CALLED_OFF : first.said,
    untrue: [...first.untrue, ...second.untrue.map((sentence) => `the second time: ${sentence}`)],
    ...{ stands, standsAfterLateWrites, fence, run },
  };
  await scene.close();
  return seen;
}

/** A table has no processor time for very many handshakes. */
const PLAINLY = { gates: [PLAIN] };

interface MendScene {
  readonly yard: GuardYard;
  readonly cell: MendCell;
  readonly rig: Rig;
  readonly observer: Observer;
  readonly struck: Strike;
  /** The run that has the record, and the guard or reset that was started last. */
  readonly at: { run: Deployment; handle: WorkflowHandle | null; lives: boolean };
  close(): Promise<void>;
}

async function openScene(yard: GuardYard, cell: MendCell): Promise<MendScene> {
  const { row } = cell;
  const rig = await yard.rig({ withoutTls: true });
  const { sandbox, record } = rig;
  const { run, observer } =
    row.hashed === true ? await atMany(yard, rig) : { run: await yard.atHalf(rig, PLAINLY), observer: rig.observer };
  const relay = row.port === 'temporal' || row.owner === 'deaf' ? await openRelay(yard.temporal) : null;
  const at: MendScene['at'] = { run, handle: null, lives: row.owner === 'lives' || row.owner === 'deaf' };
  if (!at.lives) await run.handle.terminate('a test pulled the plug');
  if (row.owner === 'deaf') relay?.refuse();
  const aim = aimAt({ ...row, which: '' });
  yard.use(rig, setBackOnce(yard, at, row, aim.around(activitiesOf(cell, sandbox, relay))));
  const takeOver = async () => {
    await repairByHand(rig, fenceThatStands(rig));
    at.run = await yard.atHalf(rig, PLAINLY);
    at.lives = true;
  };
  const handle = () => {
    if (at.handle === null) throw new Error('nothing has been started');
    return at.handle;
  };
  const place = { sandbox, record, zoneId: sandbox.zoneId, black: sandbox.black, prometheus: null };
  const struck = strikeMending(cell, { rig: place, aim, handle, relay, takeOver });
  const close = async () => {
    await relay?.close();
    await rig.close();
  };
  return { yard, cell, rig, observer, struck, at, close };
}

/** A deployment whose fence has no room for more than the hash of red. */
async function atMany(yard: GuardYard, rig: Rig) {
  const { sandbox, record } = rig;
  const red = Array.from({ length: 80 }, (_, at) => `192.0.2.${at + 100}`);
  const many = red.map((Value) => ({ Value }));
  sandbox.route53.put(sandbox.zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: many });
  const observer = observe(sandbox, record, { red, black: ['192.0.2.20'] });
  const run = await yard.deploy(rig, { gates: [], unchecked: true, holdMs: 120_000, bakeMs: 120_000 });
  await run.until(({ phase }) => phase === 'holding');
  return { run, observer };
}

function activitiesOf({ fault }: MendCell, sandbox: Sandbox, relay: TemporalRelay | null): MendActivities {
  const writeMs = fault.name.includes('silence past') ? 400 : 5_000;
  const deps = depsFor(sandbox, { withoutTls: true, askTimeoutMs: 300, writeMs });
  return mendActivities(relay === null ? deps : { ...deps, temporal: () => relay.client });
}

/** As Temporal's own reset does: the run is closed for a moment, and goes on under another run id. */
function setBackOnce(
  yard: GuardYard,
  at: MendScene['at'],
  { owner }: MendRow,
  activities: MendActivities,
): MendActivities {
  if (owner !== 'set back') return activities;
  return {
    ...activities,
    askOwners: async (input) => {
      const sight = await activities.askOwners(input);
      if (!at.lives && Object.values(sight.owners).some(({ kind }) => kind === 'closed')) {
        at.lives = true;
        at.run = await setBack(yard.temporal, at.run, (events) => workflowTaskBefore(events, 'watchEndpoints'));
      }
      return sight;
    },
  };
}

const ENDS_WELL = new Set(['cancelled', 'restored', 'quiet']);

interface Attempt {
  readonly said: string;
  readonly untrue: readonly string[];
}

function attempt(scene: MendScene): Promise<Attempt> {
  return scene.cell.row.who === 'guard' ? guardOnce(scene) : resetOnce(scene);
}

async function guardOnce(scene: MendScene): Promise<Attempt> {
  const { yard, rig, cell, at } = scene;
  const limitMs = cell.times === 'until healed' && ['dns', 'change'].includes(cell.row.port) ? 1_200 : 8_000;
  const inARow = cell.row.port === 'dns' ? 20 : 2; // a server that still answers with half of each shows red at every second question
  const pace = { ...FAST_GUARD, insync: { pollMs: 20, limitMs }, verify: { inARow, everyMs: 5, limitMs } };
  const handle = await yard.startGuard(rig, { pace });
  at.handle = handle;
  const { status, report, message } = await endOf<GuardReport>(handle);
  if (status === 'CANCELLED') return { said: 'cancelled', untrue: [] };
  if (report === null) return { said: `${status}: ${message}`, untrue: [] };
  return { said: report.outcome, untrue: [...untrueIn(scene, report.outcome), ...report.records.flatMap(unsaidIn)] };
}

function unsaidIn({ sentence, next, repair }: GuardReport['records'][number]): readonly string[] {
  const last = repair ?? { sentence, next, outcome: 'none' };
  return [
    ...(last.sentence === '' ? ['it has no sentence'] : []),
    ...(last.outcome === 'failed' && last.next === null ? ['it failed and does not say what to do'] : []),
  ];
}

async function resetOnce(scene: MendScene): Promise<Attempt> {
  const { yard, rig, at, cell, struck } = scene;
  const workflowId = resetId(rig.record);
  yard.ids.push(workflowId);
  const handle = await yard.temporal.client.workflow.start<(request: ResetRequest) => Promise<ResetResult>>(
    RESET_WORKFLOW,
    { workflowId, taskQueue: yard.taskQueue, args: [resetRequest(rig)] },
  );
  at.handle = handle;
  const ended = endOf<ResetResult>(handle);
  if (cell.ends === 'mended' && cell.times === 'until healed') await healWhenSeen(struck, ended);
  const { status, type, message } = await ended;
  if (status === 'CANCELLED') return { said: 'cancelled', untrue: [] };
  if (status === 'COMPLETED') return { said: 'restored', untrue: untrueIn(scene, 'restored') };
  return { said: type ?? status, untrue: message.length > 20 ? [] : [`it has no sentence: ${message}`] };
}

/** A reset goes on asking for minutes. */
async function healWhenSeen(struck: Strike, ended: Promise<unknown>): Promise<void> {
  const over = { yet: false };
  void ended.then(() => (over.yet = true));
  await until(() => over.yet || struck.fired() > 0);
  await new Promise((resolve) => setTimeout(resolve, 600));
  await struck.heal();
}

function resetRequest({ record }: Rig): ResetRequest {
  const target = { kind: 'values', values: ['192.0.2.10'] } as const;
  const wish = { kind: 'default', target, ttl: null, leave: [] } as const;
  return {
    task: { record, zone: null, role: null, wish, verify: 'authoritative' },
    reason: 'an alarm of a test went off',
  };
}

/** What a report says of a record that stands otherwise. */
function untrueIn(scene: MendScene, said: string): readonly string[] {
  const [stands, fence] = [scene.observer.now(), fenceOf(scene)];
  const isBack = stands === 'red' && fence === 'at rest';
  if (said === 'restored' && !isBack) return [`it says that red is restored: ${stands}, the fence ${fence}`];
  if (said === 'quiet' && !isBack && !scene.at.lives) return [`it finds nothing: ${stands}, the fence ${fence}`];
  return [];
}

function fenceOf({ observer }: MendScene): string {
  const stage = observer.fenceStage();
  if (stage === 'none') return 'theirs';
  return stage === 'idle' || stage === 'reset' ? 'at rest' : 'in the middle';
}

async function endOfRun({ at, cell }: MendScene): Promise<string> {
  if (!at.lives) return 'dead';
  if (cell.row.who === 'guard') await at.run.abort();
  return (await at.run.end()).report?.outcome ?? 'none';
}
