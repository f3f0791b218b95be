import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/core/duration.ts';

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1d', 86_400_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['0s', 0],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toEqual({ kind: 'ok', ms });
});

test.each([
  ['90', /no unit: write 90s, 90m or 90h/],
  ['', /is not a duration/],
  [' 1s', /is not a duration/],
  ['1.5h', /is not a duration/],
  ['-1s', /is not a duration/],
  ['1s1m', /is not a duration/],
  ['1S', /is not a duration/],
  ['1e9s', /is not a duration/],
  ['\u001b[31m1s', /^"1s" is not/],
  ['367d', /longer than 366 days/],
  ['999999999d', /longer than 366 days/],
])('refuses %j with a sentence', (text, why) => {
  const read = parseDuration(text);
  expect(read).toMatchObject({ kind: 'bad', why: expect.stringMatching(why) as string });
});

test.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [1_000, '1 s'],
  [90_000, '90 s'],
  [120_000, '2 min'],
  [125_000, '2 min 5 s'],
  [5_400_000, '1 h 30 min'],
  [86_400_000, '1 d'],
  [90_061_000, '1 d 1 h 1 min 1 s'],
])('says %i ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('says every whole second so that nothing is lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seconds) => {
      const text = formatDuration(seconds * 1_000)
        .replace(/ min/g, 'm')
        .replace(/ /g, '');
      expect(parseDuration(text)).toEqual({ kind: 'ok', ms: seconds * 1_000 });
    }),
  );
});
