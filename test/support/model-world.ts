import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { MESSAGES } from '../../src/contracts/deploy.ts';
import type { DeployActivities } from '../../src/contracts/deploy-activities.ts';
import { until, wrapped } from './faults-strike.ts';
import type { Message, Scenario, What } from './model-scenario.ts';
import type { Deployment, Rig } from './yard.ts';

/** Everything outside one deployment: makes the events happen, mends what nothing else ends, decides what only an operator can. */
export interface World {
  readonly around: (activities: DeployActivities) => DeployActivities;
  /** Promises that were seen broken on the way. */
  readonly broken: string[];
  /** When an activity began last, in milliseconds since the epoch. */
  lastSign(): number;
  /** Whether the operator decided to leave what stands. */
  left(): boolean;
  begin(rig: Rig, start: () => Promise<Deployment>): Promise<Deployment>;
  /** Ends every fault, illness and pause. */
  mend(run: Deployment): Promise<void>;
  decide(run: Deployment): Promise<void>;
  /** Approves what nobody has decided. */
  approve(run: Deployment): Promise<void>;
  /** Lets every late write arrive. */
  land(): Promise<void>;
}

interface Scene {
  readonly scenario: Scenario;
  readonly broken: string[];
  rig: Rig | null;
  run: Promise<Deployment> | null;
  begun: number;
  lastSign: number;
  left: boolean;
  /** The record's sets that this run, or nobody, wrote: what a foreign hand puts back when it mends what it did. */
  ours: readonly ResourceRecordSet[];
  /** Every state that may be written over: red as it was, and what this run wrote. */
  readonly known: Set<string>;
  hanging: number;
  open: () => void;
  readonly opened: Promise<void>;
  allow: () => void;
}

export function createWorld(scenario: Scenario): World {
  const scene = newScene(scenario);
  return {
    around: (activities) =>
      wrapped(activities, async (_activity, _input, work) => {
        if (scene.rig === null) return work(); // what comes before the scenario is in peace
        scene.begun += 1;
        scene.lastSign = Date.now();
        for (const { at, what } of scenario.events) if (at === scene.begun) await happen(scene, what);
        return work();
      }),
    broken: scene.broken,
    lastSign: () => scene.lastSign,
    left: () => scene.left,
    begin: async (rig, start) => {
      scene.rig = rig;
      scene.ours = recordSets(rig);
      scene.known.add(JSON.stringify(scene.ours));
      rig.sandbox.route53.onChange((entry) => judgeWrite(scene, rig, entry));
      scene.run = start();
      return scene.run;
    },
    mend: (run) => mend(scene, run),
    decide: (run) => decide(scene, run),
    approve: async (run) => {
      const said = { by: 'the model', reason: 'nobody else did' };
      await run.handle.executeUpdate(MESSAGES.approve, { args: [said] }).catch(() => undefined); // somebody was faster
    },
    land: async () => {
      const { log } = theRig(scene).sandbox.route53;
      const judged = log.length + scene.hanging;
      scene.open();
      await until(() => log.length >= judged);
    },
  };
}

/** The record's own sets, as accepted. */
export function recordSets({ sandbox, record }: Rig): readonly ResourceRecordSet[] {
  return sandbox.route53.recordSets(sandbox.zoneId, record);
}

function newScene(scenario: Scenario): Scene {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const fixed = { scenario, broken: [], known: new Set<string>(), opened, open, allow: () => undefined };
  return { ...fixed, rig: null, run: null, begun: 0, lastSign: Date.now(), left: false, ours: [], hanging: 0 };
}

async function happen(scene: Scene, what: What): Promise<void> {
  const rig = theRig(scene);
  const { route53 } = rig.sandbox;
  switch (what.kind) {
    case 'fault':
      return void route53.faults.add(what);
    case 'zombie':
      return void route53.faults.add({ operation: WRITE, fault: { kind: 'meanwhile', run: () => hang(scene) } });
    case 'denied':
      scene.allow(); // one denial at a time, so that one word ends it
      scene.allow = route53.deny(WRITE);
      return;
    case 'health':
      return rig.sandbox[what.side].behave(what.ill ? { kind: 'status', status: 503 } : { kind: 'well' });
    case 'foreign':
      foreignHand(rig, what.hand);
      return;
    case 'message':
      return send(scene, what.message);
    case 'cancel':
      await (await theRun(scene)).handle.cancel();
      return;
    case 'second deployment':
      return startAgain(scene, rig);
  }
}

const WRITE = 'ChangeResourceRecordSets';

async function hang(scene: Scene): Promise<void> {
  scene.hanging += 1;
  await scene.opened;
}

function foreignHand({ sandbox, record }: Rig, hand: Extract<What, { kind: 'foreign' }>['hand']): void {
  const { route53, zoneId } = sandbox;
  const standing = route53.recordSets(zoneId, record);
  const value = { 'other value': '203.0.113.66', 'red again': '192.0.2.10' };
  const sets: readonly ResourceRecordSet[] =
    hand === 'other TTL'
      ? standing.map((set) => ({ ...set, TTL: 77 }))
      : [{ Name: `${record}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: value[hand] }] }];
  replace(sandbox, standing, sets);
}

function replace(
  { route53, zoneId }: Rig['sandbox'],
  from: readonly ResourceRecordSet[],
  to: readonly ResourceRecordSet[],
): void {
  route53.change(
    zoneId,
    ...from.map((recordSet) => ({ action: 'DELETE' as const, recordSet })),
    ...to.map((recordSet) => ({ action: 'CREATE' as const, recordSet })),
  );
}

/** D4: what somebody else wrote is never overwritten, not even by a rollback. */
function judgeWrite(scene: Scene, rig: Rig, entry: Rig['sandbox']['route53']['log'][number]): void {
  const sets = (all: readonly ResourceRecordSet[]) => all.filter(({ Name }) => Name === `${rig.record}.`);
  const touches = entry.changes.some(({ recordSet }) => recordSet.Name === `${rig.record}.`);
  if (!touches || entry.by === 'foreign') return;
  const [before, after] = [sets(entry.before), sets(entry.after)];
  if (!scene.known.has(JSON.stringify(before)))
    scene.broken.push(`D4: it wrote over ${JSON.stringify(before)}, which somebody else had written`);
  scene.known.add(JSON.stringify(after));
  scene.ours = after;
}

async function send(scene: Scene, message: Message): Promise<void> {
  const { handle } = await theRun(scene);
  const said = { by: 'the model', reason: 'the model asked for it', full: false };
  if (message === 'abort') return handle.signal(MESSAGES.abort, said);
  // Not waited for: the answer comes when the run has heard it, and an activity that begins must not wait for its own workflow.
  void handle.executeUpdate(MESSAGES[message], { args: [said] }).catch(() => undefined); // late ones are refused
}

/** D6: the name is locked while a deployment of it runs. */
async function startAgain({ broken }: Scene, rig: Rig): Promise<void> {
  await rig.deploy().then(
    () => void broken.push('D6: a second deployment of the name started beside the first'),
    (error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    },
  );
}

async function mend(scene: Scene, run: Deployment): Promise<void> {
  const { sandbox } = theRig(scene);
  sandbox.route53.faults.clear();
  scene.allow();
  await sandbox.black.behave({ kind: 'well' });
  await sandbox.red.behave({ kind: 'well' });
  await run.handle.executeUpdate(MESSAGES.resume, { args: [{ by: 'the model', reason: '' }] }).catch(() => undefined);
}

/** Leaves what stands, or undoes by hand what the foreign hand did and lets the rollback try again. */
async function decide(scene: Scene, run: Deployment): Promise<void> {
  const rig = theRig(scene);
  const leave = scene.scenario.decision === 'leave';
  if (!leave) replace(rig.sandbox, recordSets(rig), scene.ours);
  scene.left ||= leave;
  const request = { by: 'the model', decision: leave ? 'leave' : 'retry', reason: 'the model decided' };
  await run.handle.executeUpdate(MESSAGES.resolve, { args: [request] }).catch(() => undefined); // it may have moved on
}

function theRig({ rig }: Scene): Rig {
  if (rig === null) throw new Error('the world has not begun');
  return rig;
}

function theRun({ run }: Scene): Promise<Deployment> {
  if (run === null) throw new Error('the world has not begun');
  return run;
}
