import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { Endpoint } from '../../sandbox/endpoints/endpoint.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { MESSAGES, type DeployStatus } from '../../src/contracts/deploy.ts';
import { until, wrapped } from './faults-strike.ts';
import type { ModelMetric } from './model-metric.ts';
import type { Message, Play, What } from './model-scenario.ts';
import type { RunEnd } from './run-handle.ts';
import type { AllActivities } from './yard.ts';

/** A record that a run moves, alone or in a group. */
export interface ModelRecord {
  readonly record: string;
  readonly zoneId: string;
  readonly red: Endpoint;
  readonly black: Endpoint;
}

/** A deployment of a record or of a group, from the outside. */
export interface ModelRun {
  readonly handle: WorkflowHandle;
  status(): Promise<DeployStatus>;
  end(): Promise<RunEnd<unknown>>;
}

/** Where a run takes place, and what others can do there. */
export interface Ground {
  readonly sandbox: Sandbox;
  readonly records: readonly ModelRecord[];
  readonly metric: ModelMetric | null;
  /** Deploys one record alone. */
  deploy(record: string): Promise<unknown>;
  /** Somebody's client, which goes on by itself. */
  readonly ifBusy?: (what: What & { readonly kind: 'if busy' }) => void;
  /** Puts one record on its default without Temporal, while everything else goes on. */
  readonly reset?: (record: ModelRecord) => void;
}

/** Everything outside of runs: makes the events happen, mends what nothing else ends, decides what only an operator can. */
export interface World {
  readonly around: (activities: AllActivities) => AllActivities;
  /** Promises that were seen broken on the way. */
  readonly broken: string[];
  /** When an activity began last, in milliseconds since the epoch. */
  lastSign(): number;
  /** Whether the operator decided to leave what stands. */
  left(): boolean;
  begin<Run extends ModelRun>(ground: Ground, start: () => Promise<Run>): Promise<Run>;
  /** From here on messages are for this run. */
  turnTo(run: ModelRun): void;
  /** What a run found at its records, which are those of the ground in their order. */
  foundBy(runId: string): readonly RecordSets[];
  /** Ends every fault, illness and pause. */
  mend(run: ModelRun): Promise<void>;
  decide(run: ModelRun): Promise<void>;
  /** Decides an approval that nobody has decided. */
  answer(run: ModelRun): Promise<void>;
  /** Lets every late write arrive. */
  land(): Promise<void>;
}

export type RecordSets = readonly ResourceRecordSet[];

interface Scene {
  readonly scenario: Play;
  readonly broken: string[];
  ground: Ground | null;
  run: Promise<ModelRun> | null;
  begun: number;
  lastSign: number;
  left: boolean;
  /** Of each record the sets that a run, or nobody, wrote: what a foreign hand puts back when it mends what it did. */
  readonly ours: Map<string, RecordSets>;
  /** Every state that may be written over: red as it was, and what runs wrote. */
  readonly known: Set<string>;
  /** By run. */
  readonly starts: Map<string, Start>;
  hanging: number;
  open: () => void;
  readonly opened: Promise<void>;
  allow: () => void;
}

/** The begin of a run: what it found, and whether it still reads. */
interface Start {
  found: readonly RecordSets[];
  reading: boolean;
}

export function createWorld(scenario: Play): World {
  const scene = newScene(scenario);
  return {
    around: (activities) =>
      wrapped(activities, async (activity, _input, work) => {
        if (scene.ground === null) return work(); // what comes before the scenario is in peace
        scene.begun += 1;
        scene.lastSign = Date.now();
        noteStart(scene, activity);
        for (const { at, of, what } of scenario.events) if (at === scene.begun) await happen(scene, what, of);
        return work();
      }),
    broken: scene.broken,
    lastSign: () => scene.lastSign,
    left: () => scene.left,
    begin: async (ground, start) => {
      scene.ground = ground;
      for (const one of ground.records) keep(scene, one, setsOf(ground, one));
      ground.sandbox.route53.onChange((entry) => judgeWrite(scene, ground, entry));
      const run = start();
      scene.run = run;
      return run;
    },
    turnTo: (run) => void (scene.run = Promise.resolve(run)),
    foundBy: (runId) => scene.starts.get(runId)?.found ?? [],
    mend: (run) => mend(scene, run),
    decide: (run) => decide(scene, run),
    answer: (run) => answer(scene, run),
    land: async () => {
      const { log } = theGround(scene).sandbox.route53;
      const judged = log.length + scene.hanging;
      scene.open();
      await until(() => log.length >= judged);
    },
  };
}

/** The record's own sets, as accepted. */
export function setsOf({ sandbox }: Pick<Ground, 'sandbox'>, { record, zoneId }: Place): RecordSets {
  return sandbox.route53.recordSets(zoneId, record);
}

type Place = Pick<ModelRecord, 'record' | 'zoneId'>;

function newScene(scenario: Play): Scene {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const none = { ground: null, run: null, begun: 0, lastSign: Date.now(), left: false, hanging: 0 };
  const kept = { ours: new Map<string, RecordSets>(), known: new Set<string>(), starts: new Map<string, Start>() };
  return { scenario, broken: [], ...none, ...kept, opened, open, allow: () => undefined };
}

/** From here on this is no foreign hand's. */
function keep(scene: Scene, { record }: Place, sets: RecordSets): void {
  scene.ours.set(record, sets);
  scene.known.add(stateOf(record, sets));
}

const stateOf = (record: string, sets: RecordSets): string => `${record} ${JSON.stringify(sets)}`;

/** What stands when a run begins to read is what it has to put back, and to write over. */
function noteStart(scene: Scene, activity: string): void {
  const runId = Context.current().info.workflowExecution?.runId ?? '';
  const ground = theGround(scene);
  const start = scene.starts.get(runId);
  if (start !== undefined) start.reading &&= isRead(activity);
  else if (isRead(activity))
    scene.starts.set(runId, { found: ground.records.map((one) => setsOf(ground, one)), reading: true });
}

const isRead = (activity: string): boolean => activity === 'readRecord' || activity === 'readRecords';

async function happen(scene: Scene, what: What, of: number): Promise<void> {
  const ground = theGround(scene);
  const { route53 } = ground.sandbox;
  const one = ground.records[of % ground.records.length];
  if (one === undefined) throw new Error('a ground has at least one record');
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
      return one[what.side].behave(what.ill ? { kind: 'status', status: 503 } : { kind: 'well' });
    case 'metric':
      ground.metric?.tell(what.told);
      return;
    case 'foreign':
      foreignHand(scene, one, what.hand);
      return;
    case 'reset':
      ground.reset?.(one);
      return;
    case 'message':
      return send(scene, what.message);
    case 'cancel':
      await (await theRun(scene)).handle.cancel().catch(() => undefined); // it may just have ended
      return;
    case 'second deployment':
      return startAgain(scene, one);
    case 'if busy':
      ground.ifBusy?.(what);
      return;
  }
}

const WRITE = 'ChangeResourceRecordSets';

async function hang(scene: Scene): Promise<void> {
  scene.hanging += 1;
  await scene.opened;
}

function foreignHand(scene: Scene, one: ModelRecord, hand: Extract<What, { kind: 'foreign' }>['hand']): void {
  const ground = theGround(scene);
  const standing = setsOf(ground, one);
  const value = { 'other value': '203.0.113.66', 'red again': one.red.address };
  const sets: RecordSets =
    hand === 'other TTL'
      ? standing.map((set) => ({ ...set, TTL: 77 }))
      : [{ Name: `${one.record}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: value[hand] }] }];
  replace(ground.sandbox, one, { from: standing, to: sets });
  for (const start of scene.starts.values()) {
    if (!start.reading) continue;
    start.found = ground.records.map((each) => setsOf(ground, each)); // read only now, so that it is red
    keep(scene, one, setsOf(ground, one));
  }
}

function replace(
  { route53 }: Sandbox,
  { zoneId }: Place,
  { from, to }: { readonly from: RecordSets; readonly to: RecordSets },
): void {
  route53.change(
    zoneId,
    ...from.map((recordSet) => ({ action: 'DELETE' as const, recordSet })),
    ...to.map((recordSet) => ({ action: 'CREATE' as const, recordSet })),
  );
}

/** D4: what somebody else wrote is never overwritten, not even by a rollback. */
function judgeWrite(scene: Scene, { records }: Ground, entry: Sandbox['route53']['log'][number]): void {
  if (entry.by === 'foreign') return;
  for (const one of records) {
    const sets = (all: RecordSets) => all.filter(({ Name }) => Name === `${one.record}.`);
    if (!entry.changes.some(({ recordSet }) => recordSet.Name === `${one.record}.`)) continue;
    const [before, after] = [sets(entry.before), sets(entry.after)];
    if (!scene.known.has(stateOf(one.record, before)))
      scene.broken.push(`D4: it wrote over ${stateOf(one.record, before)}, which somebody else had written`);
    keep(scene, one, after);
  }
}

async function send(scene: Scene, message: Message): Promise<void> {
  const { handle } = await theRun(scene);
  const said = { by: 'the model', reason: 'the model asked for it', full: false };
  if (message === 'abort') return handle.signal(MESSAGES.abort, said).catch(() => undefined); // it may just have ended
  // Not waited for: the answer comes when the run has heard it, and an activity that begins must not wait for its own workflow.
  void handle.executeUpdate(MESSAGES[message], { args: [said] }).catch(() => undefined); // late ones are refused
}

/** D6: the name is locked while a deployment of it runs. */
async function startAgain(scene: Scene, { record }: Place): Promise<void> {
  await theGround(scene)
    .deploy(record)
    .then(
      () => void scene.broken.push(`D6: a second deployment of ${record} started beside the first`),
      (error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      },
    );
}

async function mend(scene: Scene, run: ModelRun): Promise<void> {
  const { sandbox, records, metric } = theGround(scene);
  sandbox.route53.faults.clear();
  scene.allow();
  for (const side of records.flatMap(({ red, black }) => [red, black])) await side.behave({ kind: 'well' });
  metric?.tell('good');
  await run.handle.executeUpdate(MESSAGES.resume, { args: [{ by: 'the model', reason: '' }] }).catch(() => undefined);
}

/** Leaves what stands, or undoes by hand what the foreign hand did and lets the rollback try again. */
async function decide(scene: Scene, run: ModelRun): Promise<void> {
  const ground = theGround(scene);
  const leave = scene.scenario.decision === 'leave';
  if (!leave)
    for (const one of ground.records) {
      const [from, to] = [setsOf(ground, one), scene.ours.get(one.record) ?? []];
      if (stateOf(one.record, from) !== stateOf(one.record, to)) replace(ground.sandbox, one, { from, to });
    }
  scene.left ||= leave;
  const request = { by: 'the model', decision: leave ? 'leave' : 'retry', reason: 'the model decided' };
  await run.handle.executeUpdate(MESSAGES.resolve, { args: [request] }).catch(() => undefined); // it may have moved on
}

/** Yes, but for gates that say nothing, where the scenario says no. */
async function answer(scene: Scene, run: ModelRun): Promise<void> {
  const { approval } = await run.status();
  const isNo = approval?.of === 'inconclusive' && scene.scenario.inconclusive === 'reject';
  const said = { by: 'the model', reason: 'nobody else did', number: approval?.number ?? null };
  const verb = isNo ? MESSAGES.reject : MESSAGES.approve;
  await run.handle.executeUpdate(verb, { args: [said] }).catch(() => undefined); // somebody was faster
}

function theGround({ ground }: Scene): Ground {
  if (ground === null) throw new Error('the world has not begun');
  return ground;
}

function theRun({ run }: Scene): Promise<ModelRun> {
  if (run === null) throw new Error('the world has not begun');
  return run;
}
