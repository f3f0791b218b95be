import fc from 'fast-check';
import { fillQuery, unknownWords } from '../../../src/core/metrics/fill-query.ts';

const WORDS = { side: 'black', values: ['192.0.2.20', '2001:db8::20'], tickMs: 60_000 } as const;

test('fills in side, values and tick', () => {
  expect(fillQuery('up{side="$side", instance=~"($value):80"}[$tick]', WORDS)).toBe(
    'up{side="black", instance=~"(192.0.2.20|2001:db8::20):80"}[60s]',
  );
});

test('leaves the groups of label_replace alone, and knows what nothing stands for', () => {
  expect(fillQuery('label_replace(up, "a", "$1", "b", "(.*)")', WORDS)).toContain('"$1"');
  expect(unknownWords('up{instance="$instance"} $side $instance $1 $Side')).toEqual(['$instance', '$Side']);
});

test('refuses a value that could end a string of a query', () => {
  expect(fillQuery('up{v="$value"}', { ...WORDS, values: ['a"} or vector(0) #'] })).toBeNull();
});

test('never lets a value become a part of a query', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const filled = fillQuery('up{v="$value"}', { ...WORDS, values: [value] });
      if (filled !== null) expect(filled).toMatch(/^up\{v="[a-z0-9._:-]+"\}$/i);
    }),
  );
});
