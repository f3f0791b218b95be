/** Both sides are read at once: pages of To Do may come before what is needed to understand them, and after. */
import { startGraph, type GraphStandIn } from '../../../sandbox/graph/stand-in.ts';
import { graphGate } from '../../../src/activities/tasks/graph-gate.ts';
import { createGraph } from '../../../src/activities/tasks/graph.ts';
import { fetchDestination, type DestinationReading } from '../../../src/activities/tasks/read-destination.ts';
import type { Graph } from '../../../src/activities/tasks/services.ts';
import { openZone } from '../../../src/activities/tasks/zone.ts';
import { ServiceError } from '../../../src/policies/service-error.ts';

let standIn: GraphStandIn;

beforeEach(async () => {
  standIn = await startGraph();
});
afterEach(() => standIn.close());

const NEVER = new AbortController().signal;
const READING: DestinationReading = {
  pair: 'tasks',
  zone: openZone('Europe/Berlin')!,
  zones: openZone,
  mirror: { reminders: true, categories: true },
};
const A_PAGE = 200;

function client(): Graph {
  return createGraph({
    url: standIn.url,
    mailbox: '/me',
    tokens: { accessToken: () => Promise.resolve('graph-token') },
    gate: graphGate(standIn.url),
    count: () => undefined,
    now: Date.now,
    timeouts: { readMs: 10_000, writeMs: 10_000 },
  });
}

const titles = Array.from({ length: 2 * A_PAGE + 1 }, (_, at) => `Task ${at}`);
const pagesSeen = (): number => standIn.faults.seen.filter(({ operation }) => operation === 'GET tasks').length;

/** Fulfilled when so many pages were asked for. */
function readingAfter(pages: number): Promise<DestinationReading> {
  return new Promise((resolve) => {
    const look = setInterval(() => {
      if (pagesSeen() < pages) return;
      clearInterval(look);
      resolve(READING);
    }, 1);
  });
}

test.each([0, 2, 3])('no task is lost where Todoist answers after %d pages of To Do (S1)', async (pages) => {
  for (const title of titles) standIn.person.add({ title });
  const { strangers, lists } = await fetchDestination(client(), readingAfter(pages), NEVER);

  expect(strangers.map(({ title }) => title).sort()).toEqual([...titles].sort());
  expect(lists.map(({ isDefault }) => isDefault)).toEqual([true]);
});

test('a project that is missing in Todoist is not taken for a list that is missing in To Do (S4)', async () => {
  standIn.person.add({ title: 'Task' });
  const facts = { request: 'POST /sync', outcome: 'not-run', status: null, retryAfterMs: null } as const;
  const missing = new ServiceError({ service: 'Todoist', kind: 'not-found', code: 'PROJECT_NOT_FOUND', ...facts });

  await expect(fetchDestination(client(), Promise.reject(missing), NEVER)).rejects.toBe(missing);
});

test('a list that goes away meanwhile has no tasks', async () => {
  const list = standIn.person.addList('Old');
  standIn.person.add({ title: 'Task' }, list);
  standIn.person.add({ title: 'Kept' });
  standIn.faults.add({
    operation: 'GET tasks',
    fault: { kind: 'meanwhile', run: () => standIn.person.removeList(list) },
  });

  const { strangers } = await fetchDestination(client(), Promise.resolve(READING), NEVER);

  expect(strangers.map(({ title }) => title)).toEqual(['Kept']);
});
