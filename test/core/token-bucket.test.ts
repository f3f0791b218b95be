import fc from 'fast-check';
import { fullBucket, takeToken, type Rate, type TokenBucket } from '../../src/core/token-bucket.ts';

const RATE: Rate = { burst: 3, perSecond: 2 };

/** Which of the moments got a token. */
function taken(rate: Rate, moments: readonly number[]): readonly number[] {
  let bucket: TokenBucket = fullBucket(rate, moments[0] ?? 0);
  return moments.filter((now) => {
    const after = takeToken(bucket, rate, now);
    bucket = after ?? bucket;
    return after !== null;
  });
}

test.each([
  ['the burst, and no more', [0, 0, 0, 0, 0], [0, 0, 0]],
  ['one more when it has filled up again', [0, 0, 0, 499, 500, 501], [0, 0, 0, 500]],
  ['never more than the burst after a long rest', [0, 60_000, 60_000, 60_000, 60_000], [0, 60_000, 60_000, 60_000]],
  ['nothing for a clock that goes back', [1_000, 1_000, 1_000, 0, 0], [1_000, 1_000, 1_000]],
])('gives %s', (_what, moments, expected) => {
  expect(taken(RATE, moments)).toEqual(expected);
});

test('never gives more than its rate and its burst, whatever the moments', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 200 }), (moments) => {
      const sorted = [...moments].sort((a, b) => a - b);
      const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
      expect(taken(RATE, sorted).length).toBeLessThanOrEqual(RATE.burst + (span / 1_000) * RATE.perSecond);
    }),
  );
});
