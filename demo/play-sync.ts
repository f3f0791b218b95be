import { setTimeout as sleep } from 'node:timers/promises';
import { mustReadPair } from '../src/cli/pairs.ts';
import { syncRequest } from '../src/cli/sync-request.ts';
import { clock } from '../src/cli/words.ts';
import { DEFAULT_SYNC_PACE, type SyncPace, type SyncRequest } from '../src/contracts/sync.ts';
import { sourceOf, type Observed } from '../test/support/sync-promises.ts';
import { countCopies, proofOf, writesOf } from './observe-sync.ts';
import { syncDisproved, syncProofLines } from './prove-sync.ts';
import { SceneFailed } from './scene.ts';
import { showSync } from './show-sync.ts';
import type { Stage } from './stage.ts';
import type { TasksStage } from './tasks-stage.ts';

/** Times of a real run, shortened as the services' are; 24 tasks an activity, so that there is a middle to be killed in. */
const PACE: SyncPace = {
  ...DEFAULT_SYNC_PACE,
  settleMs: 3_000,
  heartbeatMs: 2_000,
  chunk: 24,
  retry: { firstMs: 250, maxMs: 1_000 },
};

/** What the scene works with. */
interface Play {
  readonly tasks: TasksStage;
  readonly observed: Observed;
  readonly request: SyncRequest;
  readonly say: (sentence: string) => void;
}

/**
 * Syncs sixty tasks while the worker is killed and To Do throttles, runs again, lets both sides change, and ends with the proof.
 *
 * @throws SceneFailed where it ended otherwise than expected.
 */
export async function playSync(stage: Stage): Promise<void> {
  const play = await startPlay(stage);
  const { observed, request, say } = play;
  addSixty(observed);
  const first = await showSync(stage, { request, observed, meanwhile: () => strike(play) });
  say(`the other ${TASKS - first.created} were found there: the worker that was killed had sent them`);

  const before = writesOf(observed);
  const again = await showSync(stage, { request, observed });
  const idleWrites = writesOf(observed) - before;

  say('now people change nine tasks in Todoist and in To Do, and add two');
  changeBothSides(observed);
  const last = await showSync(stage, { request, observed });

  const proof = proofOf(observed, idleWrites);
  for (const line of syncProofLines(proof)) stage.terminal.out(line);
  const wrong = syncDisproved(proof, { tasks: TASKS + CHANGES.added - CHANGES.done, closed: CHANGES.closed });
  const problems = [first, again, last].flatMap((shown) => shown.problems);
  if (problems.length + wrong.length > 0) throw new SceneFailed('sync', [...problems, ...wrong]);
}

async function startPlay({ terminal, ...stage }: Stage): Promise<Play> {
  const tasks = await stage.tasks();
  const { pair, services } = tasks;
  const declared = await mustReadPair(terminal, pair, services.configFile);
  const request = syncRequest(declared, { trigger: 'manual', by: 'the demo', adopt: false, allowRemovals: null });
  return {
    tasks,
    observed: { pair, todoist: services.todoist, graph: services.graph },
    request: { ...request, pace: PACE },
    say: (sentence) => terminal.out(`${clock(Date.now())}  ${terminal.paint('yellow', sentence)}`),
  };
}

const TASKS = 60;
const PROJECTS = ['Work', 'Home', 'Garden'];

/** The first of each project repeats, and every second has a day. */
function addSixty({ todoist: { person } }: Observed): void {
  for (const name of PROJECTS) {
    const project = person.addProject(name);
    for (let at = 1; at <= TASKS / PROJECTS.length; at++) {
      const due = at === 1 ? { due: 'every monday' } : at % 2 === 0 ? { due: 'tomorrow' } : {};
      person.add({ content: `${name} ${at}`, project, ...due });
    }
  }
}

/** So many are there when the worker is killed: others are on their way. */
const KILLED_AT = 8;

async function strike({ tasks, observed, say }: Play): Promise<void> {
  const { graph } = observed;
  while (countCopies(observed).copied < KILLED_AT) await sleep(10);
  await tasks.killWorker();
  say('the worker was killed (kill -9): To Do still takes what it was sent, and nobody hears of it');
  const throttle = { kind: 'refuse', status: 429, code: 'activityLimitReached', retryAfterSeconds: 1 } as const;
  graph.faults.add({ operation: '$batch', fault: throttle, times: 2 });
  graph.steps.add({ operation: 'POST task', fault: throttle, after: 10 });
  say('and To Do throttles: 429, come again in a second');
  await tasks.startWorker();
  say('another worker has started: it looks at what stands there, and goes on');
}

/** What `changeBothSides` leads to. */
const CHANGES = { added: 2, done: 4, closed: 3 } as const;

/**
 * In Todoist three are edited and two completed; in To Do three are completed, one of them the copy of a task that repeats and so stays
 * open, and one is edited, which Todoist overrules.
 */
function changeBothSides({ pair, todoist, graph }: Observed): void {
  const ids = new Map(todoist.tasks().map(({ content, id }) => [content, id]));
  const copies = new Map(graph.tasks().map((task) => [sourceOf(pair, task), task.id]));
  const inTodoist = (content: string): string => ids.get(content) ?? '';
  const inTodo = (content: string): string => copies.get(inTodoist(content)) ?? '';

  todoist.person.edit(inTodoist('Work 2'), { content: 'Work 2, at last' });
  todoist.person.edit(inTodoist('Home 2'), { due: null, priority: 4 });
  todoist.person.edit(inTodoist('Garden 2'), { labels: ['outside'] });
  for (const content of ['Work 3', 'Home 3']) todoist.person.complete(inTodoist(content));
  for (const content of ['Work 5', 'Home 5', 'Garden 1']) graph.person.complete(inTodo(content));
  graph.person.edit(inTodo('Garden 4'), { title: 'Garden 4, changed by hand' });
  for (const content of ['New', 'Newer']) todoist.person.add({ content, due: 'tomorrow' });
}
