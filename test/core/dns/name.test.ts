import fc from 'fast-check';
import {
  canonicalName,
  canonicalTarget,
  displayName,
  fenceName,
  isInZone,
  sameName,
  wireName,
} from '../../../src/core/dns/name.ts';

const label63 = 'a'.repeat(63);
const long = (length: number): string => `${label63}.`.repeat(4).slice(0, length - 1) + 'b';

describe('canonicalName', () => {
  test.each([
    ['EXAMPLE.com.', 'example.com'],
    ['www.example.com', 'www.example.com'],
    ['*.example.com', '*.example.com'],
    ['\\052.example.com', '*.example.com'],
    ['*', '*'],
    ['\\141b\\057c.example.com', 'ab\\057c.example.com'],
    ['a\\056b.example.com', 'a\\056b.example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['xn--bcher-kva.example.com', 'xn--bcher-kva.example.com'],
    [long(241), long(241)],
  ])('takes %j as %j', (text, name) => {
    expect(canonicalName(text)).toEqual({ kind: 'ok', name });
  });

  test.each([
    ['', /empty/],
    ['.', /empty/],
    ['..', /two dots/],
    ['a..b', /two dots/],
    ['.a', /two dots/],
    [' ', /space or control/],
    ['a b', /space or control.*U\+0020/],
    ['a\r\nb', /U\+000D/],
    ['a\u0000b', /U\+0000/],
    ['ex\u0430mple.com', /U\+0430: write the name in punycode/],
    ['http://x', /has :: .*here \\072/],
    ['a\\b', /three octal digits/],
    ['a\\999', /three octal digits/],
    ['a\\000b.example.com', /not printable/],
    ['a\\377b.example.com', /not printable/],
    ['a*.example.com', /whole first label/],
    ['www.*.example.com', /whole first label/],
    ['w\\052w.example.com', /whole first label/],
    [`${'a'.repeat(64)}.example.com`, /64 characters/],
    ['xn--.example.com', /broken punycode/],
    ['xn--a-.example.com', /broken punycode/],
    ['_switchyard.example.com', /keeps its fences/],
    ['_Wildcard.example.com', /keeps its fences/],
    [long(242), /at most 241/],
    [`*.${long(232)}`, /at most 233/],
    [long(254), /at most 253/],
  ])('refuses %j with a sentence', (text, why) => {
    const read = canonicalName(text);
    expect(read).toMatchObject({ kind: 'bad', why: expect.stringMatching(why) as string });
  });

  test('leaves room for the fence within 253 characters, to the last one', () => {
    expect(fenceName(long(241))).toHaveLength(254); // with the final dot
    expect(canonicalName(`*.${long(231)}`).kind).toBe('ok');
    expect(fenceName(`*.${long(231)}`)).toHaveLength(254);
  });

  test('survives the way to Route 53 and back, in any case', () => {
    const char = fc.constantFrom('a', 'Z', '0', '-', '_', '\\057', '\\100', '\\056');
    const label = fc.array(char, { minLength: 1, maxLength: 9 }).map((chars) => `a${chars.join('')}9`);
    fc.assert(
      fc.property(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 4 }), (wild, labels) => {
        const read = canonicalName([...(wild ? ['*'] : []), ...labels].join('.'));
        const name = read.kind === 'ok' ? read.name : '';
        expect(read.kind).toBe('ok');
        expect(displayName(wireName(name))).toBe(name);
        expect(canonicalName(wireName(name).toUpperCase())).toEqual(read);
        expect(sameName(name, wireName(name))).toBe(true);
      }),
    );
  });
});

test('a target is a name that may be long, and no wildcard', () => {
  expect(canonicalTarget('_switchyard.Example.com.')).toEqual({ kind: 'ok', name: '_switchyard.example.com' });
  expect(canonicalTarget(long(253)).kind).toBe('ok');
  expect(canonicalTarget('*.example.com')).toMatchObject({ kind: 'bad' });
  expect(canonicalTarget('a..b')).toMatchObject({ kind: 'bad' });
});

test('the fence of a wildcard stands beside that of no other name', () => {
  expect(fenceName('www.example.com')).toBe('_switchyard.www.example.com.');
  expect(fenceName('*.example.com')).toBe('_switchyard._wildcard.example.com.');
  expect(wireName('*.example.com')).toBe('\\052.example.com.');
});

test.each([
  ['www.example.com', 'example.com.', true],
  ['example.com', 'EXAMPLE.COM', true],
  ['foobar.com', 'bar.com.', false],
  ['bar.com', 'foo.bar.com.', false],
  ['a\\056bar.com', 'bar.com', false],
  ['*.example.com', 'example.com.', true],
])('%s in zone %s: %s', (name, zone, expected) => {
  expect(isInZone(name, zone)).toBe(expected);
});
