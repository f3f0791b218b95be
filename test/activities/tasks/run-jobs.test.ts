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

test.each(['unauthorized', 'forbidden'] as const)(
  'stops where one step is %s, for no other would pass',
  async (kind) => {
    const why = error(kind);
    const run = await ran(jobs(100), (steps) => [failed(why), ...steps.slice(1).map(() => BEHIND)]);
    expect(run.stopped).toBe(why);
    expect(run.batches).toHaveLength(4);
    expect(run.ends.filter(([, end]) => end === 'failed')).toHaveLength(4);
    expect(run.ends.filter(([, end]) => end === 'skipped')).toHaveLength(96);
  },
);

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
