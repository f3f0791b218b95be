import { noticeTrouble } from '../../src/cli/notice-trouble.ts';
import {
  progressWords,
  speechlessSyncLines,
  syncChangeLines,
  syncClosingLines,
  syncLines,
} from '../../src/cli/render-sync.ts';
import { syncPlanLines } from '../../src/cli/render-sync-plan.ts';
import type { Trouble } from '../../src/cli/look-at-chain.ts';
import type { SyncLook } from '../../src/cli/look-at-sync.ts';
import { minute, NOON } from './statuses.ts';
import { BEAT, counts, endedSync, totals, WORKING } from './syncs.ts';

const VIEW = { paint: (_style: unknown, text: string) => text, now: minute(1), link: 'http://localhost:8233/x' };

const TROUBLE: Trouble = {
  sentence: 'Microsoft To Do: POST /$batch: no usable answer (HTTP 503).',
  since: minute(1),
  attempt: 3,
  nextAt: minute(2),
};

const LOOK: SyncLook = {
  runId: 'r',
  status: WORKING,
  beat: BEAT,
  trouble: null,
  temporalStatus: 'RUNNING',
  startedAt: NOON,
  closedAt: null,
  memo: {},
};

describe('a run that is under way', () => {
  test('shows how far it is over all of its activities, and what a service does to it', () => {
    expect(syncLines({ ...LOOK, trouble: TROUBLE }, VIEW)).toEqual([
      'sync/tasks  working  60 s  manual, by ann (not authenticated)',
      'first look   400 tasks in scope, 1 copy: create 399, update 1',
      'progress     create 120/399, update 0/1',
      'retrying     not getting on since 12:01:00 UTC, attempt 3, again at 12:02:00 UTC: Microsoft To Do: POST /$batch: no usable answer (HTTP 503).',
    ]);
  });

  test('shows its heartbeats while no worker answers', () => {
    expect(syncLines({ ...LOOK, status: null }, VIEW)).toEqual(['progress     create 20/299, update 0/1']);
  });

  test('has no progress before a look has planned, and none to speak of where nothing is planned', () => {
    expect(progressWords({ status: WORKING, beat: null })).toBeNull();
    expect(progressWords({ status: null, beat: { ...BEAT, planned: counts() } })).toBeNull();
  });

  test('writes a line for what is new, once', () => {
    const first = syncChangeLines(null, WORKING);
    expect(first).toEqual([
      '12:00:00 UTC  started, manual, by ann (not authenticated)',
      '              400 tasks in scope, 1 copy: create 399, update 1',
    ]);
    expect(syncChangeLines(WORKING, WORKING)).toEqual([]);
    const aside = { ...WORKING, setAside: [{ id: '6X4V', reason: 'its due date is none' }], setAsideCount: 1 };
    expect(syncChangeLines(WORKING, aside)).toEqual(['              set aside: 6X4V  its due date is none']);
  });

  test('says once for each reason that it does not get on, and that it goes on', () => {
    const said: string[] = [];
    const notice = noticeTrouble((sentence) => said.push(sentence));
    const other = { ...TROUBLE, sentence: 'Todoist: GET /tasks: too many requests, asked to wait 7 s.' };
    for (const one of [
      null,
      TROUBLE,
      { ...TROUBLE, attempt: 4 },
      other,
      { ...other, sentence: other.sentence.replace('7', '3') },
      null,
    ])
      notice(one);
    expect(said.map((sentence) => sentence.split(':').slice(-3, -1).join(':'))).toHaveLength(3);
    expect(said.at(-1)).toBe('going on');
  });
});

describe('the last lines of a run', () => {
  test('say what it did, what was set aside, and what it cost (S5)', () => {
    const status = endedSync('synced-with-exceptions', {
      rounds: 2,
      totals: totals(
        { create: 398, update: 1, close: 1 },
        { overruled: ['6X4W'], throttled: { times: 2, waitedMs: 3_000 }, retried: 1 },
      ),
      setAside: [{ id: '6X4V', reason: 'its due date is none' }],
      setAsideCount: 1,
    });
    expect(syncClosingLines(status, VIEW)).toEqual([
      'synced, with exceptions  sync/tasks  398 created, 1 updated, 1 closed in Todoist; 400 tasks in scope',
      'why          some tasks were left as they are; the next run of sync/tasks tries them again',
      'set aside    6X4V  its due date is none',
      'overruled    changed on both sides, Todoist won: 6X4W',
      'cost         took 75 s, 2 rounds, 2 requests to Todoist, 31 to To Do, throttled 2 times for 3 s, 1 tried again',
      'look         http://localhost:8233/x    ./switchyard status sync/tasks',
    ]);
  });

  test('say that nothing was written where nothing was to do (S2)', () => {
    const [first, ...others] = syncClosingLines(endedSync('synced', { totals: totals() }), VIEW);
    expect(first).toBe('synced       sync/tasks  nothing to do, nothing was written; 400 tasks in scope');
    expect(others).toHaveLength(2);
  });

  test('of a guard give the numbers and the flag that would let it pass (S4)', () => {
    const failure = {
      type: 'StoppedByGuard',
      sentence: '57 of 60 copies would be removed.',
      next: 'If that is meant: ./switchyard sync tasks --allow-removals 57.',
      at: minute(1),
    };
    expect(syncClosingLines(endedSync('stopped', { totals: totals(), failure }), VIEW)).toEqual([
      'stopped      sync/tasks  nothing of this plan was written',
      'why          57 of 60 copies would be removed. If that is meant: ./switchyard sync tasks --allow-removals 57.',
      'cost         took 75 s, 1 round, 2 requests to Todoist, 31 to To Do',
      'next         every run looks anew, and ends here again for as long as this is so: by its Schedule, where it has one, or ./switchyard sync tasks',
      'look         http://localhost:8233/x    ./switchyard sync tasks --dry-run',
    ]);
  });

  test('of a failure say what stays, and where its reason is explained where it gave none', () => {
    const failure = { type: 'SignInNeeded', sentence: '', next: null, at: minute(1) };
    const lines = syncClosingLines(endedSync('failed', { failure }), VIEW);
    expect(lines[0]).toBe('failed       sync/tasks  100 created before that; this stays');
    expect(lines[1]).toBe('why          A token is missing, expired or revoked.');
    expect(lines.at(-1)).toMatch(/\.\/switchyard doctor sync\/tasks$/);
  });

  const UNCONFIRMED = 'no change was confirmed; what was sent all the same stays, and the next run finds it';
  test.each([
    ['StoppedByGuard', 'stopped', 'nothing of this plan was written', 'ends here again'],
    ['SignInNeeded', 'failed', 'nothing was written', 'ends here again'],
    ['Unauthorized', 'failed', 'nothing was written', 'ends here again'],
    ['NotFound', 'failed', 'nothing was written', 'ends here again'],
    ['Invalid', 'failed', 'nothing was written', 'ends here again'],
    ['NotConverging', 'failed', 'nothing was written', 'ends here again'],
    ['GaveUp', 'failed', 'nothing was written', 'goes on'],
    ['Unavailable', 'failed', UNCONFIRMED, 'goes on'],
    ['Throttled', 'failed', UNCONFIRMED, 'goes on'],
    ['Changed', 'failed', UNCONFIRMED, 'goes on'],
    ['Fault', 'failed', UNCONFIRMED, 'ends here again'],
    ['Aborted', 'cancelled', UNCONFIRMED, 'goes on'],
    ['OfANewerWorker', 'failed', UNCONFIRMED, 'ends here again'],
  ] as const)('of %s that has applied nothing claim no more than is known', (type, outcome, stands, next) => {
    const failure = { type, sentence: 'x', next: null, at: minute(1) };
    const lines = syncClosingLines(endedSync(outcome, { totals: totals(), failure }), VIEW);
    expect(lines[0]?.slice('stopped      sync/tasks  '.length)).toBe(stands);
    expect(lines.find((line) => line.startsWith('next'))).toContain(next);
  });

  test('of a run that had to look for what it sent do not claim that nothing was written', () => {
    const failure = { type: 'GaveUp', sentence: 'x', next: null, at: minute(1) };
    const [first] = syncClosingLines(endedSync('failed', { totals: totals({}, { retried: 1 }), failure }), VIEW);
    expect(first).toContain(UNCONFIRMED);
  });

  test('of an aborted run say what stays, that the next one goes on, and what keeps it from that', () => {
    const failure = { type: 'Aborted', sentence: 'cancelled through Temporal', next: null, at: minute(1) };
    expect(syncClosingLines(endedSync('cancelled', { failure }), VIEW)).toEqual([
      'cancelled    sync/tasks  100 created before that; this stays',
      'why          cancelled through Temporal',
      'cost         took 75 s, 1 round, 2 requests to Todoist, 31 to To Do',
      'next         the next run goes on from what both services hold then: by its Schedule, where it has one, or ./switchyard sync tasks; ./switchyard sync tasks --pause keeps its Schedule from it',
      'look         http://localhost:8233/x    ./switchyard history sync/tasks',
    ]);
  });

  test('of a terminated run claim nothing', () => {
    expect(
      speechlessSyncLines('tasks', { why: 'the run was terminated in Temporal: oops', last: WORKING }, VIEW),
    ).toEqual([
      'NOT SURE     sync/tasks  100 created as reported last',
      'why          the run was terminated in Temporal: oops',
      'next         what it sent last may still land; the next run waits for that, and finds it: ./switchyard sync tasks',
      'look         http://localhost:8233/x    ./switchyard sync tasks --dry-run',
    ]);
    expect(speechlessSyncLines('tasks', { why: 'x', last: null }, VIEW)[0]).toMatch(/not known/);
  });

  test('name at most twenty tasks, and how many there are beyond', () => {
    const setAside = Array.from({ length: 25 }, (_, at) => ({ id: `t${at}`, reason: 'x' }));
    const linesOf = (setAsideCount: number) =>
      syncClosingLines(endedSync('synced-with-exceptions', { setAside, setAsideCount }), VIEW);
    expect(linesOf(25).filter((line) => line.startsWith('set aside'))).toHaveLength(20);
    expect(linesOf(25).join('\n')).toMatch(/and 5 more: --json names them all/);
    expect(linesOf(1_500).join('\n')).toMatch(/and 1480 more: --json names the first 25/);
  });

  test('let no text from outside command a terminal', () => {
    const failure = { type: 'Fault', sentence: 'a\u001b[2J\nb', next: null, at: 0 };
    expect(syncClosingLines(endedSync('failed', { failure }), VIEW).join('')).not.toMatch(/\p{Cc}/u);
  });
});

describe('a plan of a run', () => {
  const PLAN = {
    inScope: 3,
    links: 2,
    planned: counts({ create: 1, update: 1, remove: 1 }),
    similar: 0,
    setAside: [],
    setAsideCount: 0,
    stop: null,
  };
  const actions = [
    { kind: 'create', id: '6X4V', why: 'new' },
    { kind: 'update', id: '6X4W', why: 'title' },
    { kind: 'remove', id: 'todo:AAMk', why: 'out of scope' },
  ] as const;

  test('has a line for each task, with the sign of what is done to it', () => {
    expect(syncPlanLines('tasks', { ...PLAN, actions })).toEqual([
      'sync/tasks  3 tasks in scope, 2 copies in To Do: create 1, update 1, remove 1',
      ' + create  6X4V       new',
      ' ~ update  6X4W       title',
      ' - remove  todo:AAMk  out of scope',
      'Nothing was written.',
    ]);
  });

  test('says how many lines it leaves out, what is set aside, what --adopt would take, and what stops it', () => {
    const plan = {
      ...PLAN,
      planned: counts({ create: 1_500 }),
      actions: actions.slice(0, 1),
      similar: 2,
      setAside: [{ id: '6X4Z', reason: 'unreadable' }],
      setAsideCount: 1,
      stop: { sentence: 'Todoist is empty.', next: '--allow-removals 2 lets it pass.' },
    };
    expect(syncPlanLines('tasks', plan).slice(2)).toEqual([
      '   and 1499 more',
      'set aside    6X4Z  unreadable',
      'similar      2 tasks of yours have the title and day of one that has no copy yet; ./switchyard sync tasks --adopt takes over instead of creating',
      'stopped      Todoist is empty. --allow-removals 2 lets it pass.',
      'Nothing was written.',
    ]);
  });

  test('with nothing in it says so (S2)', () => {
    expect(syncPlanLines('tasks', { ...PLAN, planned: counts(), actions: [] })[0]).toMatch(/nothing to do$/);
  });
});
