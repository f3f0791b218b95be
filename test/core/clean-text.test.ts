import fc from 'fast-check';
import { cleanText } from '../../src/core/clean-text.ts';

test.each([
  ['a colour', '\u001b[31mred\u001b[0m', 'red'],
  ['a colour by the 8-bit introducer', '\u009b31mred', 'red'],
  ['a window title', '\u001b]0;title\u0007x', 'x'],
  ['a link', '\u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\', 'here'],
  ['an open title', 'x\u001b]0;rest of it', 'x'],
  ['a short escape', '\u001bMx', 'x'],
  ['line breaks that would start a CI command', 'ok\r\n::set-output name=x::y', 'ok ::set-output name=x::y'],
  ['unicode line breaks', 'a\u2028b\u2029c\u0085d', 'a b c d'],
  ['NUL and BEL', 'a\u0000b\u0007c', 'abc'],
  ['a text that runs backwards', 'a\u202egnp.exe\u202c\u2066b', 'agnp.exeb'],
  ['zero width', 'a\u200bb\ufeffc', 'abc'],
  ['a lone surrogate', 'a\ud800b', 'ab'],
])('removes %s', (_, text, expected) => {
  expect(cleanText(text, 100)).toBe(expected);
});

test('cuts by characters, not in the middle of one', () => {
  expect(cleanText('😀😀😀', 2)).toBe('😀…');
  expect(cleanText('😀😀', 2)).toBe('😀😀');
  expect(cleanText('abc', 0)).toBe('…');
});

test('leaves one printable line of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      const clean = cleanText(text, 20);
      expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(Array.from(clean).length).toBeLessThanOrEqual(20);
      expect(cleanText(clean, 20)).toBe(clean);
    }),
  );
});
