import type { SyncChunk } from '../../src/contracts/sync-activities.ts';
import type { PairSpec } from '../../src/contracts/sync.ts';
import { attempt, type Attempt } from './sync-direct.ts';
import { addFirstTasks, LABEL, makeEdit } from './sync-model-people.ts';
import { SETTLE_MS, type Phase, type Scenario } from './sync-model-scenario.ts';
import { brokenS3, brokenSyncPromises, createdTwice, sourceOf } from './sync-promises.ts';
import { closeServices, faultsOf, type SyncRig, type SyncYard } from './sync-yard.ts';

/** Plays one scenario to its end and returns every promise that it broke, as sentences. */
export async function play(yard: SyncYard, scenario: Scenario): Promise<readonly string[]> {
  const { lagMs, phases } = scenario;
  const plain = await yard.rig({
    graph: { lagMs },
    todoist: { lagMs },
    pace: { chunk: 1_000, settleMs: SETTLE_MS },
    timeouts: { readMs: 300, writeMs: 300 },
    standing: { isCurrent: () => Promise.resolve(true), leftOpen: () => Promise.resolve({ cutOffAt, creations: {} }) },
  });
  /** As Temporal knows it. */
  let cutOffAt: number | null = null;
  const rig = { ...plain, request: () => plain.request({ spec: specFor(plain, scenario), allowRemovals: 1_000 }) };
  try {
    addFirstTasks(rig);
    await runAsTemporalDoes(rig, QUIET);
    for (const phase of phases) cutOffAt = (await playPhase(rig, phase)) ? cutOffAt : Date.now();
    rig.graph.faults.clear();
    rig.graph.steps.clear();
    rig.todoist.faults.clear();
    await landed(rig);
    const twice = phases.every(({ runs }) => runs === 1) ? createdTwice(rig) : [];
    return [...twice, ...closedTooOften(rig), ...brokenS3(rig), ...(await brokenEnd(rig))];
  } finally {
    await closeServices(rig);
  }
}

function specFor(rig: SyncRig, { onDeleted }: Scenario): PairSpec {
  const spec = rig.spec();
  const from = { ...spec.from, scope: { kind: 'label', label: LABEL } } as const;
  return { ...spec, from, to: { ...spec.to, lists: { kind: 'per-project' } }, onDeleted };
}

/** @returns whether all its runs came to their end. */
async function playPhase(rig: SyncRig, phase: Phase): Promise<boolean> {
  for (const edit of phase.before) makeEdit(rig, edit);
  for (const struck of phase.faults) faultsOf(rig, struck.plan).add(struck);
  for (const { edit, at, service } of phase.meanwhile)
    rig[service].faults.add({
      operation: '*',
      after: at,
      fault: { kind: 'meanwhile', run: () => makeEdit(rig, edit) },
    });
  const ends = await Promise.all(Array.from({ length: phase.runs }, () => runAsTemporalDoes(rig, phase)));
  return ends.every((end) => end !== null);
}

const QUIET = { diesAfter: null, attempts: 8 } as const;

/** Attempt after attempt, each with what the one before it said last; one that dies is not heard of again. */
async function runAsTemporalDoes(
  rig: SyncRig,
  { diesAfter, attempts }: Pick<Phase, 'diesAfter' | 'attempts'>,
): Promise<SyncChunk | null> {
  let heartbeatDetails: unknown;
  for (let number = 1; number <= attempts; number++) {
    const running = attempt(rig, { info: { attempt: number, heartbeatDetails } });
    const dying = number === 1 && diesAfter !== null ? death(rig, running, diesAfter) : null;
    const end = await running.end.catch((error: unknown) => error as Error);
    if (!(end instanceof Error) && end.done) return end;
    heartbeatDetails = dying?.said() ?? running.lastBeat();
    dying?.forget();
    if (!(end instanceof Error)) heartbeatDetails = undefined; // the next activity
    await new Promise((go) => setTimeout(go, 20));
  }
  return null;
}

/** Ends an attempt after so many writes from now; nobody hears what it says at its end. */
function death({ graph }: SyncRig, dying: Attempt, writes: number) {
  const last = graph.writes + writes;
  let beat: unknown;
  const forget = graph.onWrite(() => {
    if (graph.writes < last || beat !== undefined) return;
    beat = dying.lastBeat();
    dying.cancel();
  });
  return { said: () => beat, forget };
}

/** Waits until everything that was late has landed, and reads show it. */
async function landed({ todoist, graph }: SyncRig): Promise<void> {
  await Promise.all([todoist.faults, graph.faults, graph.steps].map((plan) => plan.landed()));
  const shown = Date.now() + graph.settings.lagMs + 50;
  while (Date.now() <= shown) await new Promise((go) => setTimeout(go, 20));
}

/** S3, to the letter: each closing has a completion of its own by a person, before it. */
function closedTooOften({ pair, todoist, graph }: SyncRig): readonly string[] {
  const completions = graph.log.flatMap(({ by, at, before, after }) => {
    if (by !== 'person' || before === null || after === null || !('status' in before) || !('status' in after))
      return [];
    const source = before.status !== 'completed' && after.status === 'completed' ? sourceOf(pair, after) : null;
    return source === null ? [] : [{ source, at }];
  });
  const closings = todoist.closures().filter(({ by, under }) => by === 'api' && under === null);
  return closings.flatMap(({ taskId, at }) => {
    const own = completions.findIndex((one) => one.source === taskId && one.at <= at);
    if (own === -1) return [`S3: ${taskId} was closed once more than people completed its copies`];
    completions.splice(own, 1);
    return [];
  });
}

/** With nothing in its way, a run comes to its end, both sides agree, and the next run writes nothing. */
async function brokenEnd(rig: SyncRig): Promise<readonly string[]> {
  const { done, setAside } = (await runAsTemporalDoes(rig, QUIET)) ?? NOT_DONE;
  const aside = new Set(setAside.map(({ id }) => id));
  const unexpected = setAside.filter(({ reason }) => !REASONS.test(reason));
  const inScope = (id: string) => rig.todoist.task(id).labels.includes(LABEL);
  const broken = brokenSyncPromises(rig, { inScope }).filter(
    (sentence) => ![...aside].some((id) => sentence.includes(id)),
  );
  const before = [rig.graph.writes, rig.todoist.writes];
  const last = (await runAsTemporalDoes(rig, QUIET)) ?? NOT_DONE;
  const after = [rig.graph.writes, rig.todoist.writes];
  return [
    ...(done && last.done ? [] : ['it does not come to its end']),
    ...unexpected.map(({ id, reason }) => `S5: ${id} is set aside: ${reason}`),
    ...broken,
    ...(before.join() === after.join() ? [] : [`S2: a rerun wrote: ${String(before)} became ${String(after)}`]),
  ];
}

const NOT_DONE = { done: false, setAside: [] } as const;

/** What people can do so that a task is rightly left alone. */
const REASONS = /second one was edited|steps or attachments|open sub-tasks/;
