/** Both sides are read at once: pages of To Do may come before what is needed to understand them, and after. */
import { startGraph, type GraphStandIn } from '../../../sandbox/graph/stand-in.ts';
import { graphGate } from '../../../src/activities/tasks/graph-gate.ts';
import { createGraph } from '../../../src/activities/tasks/graph.ts';
import { fetchDestination, type DestinationReading } from '../../../src/activities/tasks/read-destination.ts';
import type { Graph } from '../../../src/activities/tasks/services.ts';
import { openZone } from '../../../src/activities/tasks/zone.ts';
import { writeLink, writeMarker } from '../../../src/core/tasks/marker.ts';
import { ServiceError } from '../../../src/policies/service-error.ts';

let standIn: GraphStandIn;

beforeEach(async () => {
  standIn = await startGraph();
});
afterEach(() => standIn.close());

const NEVER = new AbortController().signal;
const READING: DestinationReading = {
  pair: 'tasks',
  userId: 'me',
  active: new Map([['6X', { parentId: null }]]),
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
    mayWrite: () => false,
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

const MARKER = {
  ...{ source: '6X4V', user: '2671355', version: 1, hash: '', day: null, occurrence: null },
  ...{ turn: 0, settled: -1, list: '', overruled: null },
};
const marked = (pair: string, user: string = MARKER.user) => ({
  title: `Of ${pair} of ${user}`,
  extensions: [writeMarker({ ...MARKER, pair, user })],
});

test('open copies of another pair are known as such, and nothing else of them is (S1, S3)', async () => {
  for (const pair of ['home', 'tasks']) standIn.person.add(marked(pair));
  standIn.person.complete(standIn.person.add(marked('work')));

  const { copies, strangers, others } = await fetchDestination(client(), Promise.resolve(READING), NEVER);

  expect(others).toEqual([{ pair: 'home', source: '6X4V', user: '2671355' }]);
  expect(copies.map(({ fields }) => fields.title)).toEqual(['Of tasks of 2671355']);
  expect(strangers).toEqual([]);
});

describe('a list that several people share', () => {
  const linked = (source: string) => ({ title: `Link to ${source}`, linkedResources: [writeLink('tasks', source)] });

  test('of somebody else: only what is surely ours is a copy, and nothing is to be adopted (S3)', async () => {
    const list = standIn.person.addList('Family');
    standIn.person.shareList(list, 'member');
    for (const task of [
      marked('tasks', 'me'),
      marked('tasks', 'another'),
      linked('6X'),
      linked('7Y'),
      { title: 'Milk' },
    ])
      standIn.person.add(task, list);
    const { copies, others, strangers } = await fetchDestination(client(), Promise.resolve(READING), NEVER);

    expect(copies.map(({ fields }) => fields.title)).toEqual(['Of tasks of me', 'Link to 6X']);
    expect(others).toEqual([{ pair: 'tasks', source: '6X4V', user: 'another' }]);
    expect(strangers).toEqual([]);
  });

  test('of our own: a link to what is not active for us may be of another person (S3)', async () => {
    const list = standIn.person.addList('Family');
    standIn.person.shareList(list, 'owner');
    for (const task of [linked('6X'), linked('7Y'), { title: 'Milk' }]) standIn.person.add(task, list);
    const { copies, strangers } = await fetchDestination(client(), Promise.resolve(READING), NEVER);

    expect(copies.map(({ fields }) => fields.title)).toEqual(['Link to 6X']);
    expect(strangers.map(({ title }) => title)).toEqual(['Milk']);
  });
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

test.each([1, 2])('a list that is there is not empty because page %d of it is not found (S1, S5)', async (page) => {
  for (const title of titles) standIn.person.add({ title });
  const notFound = { kind: 'refuse', status: 404, code: 'ErrorItemNotFound' } as const;
  standIn.faults.add({ operation: 'GET tasks', after: page - 1, fault: notFound });

  const reading = fetchDestination(client(), Promise.resolve(READING), NEVER);

  await expect(reading).rejects.toMatchObject({ facts: { kind: 'unavailable', status: 404, request: 'GET tasks' } });
});

test('whether a list is gone is not guessed where it cannot be asked (S1)', async () => {
  const notFound = { kind: 'refuse', status: 404, code: 'ErrorItemNotFound' } as const;
  standIn.faults.add({ operation: 'GET tasks', fault: notFound });
  standIn.faults.add({ operation: 'GET list', fault: { ...notFound, status: 503 } });

  await expect(fetchDestination(client(), Promise.resolve(READING), NEVER)).rejects.toMatchObject({
    facts: { kind: 'unavailable', request: 'GET list' },
  });
});
