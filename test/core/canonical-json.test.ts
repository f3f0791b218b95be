import fc from 'fast-check';
import { canonicalJson } from '../../src/core/canonical-json.ts';

test('gives one text to equal values, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }));
  expect(canonicalJson(undefined)).toBe('null');
});

test('keeps a key named __proto__, so that it cannot hide a difference', () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"x":1},"a":1}');
  expect(canonicalJson(hostile)).toBe('{"__proto__":{"x":1},"a":1}');
});

test('says the same as JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
