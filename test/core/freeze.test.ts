import { freezeAt, nextFreeze, untilWords, type FreezeWindow } from '../../src/core/freeze.ts';

const window = (from: number, until: number): FreezeWindow => ({ from, until, words: `${from} - ${until}` });
const WINDOWS = [window(10, 20), window(15, 30), window(40, 50)];

test('a freeze holds from its first moment until before its last', () => {
  expect([9, 10, 19, 30, 39, 40, 49, 50].map((at) => freezeAt(WINDOWS, at)?.words ?? null)).toEqual([
    null,
    '10 - 20',
    '15 - 30',
    null,
    null,
    '40 - 50',
    '40 - 50',
    null,
  ]);
});

test('of two freezes in force the one that ends last is told, so that nobody waits for the wrong end', () => {
  expect(freezeAt(WINDOWS, 16)?.until).toBe(30);
});

test('the next freeze is the one that begins next, not the one in force', () => {
  expect(nextFreeze(WINDOWS, 16)?.from).toBe(40);
  expect(nextFreeze(WINDOWS, 12)?.from).toBe(15);
  expect(nextFreeze(WINDOWS, 40)).toBeNull();
});

test('its end is said with its day, in UTC', () => {
  expect(untilWords({ from: 0, until: Date.UTC(2026, 10, 30, 6), words: 'Fri 16:00 - Mon 07:00, Europe/Berlin' })).toBe(
    '2026-11-30 06:00 UTC (Fri 16:00 - Mon 07:00, Europe/Berlin)',
  );
});
