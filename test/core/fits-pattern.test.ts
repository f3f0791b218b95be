import fc from 'fast-check';
import { fitsPattern } from '../../src/core/fits-pattern.ts';

test.each([
  ['ann@example.com', '*@example.com'],
  ['Ann@Example.COM', '*@example.com'],
  ['ann@example.com', 'ANN@EXAMPLE.COM'],
  ['ann@example.com', '*'],
  ['', '*'],
  ['', '**'],
  ['deploy-bot', 'deploy-*'],
  ['aXbYc', 'a*b*c'],
  ['abab', '*ab'],
])('%j fits %j', (text, pattern) => {
  expect(fitsPattern(text, pattern)).toBe(true);
});

test.each([
  ['eve@example.com.evil.org', '*@example.com'],
  ['ann', '*@example.com'],
  ['annxexample.com', 'ann.example.com'],
  ['ab', 'ab*b'],
  ['a', 'a*a'],
  ['', ''.padEnd(1, 'a')],
  ['abc', 'a?c'],
  ['bca', 'a*'],
])('%j does not fit %j: nothing but the star has a meaning', (text, pattern) => {
  expect(fitsPattern(text, pattern)).toBe(false);
});

const piece = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '.', '+', '(', '@') });

test('means what the same pattern means as a regular expression', () => {
  fc.assert(
    fc.property(piece, fc.array(piece, { minLength: 1, maxLength: 4 }), (text, pieces) => {
      const source = pieces.map((one) => one.replace(/[.+(@]/g, String.raw`\$&`)).join('.*');
      expect(fitsPattern(text, pieces.join('*'))).toBe(new RegExp(`^${source}$`, 'i').test(text));
    }),
  );
});

test('a text that was made from the pattern fits it, whatever stands for the stars', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 2, maxLength: 5 }),
      fc.array(fc.string(), { minLength: 4, maxLength: 4 }),
      (pieces, fillings) => {
        const text = pieces.map((one, at) => (at === 0 ? one : `${fillings[at - 1] ?? ''}${one}`)).join('');
        expect(fitsPattern(text, pieces.join('*'))).toBe(true);
      },
    ),
  );
});

test('a pattern that would stall a regular expression is answered at once', () => {
  const began = performance.now();
  expect(fitsPattern('a'.repeat(200), `${'*a'.repeat(100)}*b`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(100);
});
