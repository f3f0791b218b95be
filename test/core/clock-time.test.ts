import { clockSpan, clockTime } from '../../src/core/clock-time.ts';

const at = Date.UTC(2026, 10, 22, 12, 14, 11);

test('a time says that it is UTC, and a span says it once, wherever it is read', () => {
  expect(clockTime(at)).toBe('12:14:11 UTC');
  expect(clockSpan(at, at + 20_000)).toBe('12:14:11 to 12:14:31 UTC');
});
