import { runJobs, type Job, type JobEnd, type JobRun } from '../../../src/activities/tasks/run-jobs.ts';
import type { Graph, GraphStep, StepResult } from '../../../src/activities/tasks/services.ts';
import { ServiceError, type ServiceErrorFacts } from '../../../src/policies/service-error.ts';

function error(kind: ServiceErrorFacts['kind'], facts: Partial<ServiceErrorFacts> = {}): ServiceError {
  const common = { service: 'Microsoft To Do', request: 'PATCH task', outcome: 'not-run' } as const;
  return new ServiceError({ ...common, kind, status: null, code: null, retryAfterMs: null, ...facts });
}

const failed = (why: ServiceError): StepResult => ({ kind: 'failed', error: why });
const DONE: StepResult = { kind: 'done', body: null };
const BEHIND = failed(error('unavailable', { code: 'FailedDependency' }));
const BUSY = error('throttled', { retryAfterMs: 3_000 });
const UNKNOWN = error('unavailable', { outcome: 'unknown' });

type Script = (steps: readonly GraphStep[], batch: number) => readonly StepResult[] | ServiceError;

/** A Graph that answers batches as a script says, and what a run of `jobs` against it does. */
async function ran(jobs: readonly Job<string>[], script: Script, own: Partial<JobRun<string>> = {}) {
  const batches: string[][] = [];
  const sent: string[] = [];
  const ends: [string, JobEnd['kind']][] = [];
  const errors: ServiceError[] = [];
  const pauses: number[] = [];
  const at = { once: 0, most: 0 };
  const chain: Graph['chain'] = async (steps) => {
    const batch = batches.push(steps.map(({ path }) => path)) - 1;
    at.once += 1;
    at.most = Math.max(at.most, at.once);
    await Promise.resolve();
    at.once -= 1;
    const results = script(steps, batch);
    if (results instanceof ServiceError) throw results;
    return results;
  };
  const stopped = await runJobs(jobs, {
    graph: { chain, get: never, post: never, pages: never },
    hasWritten: false,
    sending: (what) => sent.push(what),
    ended: (what, end) => {
      ends.push([what, end.kind]);
      if (end.kind === 'failed') errors.push(end.error);
    },
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
    mustStop: () => false,
    ...own,
  });
  return { stopped, batches, sent, ends, errors, pauses, most: at.most };
}

const never = (): never => {
  throw new Error('jobs are sent in batches');
};

const job = (what: string, steps = 1): Job<string> => ({
  what,
  steps: Array.from({ length: steps }, (_, at) => ({ method: 'PATCH', path: `${what}${at}`, name: 'PATCH task' })),
});
const jobs = (count: number, steps = 1): readonly Job<string>[] =>
  Array.from({ length: count }, (_, at) => job(`j${at}-`, steps));
const allDone: Script = (steps) => steps.map(() => DONE);

test('sends nothing for nothing', async () => {
  expect(await ran([], allDone)).toMatchObject({ stopped: null, batches: [], ends: [] });
});

test('sends at most 20 steps a batch, at most 4 batches at once, and each job once', async () => {
  const run = await ran(jobs(205), allDone);
  expect(run.batches.map(({ length }) => length)).toEqual([...Array.from({ length: 10 }, () => 20), 5]);
  expect(run.most).toBe(4);
  expect(run.sent).toHaveLength(205);
  expect(new Set(run.ends.map(([what]) => what)).size).toBe(205);
  expect(run.ends.every(([, kind]) => kind === 'done')).toBe(true);
});

test('never tears the steps of one action apart (S3)', async () => {
  const run = await ran([job('single'), ...jobs(15, 2)], allDone);
  expect(run.batches.map(({ length }) => length)).toEqual([19, 12]);
});

test('hands on what each step of a job was answered', async () => {
  const bodies: unknown[] = [];
  const script: Script = (steps) => steps.map(({ path }) => ({ kind: 'done', body: path }));
  const ended = (_: string, end: JobEnd): void => void (end.kind === 'done' && bodies.push(end.bodies));
  await ran([job('a', 2), job('b', 1)], script, { ended });
  expect(bodies).toEqual([['a0', 'a1'], ['b0']]);
});

test('judges each job for itself, and sends again what a failure before it kept from running (S5)', async () => {
  const refused = failed(error('invalid'));
  const run = await ran([job('a'), job('b'), job('c', 2)], (steps, batch) =>
    batch === 0 ? [DONE, refused, BEHIND, BEHIND] : steps.map(() => DONE),
  );
  expect(run.ends).toEqual([
    ['a', 'done'],
    ['b', 'failed'],
    ['c', 'done'],
  ]);
  expect(run.batches[1]).toEqual(['c0', 'c1']);
  expect(run.stopped).toBeNull();
});

test('does not send a job again of which a step has run, for only a look can tell what it did', async () => {
  const run = await ran([job('a', 2)], (steps, batch) =>
    batch === 0 ? [DONE, failed(error('throttled'))] : allDone(steps, batch),
  );
  expect(run.ends).toEqual([['a', 'failed']]);
  expect(run.batches).toHaveLength(1);
});

test('does not send a job again whose outcome is unknown (S1)', async () => {
  const run = await ran([job('a'), job('b')], (steps, batch) =>
    batch === 0 ? [failed(UNKNOWN), BEHIND] : allDone(steps, 1),
  );
  expect(run.ends).toEqual([
    ['a', 'failed'],
    ['b', 'done'],
  ]);
  expect(run.errors).toEqual([UNKNOWN]);
});

test('waits as long as a short throttle asks for, and goes on', async () => {
  const run = await ran([job('a'), job('b')], (steps, batch) =>
    batch === 0 ? [failed(BUSY), BEHIND] : steps.map(() => DONE),
  );
  expect(run.pauses).toEqual([3_000]);
  expect(run.ends.map(([, kind]) => kind)).toEqual(['done', 'done']);
});

test('waits for a throttle of the whole batch, and for one that names no time', async () => {
  const run = await ran([job('a')], (steps, batch) => (batch === 0 ? error('throttled') : allDone(steps, 1)));
  expect(run.pauses).toEqual([250]);
  expect(run.ends).toEqual([['a', 'done']]);
});

test('leaves a long throttle to Temporal, names it, and skips the rest', async () => {
  const long = error('throttled', { retryAfterMs: 10_001 });
  const run = await ran(jobs(100), (_, batch) => (batch === 0 ? long : Array.from({ length: 20 }, () => DONE)));
  expect(run.stopped).toBe(long);
  expect(run.pauses).toEqual([]);
  // Three batches were on their way; the one that was throttled and the last one never were.
  expect(run.ends.filter(([, kind]) => kind === 'done')).toHaveLength(60);
  expect(run.ends.filter(([, kind]) => kind === 'skipped')).toHaveLength(40);
});

test('stops where one step has no token that is accepted, for no other would pass', async () => {
  const why = error('unauthorized');
  const run = await ran(jobs(100), (steps) => [failed(why), ...steps.slice(1).map(() => BEHIND)]);
  expect(run.stopped).toBe(why);
  expect(run.batches).toHaveLength(4);
  expect(run.ends.filter(([, end]) => end === 'failed')).toHaveLength(4);
  expect(run.ends.filter(([, end]) => end === 'skipped')).toHaveLength(96);
});

describe('a step that is not allowed', () => {
  const forbidden = error('forbidden');
  const isForbidden = (which: readonly string[]): Script => {
    return (steps) => {
      const first = steps.findIndex(({ path }) => which.includes(path));
      return steps.map((_, at) => (first === -1 || at < first ? DONE : at === first ? failed(forbidden) : BEHIND));
    };
  };

  test('is the matter of its own task where others are allowed, before it or after it (S5)', async () => {
    const run = await ran(jobs(30), isForbidden(['j0-0', 'j7-0']));
    expect(run.stopped).toBeNull();
    expect(run.ends.filter(([, end]) => end === 'failed').map(([what]) => what)).toEqual(['j0-', 'j7-']);
    expect(run.ends.filter(([, end]) => end === 'done')).toHaveLength(28);
  });

  test('is that of all where none is allowed: it stops after a few', async () => {
    const run = await ran(jobs(100), isForbidden(jobs(100).flatMap(({ steps }) => steps.map(({ path }) => path))));
    expect(run.stopped).toBe(forbidden);
    expect(run.ends.filter(([, end]) => end === 'failed').length).toBeLessThan(25);
    expect(run.ends).toHaveLength(100);
  });

  test('stops where it is the only one, unless this sign-in was allowed a write before', async () => {
    expect((await ran(jobs(1), isForbidden(['j0-0']))).stopped).toBe(forbidden);
    expect((await ran(jobs(1), isForbidden(['j0-0']), { hasWritten: true })).stopped).toBeNull();
  });

  test('is not made up for by a read that is allowed', async () => {
    const read: Job<string> = { what: 'r', steps: [{ method: 'GET', path: 'r0', name: 'GET task' }] };
    expect((await ran([read, job('j0-')], isForbidden(['j0-0']))).stopped).toBe(forbidden);
  });
});

describe('a job of two rounds', () => {
  const twice = (what: string, next: Job<string>['next']): Job<string> => ({
    what,
    steps: [{ method: 'GET', path: `${what}-read`, name: 'GET task' }],
    ...(next && { next }),
  });
  const remove = (what: string) => twice(what, () => [{ method: 'DELETE', path: `${what}-gone`, name: 'DELETE task' }]);

  test('has its second one right after the first, before what comes behind it', async () => {
    const run = await ran([remove('a'), ...jobs(100)], allDone);
    expect(run.batches[4]?.[0]).toBe('a-gone'); // the four lanes had their batches by then
    expect(run.ends.filter(([what]) => what === 'a')).toEqual([['a', 'done']]);
  });

  test('has changed where its second one has nothing to do', async () => {
    expect((await ran([twice('a', () => [])], allDone)).ends).toEqual([['a', 'changed']]);
  });

  test.each([
    ['throttled', (steps: readonly GraphStep[]) => steps.map(() => failed(BUSY))],
    ['behind a failure', (steps: readonly GraphStep[]) => steps.map(() => BEHIND)],
    ['throttled as a whole', () => BUSY],
  ])('is not sent late in its second one: %s, it waits for another look (S3)', async (_, second) => {
    const run = await ran([remove('a')], (steps, batch) => (batch === 0 ? allDone(steps, 0) : second(steps)));
    expect(run.batches).toEqual([['a-read'], ['a-gone']]);
    expect(run.ends).toEqual([['a', 'skipped']]);
  });
});

test('waits longer each time where a throttle names no time, until it is for Temporal to wait', async () => {
  const run = await ran([job('a')], () => error('throttled'));
  expect(run.pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000]);
  expect(run.stopped?.facts.kind).toBe('throttled');
  expect(run.ends).toEqual([['a', 'skipped']]);
});

test('begins anew with short pauses once something has passed', async () => {
  const run = await ran([job('a'), job('b')], (steps, batch) =>
    batch % 2 === 0
      ? [failed(error('throttled')), ...steps.slice(1).map(() => BEHIND)]
      : [DONE, ...steps.slice(1).map(() => failed(error('throttled')))],
  );
  expect(run.pauses).toEqual([250, 250, 500]);
});

test('says of every job in a batch without an answer that it failed, and stops (S5)', async () => {
  const run = await ran(jobs(21), (steps, batch) => (batch === 0 ? UNKNOWN : allDone(steps, batch)));
  expect(run.stopped).toBe(UNKNOWN);
  expect(run.ends.filter(([, kind]) => kind === 'failed')).toHaveLength(20);
  expect(run.ends).toHaveLength(21);
});

test('sends no more once it must stop, and says of what is left that it was skipped', async () => {
  let asked = 0;
  const run = await ran(jobs(60), allDone, { mustStop: () => (asked += 1) > 1 });
  expect(run.batches).toHaveLength(1);
  expect(run.ends.filter(([, kind]) => kind === 'skipped')).toHaveLength(40);
  expect(run.stopped).toBeNull();
});

test('waits for what was sent where one lane ends early, and leaves no job without an end (S5)', async () => {
  const ends: string[] = [];
  const broken = new Error('a fault of our own');
  const run = ran(
    jobs(100),
    (steps, batch) => {
      if (batch === 0) throw broken;
      return allDone(steps, batch);
    },
    { ended: (what) => void ends.push(what) },
  );
  await expect(run).rejects.toBe(broken);
  expect(ends).toHaveLength(80);
});
