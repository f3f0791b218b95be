import { leastStretchMs } from '../../../src/core/dns/least-stretch.ts';

const MINUTE = 60_000;

test('a small history lengthens no stretch: what was recorded before replays as it was', () => {
  expect([0, 3_000_000, 9_999_999].map(leastStretchMs)).toEqual([0, 0, 0]);
});

test.each([
  { what: 'a day’s bake of a hundred records', days: 1, bytes: 800_000 },
  { what: 'three days of fifty records, paused', days: 3, bytes: 400_000 },
])('$what stays far under the 50 MB at which Temporal ends a run without a rollback', ({ days, bytes }) => {
  let history = 3_000_000;
  for (let passed = 0; passed < days * 1_440 * MINUTE;) {
    passed += Math.max(MINUTE / 2, leastStretchMs(history));
    history += bytes;
  }
  expect(history).toBeLessThan(40_000_000);
});
