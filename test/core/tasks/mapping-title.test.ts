import fc from 'fast-check';
import { cleanLine } from '../../../src/core/tasks/clean-line.ts';
import { cutLine } from '../../../src/core/tasks/cut-line.ts';
import { mapTitle } from '../../../src/core/tasks/map-title.ts';
import { titleKey } from '../../../src/core/tasks/title-key.ts';
import { anyText, fieldsOf, sourceTask } from './task-samples.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const SCOTLAND = '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}';
const titleOf = (content: string): string => fieldsOf(sourceTask({ content })).title;

test.each([
  ['nothing', '', '(no title)'],
  ['white space only', ' \t\r\n\u00a0\u2003\u2028', '(no title)'],
  ['only what is not seen', '\u200b\u202e\ufeff\u0000', '(no title)'],
  ['only fillers and selectors', '\u3164\ufe0f', '(no title)'],
  ['one character', 'x', 'x'],
  ['white space', '  a \t b\r\nc\u00a0d\u2028e\u0085f  ', 'a b c d e f'],
  ['NUL and BEL', 'a\u0000b\u0007c', 'abc'],
  ['a text that runs backwards', 'invoice\u202efdp.exe\u202c\u2066x\u2069', 'invoicefdp.exex'],
  ['Hebrew and Arabic', 'שלום مرحبا', 'שלום مرحبا'],
  ['a sign in front of Arabic numbers', '\u0600\u0661', '\u0600\u0661'],
  ['joiners that Persian needs', 'می\u200cخواهم', 'می\u200cخواهم'],
  ['a zero width space in a word', 'pass\u200bword', 'password'],
  ['a joiner that joins nothing', '\u200da\u200d \u200db\u200d', 'a b'],
  ['lone surrogates', 'a\ud800b\udc00c', 'abc'],
  ['a noncharacter that XML refuses', 'a\uffffb', 'ab'],
  ['emoji only', '🎉🎉', '🎉🎉'],
  ['a family', FAMILY, FAMILY],
  ['a skin tone before a joiner', '👩🏽‍🚒', '👩🏽‍🚒'],
  ['a heart on fire', '❤️‍🔥', '❤️‍🔥'],
  ['a flag of tags', SCOTLAND, SCOTLAND],
  ['tags that hide a text', 'a\u{e0068}\u{e0069}b', 'ab'],
  ['HTML', '<script>alert(1)</script> &amp; <b>x</b>', '<script>alert(1)</script> &amp; <b>x</b>'],
  ['a colour of a terminal', '\u001b[31mred', '[31mred'],
])('writes a title that is harmless and never empty: %s', (_, content, expected) => {
  expect(titleOf(content)).toBe(expected);
});

test.each([
  ['a title that just fits', 'x'.repeat(255), 'x'.repeat(255)],
  ['one character more', 'x'.repeat(256), `${'x'.repeat(254)}…`],
  ['65,536 characters', 'x'.repeat(65_536), `${'x'.repeat(254)}…`],
  ['a space where it is cut', `${'x'.repeat(253)} ${'y'.repeat(9)}`, `${'x'.repeat(253)}…`],
])('never writes more of a title than To Do takes: %s', (_, content, expected) => {
  expect(titleOf(content)).toBe(expected);
});

test('keeps the whole of a title that was cut in the body, so that nothing is lost (S5)', () => {
  const content = `${'word '.repeat(60)}end`;
  expect(fieldsOf(sourceTask({ content })).body).toBe(`${content}\n${LINK}`);
  expect(fieldsOf(sourceTask({ content: 'short' })).body).toBe(LINK);
});
const LINK = 'https://app.todoist.com/app/task/6X4Vw2Hfmg73Q2XR';

test.each([
  ['an emoji of two units', 'ab😀cd', 4, 'ab…'],
  ['a family', `a${FAMILY}bcdef`, 9, 'a…'],
  ['a skin tone', 'a👩🏽bcdef', 5, 'a…'],
  ['an accent', 'abce\u0301fgh', 5, 'abc…'],
  ['a flag', 'a🇩🇪🇫🇷bc', 8, 'a🇩🇪…'],
  ['a flag of tags', `a${SCOTLAND}bc`, 10, 'a…'],
  ['a joiner of Persian', 'ab\u200ccdefgh', 3, 'a…'],
  ['nothing but one long emoji', FAMILY, 5, '👨…'],
  ['nothing but a surrogate pair', '😀😀', 2, '…'],
  ['a limit of one', 'abc', 1, '…'],
])('never cuts through %s', (_, line, max, expected) => {
  expect(cutLine(line, max)).toBe(expected);
});

test('cuts a letter with a thousand accents rather than give up', () => {
  expect(cutLine(`a${'\u0301'.repeat(1_000)}`, 100)).toHaveLength(100);
});

test("puts the parent's title in front of a sub-task's", () => {
  expect(mapTitle(sourceTask({ parentTitle: ' Party\n', content: 'Buy milk' }), 255)).toEqual({
    title: 'Party › Buy milk',
    whole: null,
  });
  expect(mapTitle(sourceTask({ parentTitle: '\u200b', content: '' }), 255).title).toBe('(no title)');
  expect(mapTitle(sourceTask({ parentTitle: 'Party', content: '' }), 255).title).toBe('Party › (no title)');
});

test("cuts a long parent's title first, so that sub-tasks can be told apart", () => {
  const parentTitle = 'p'.repeat(500);
  expect(mapTitle(sourceTask({ parentTitle, content: 'Buy milk' }), 30)).toEqual({
    title: 'ppppppppp… › Buy milk',
    whole: `${parentTitle} › Buy milk`,
  });
  expect(mapTitle(sourceTask({ parentTitle, content: 'c'.repeat(50) }), 30).title).toBe(
    `ppppppppp… › ${'c'.repeat(16)}…`,
  );
});

test('never writes more than the limit, controls, or half a character, whatever the title (S5)', () => {
  fc.assert(
    fc.property(anyText, fc.option(anyText), fc.integer({ min: 1, max: 60 }), (content, parentTitle, max) => {
      const { title } = mapTitle(sourceTask({ content, parentTitle }), max);
      expect(title.length).toBeLessThanOrEqual(max);
      expect(title).not.toMatch(/^\s|\s$|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]|^$/u);
    }),
    { numRuns: 500 },
  );
});

test('reads back a title as it was written, so that a rerun writes nothing (S2)', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, max) => {
      const line = cleanLine(text);
      expect(cleanLine(line)).toBe(line);
      const cut = cutLine(line, max);
      expect(cleanLine(cut)).toBe(cut);
      expect(cutLine(cut, max)).toBe(cut);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['case', 'BUY Milk', 'buy milk'],
  ['white space', ' Buy\u00a0 milk ', 'Buy milk'],
  ['a sharp s', 'Straße', 'STRASSE'],
  ['ways to write an accent', 'café', 'cafe\u0301'],
  ['joiners', 'می\u200cخواهم', 'میخواهم'],
])('finds a similar task although %s is another', (_, a, b) => {
  expect(titleKey(a)).toBe(titleKey(b));
});

test('does not take another title for a similar one', () => {
  expect(titleKey('Buy milk')).not.toBe(titleKey('Buy milk!'));
});
