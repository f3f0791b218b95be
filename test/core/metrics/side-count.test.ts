import fc from 'fast-check';
import { wholeCount } from '../../../src/core/metrics/side-count.ts';

test.each([
  ['whole numbers as they are', 500, 5, { requests: 500, errors: 5 }],
  ['what increase() extrapolates as the nearest whole number', 499.7, 0.6, { requests: 500, errors: 1 }],
  ['a rest of an error as none', 499.7, 0.3, { requests: 500, errors: 0 }],
  ['a rest of a request as none', 0.4, 0, { requests: 0, errors: 0 }],
  ['more errors than requests as all of them', 3.2, 5, { requests: 3, errors: 3 }],
  ['errors of no request as none', 0, 2, { requests: 0, errors: 0 }],
  ['requests that are no number as nothing seen', NaN, 0, null],
  ['errors that are no number as nothing seen', 500, NaN, null],
  ['requests below nothing as nothing seen', -1, 0, null],
  ['errors below nothing as nothing seen', 500, -0.6, null],
  ['endless requests as nothing seen', Infinity, 0, null],
  ['errors beyond counting as nothing seen', 500, 1e300, null],
])('takes %s', (_what, requests, errors, expected) => {
  expect(wholeCount({ requests, errors })).toEqual(expected);
});

test('makes counts that can be of any numbers, or none', () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (requests, errors) => {
      const whole = wholeCount({ requests, errors });
      if (whole === null) return;
      expect(Number.isSafeInteger(whole.requests)).toBe(true);
      expect(Number.isSafeInteger(whole.errors)).toBe(true);
      expect(whole.errors).toBeGreaterThanOrEqual(0);
      expect(whole.errors).toBeLessThanOrEqual(whole.requests);
    }),
  );
});
