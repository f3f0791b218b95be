/** Todoist and To Do in a process of their own, so that their work is nobody else's time and memory; told what to do by its parent. */
import { startGraph } from '../sandbox/graph/stand-in.ts';
import { startTodoist, TODOIST_TOKEN } from '../sandbox/todoist/stand-in.ts';
import { readLink } from '../src/core/tasks/marker.ts';
import type { ServicesAnswer, ServicesWish, TaskLatencies } from './task-services.ts';

const latencies = JSON.parse(process.argv[2] ?? '{}') as TaskLatencies;
const { todoistMs, readMs, writeMs } = latencies;
const todoist = await startTodoist({ latencyMs: todoistMs });
const graph = await startGraph({
  latencyMs: { read: readMs, write: writeMs },
  retryAfterSeconds: 1,
  budget: { requests: Number.MAX_SAFE_INTEGER, windowMs: 60_000 },
});

process.on('message', (wish: ServicesWish) => tell(answer(wish)));
process.once('disconnect', () => process.exit(0));
tell({
  kind: 'env',
  env: {
    SWITCHYARD_TODOIST_URL: todoist.url,
    SWITCHYARD_GRAPH_URL: graph.url,
    SWITCHYARD_SECRET_TODOIST_TOKEN: TODOIST_TOKEN,
    SWITCHYARD_SECRET_GRAPH_TOKEN: 'graph-token',
  },
});

function answer(wish: ServicesWish): ServicesAnswer {
  switch (wish.kind) {
    case 'fill':
      fill(wish.tasks);
      return { kind: 'done' };
    case 'add':
      return { kind: 'added', id: todoist.person.add({ content: 'Something new' }) };
    case 'copies':
      return { kind: 'copies', ...copies(wish.pair), writes: graph.writes };
    case 'copied': {
      const entry = graph.log.find(({ op, after }) => op === 'POST task' && sourceOf(after, wish.pair) === wish.id);
      return { kind: 'copied', at: entry?.at ?? null };
    }
  }
}

/** As many as Todoist allows in a project, half of them with a day, some with a time, labels or a text of their own. */
function fill(count: number): void {
  const { person } = todoist;
  const A_PROJECT = 300;
  let project = todoist.inboxId;
  for (let at = 0; at < count; at++) {
    if (at % A_PROJECT === 0) project = person.addProject(`Project ${at / A_PROJECT}`);
    const day = `2027-0${1 + (at % 9)}-1${at % 10}`;
    person.add({
      content: `Task ${at}: what is to be done, in a line of the usual length`,
      project,
      ...(at % 2 === 0 ? { due: { date: at % 4 === 0 ? day : `${day}T09:30:00` } } : {}),
      ...(at % 5 === 0
        ? { labels: ['home', 'later'], description: 'Two sentences say more. This is the second one.' }
        : {}),
    });
  }
}

/** Tasks of Todoist with a copy, and all copies: as many where each has one. */
function copies(pair: string): { readonly sources: number; readonly copies: number } {
  const sources = graph.tasks().flatMap((task) => sourceOf(task, pair) ?? []);
  return { sources: new Set(sources).size, copies: sources.length };
}

function sourceOf(task: unknown, pair: string): string | null {
  const { link } = (task ?? {}) as { readonly link?: unknown };
  return readLink([link], pair);
}

function tell(what: ServicesAnswer): void {
  process.send?.(what);
}
