import { serverClock } from '../../src/activities/server-clock.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 30, 12);

/** A clock that is off by so much; it goes on by a second with each look. */
function clockOff(ms: number): () => number {
  let time = NOON + ms - 1_000;
  return () => (time += 1_000);
}

const atNoon = { scheduledAt: NOON, startedAt: () => Promise.resolve(NOON) };
const unasked = { scheduledAt: NOON, startedAt: () => Promise.reject(new Error('it was asked')) };

test.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
  ['6 s ahead', 6_000],
])('a worker whose clock is %s has the time of the server, which goes on (F17)', async (_, offMs) => {
  const now = await serverClock(clockOff(offMs), atNoon);
  expect([now(), now()]).toEqual([NOON + 1_000, NOON + 2_000]);
});

test('a worker whose clock is right keeps its own, and asks nobody: a task takes some time from the server to it', async () => {
  const now = await serverClock(() => NOON + 800, unasked);
  expect(now()).toBe(NOON + 800);
});

test('an attempt that waited for a worker has the time of now, not that of when it was scheduled (S1, D3)', async () => {
  const own = (): number => NOON + HOUR_MS;
  const now = await serverClock(own, { scheduledAt: NOON, startedAt: () => Promise.resolve(NOON + HOUR_MS - 300) });
  expect(now()).toBe(NOON + HOUR_MS);
});

test('a worker that cannot ask the server keeps its own clock', async () => {
  const now = await serverClock(() => NOON + HOUR_MS, { scheduledAt: NOON, startedAt: () => Promise.resolve(null) });
  expect(now()).toBe(NOON + HOUR_MS);
});
