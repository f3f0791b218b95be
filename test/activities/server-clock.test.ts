import { serverClock } from '../../src/activities/server-clock.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 30, 12);

/** A clock that is off by so much; it goes on by a second with each look. */
function clockOff(ms: number): () => number {
  let time = NOON + ms - 1_000;
  return () => (time += 1_000);
}

test.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
  ['6 s ahead', 6_000],
])('a worker whose clock is %s has the time of the server, which goes on (F17)', (_, offMs) => {
  const now = serverClock(clockOff(offMs), NOON);
  expect([now(), now()]).toEqual([NOON + 1_000, NOON + 2_000]);
});

test('a worker whose clock is right keeps its own: a task takes some time from the server to it', () => {
  const own = (): number => NOON + 800;
  expect(serverClock(own, NOON)()).toBe(NOON + 800);
});
