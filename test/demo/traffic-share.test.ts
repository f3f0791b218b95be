import { blackShare, colourOf, countAnswer, hasMoved, NO_ANSWERS, type AnswerCount } from '../../demo/traffic-share.ts';

const COLOURS = { red: ['192.0.2.10'], black: ['192.0.2.20', '192.0.2.21'] };

const counted = (answers: readonly (readonly string[] | null)[]): AnswerCount =>
  answers.reduce<AnswerCount>((count, values) => countAnswer(count, values, COLOURS), NO_ANSWERS);

test('a silent server is not counted as an answer of red', () => {
  const count = counted([['192.0.2.10'], ['192.0.2.20'], null, null]);
  expect(count).toEqual({ red: 1, black: 1, other: 0, silent: 2 });
  expect(blackShare(count)).toBe(50);
});

test('no answer at all gives no share, rather than 0 %', () => {
  expect(blackShare(counted([null]))).toBeNull();
});

test.each([
  { values: ['192.0.2.21', '192.0.2.20'], colour: 'black' },
  { values: ['192.0.2.10', '192.0.2.20'], colour: 'other' },
  { values: ['203.0.113.9'], colour: 'other' },
  { values: [], colour: 'other' },
])('an answer of $values passes for $colour and nothing else', ({ values, colour }) => {
  expect(colourOf(values, COLOURS)).toBe(colour);
});

const share = (black: number, rest: Partial<AnswerCount> = {}): AnswerCount => ({
  ...NO_ANSWERS,
  black,
  red: 100 - black,
  ...rest,
});

test.each([
  { name: 'the first second', before: null, after: share(0), moved: true },
  { name: 'chance at 50 %', before: share(50), after: share(57), moved: false },
  { name: 'the same nothing', before: share(0), after: share(0), moved: false },
  { name: 'a step', before: share(10), after: share(52), moved: true },
  { name: 'the very first answer of black', before: share(0), after: share(2), moved: true },
  { name: 'the last answer of red', before: share(97), after: share(100), moved: true },
  { name: 'a server that fell silent', before: share(50), after: share(50, { silent: 25 }), moved: true },
  { name: 'an answer that is neither', before: share(50), after: share(50, { other: 1 }), moved: true },
])('a log without a terminal keeps $name apart: a line is $moved', ({ before, after, moved }) => {
  expect(hasMoved(before, after)).toBe(moved);
});
