import { shareDrawer, shareLine } from '../../demo/draw-share.ts';
import { NO_ANSWERS, type AnswerCount } from '../../demo/traffic-share.ts';
import { openTerminal } from '../../src/cli/terminal.ts';

const plain = (_style: string, text: string): string => text;
const count = (part: Partial<AnswerCount>): AnswerCount => ({ ...NO_ANSWERS, ...part });

test('a bar is as long as the share of black, and says of how many answers', () => {
  const line = shareLine(count({ red: 75, black: 25 }), plain);
  expect(line).toBe(`${'█'.repeat(10)}${'░'.repeat(30)}  black  25 % of 100 answers`);
});

test('answers that are neither red nor black, and silence, are not hidden behind the bar', () => {
  expect(shareLine(count({ red: 1, other: 2, silent: 3 }), plain)).toMatch(/, 2 neither red nor black, 3 silent$/);
  expect(shareLine(count({ silent: 8 }), plain)).toMatch(/no answer to 8 questions$/);
});

function drawn(isTTY: boolean, counts: readonly AnswerCount[]): number {
  const lines: string[] = [];
  const stdout = { isTTY, write: (text: string) => lines.push(text) };
  const draw = shareDrawer(openTerminal({ stdout, stderr: stdout }, {}, '/'));
  for (const one of counts) draw(one);
  return lines.length;
}

test('a terminal gets a bar every second, a log only where the share has moved', () => {
  const still = [count({ red: 100 }), count({ red: 100 }), count({ red: 100 })];
  expect(drawn(true, still)).toBe(3);
  expect(drawn(false, still)).toBe(1);
});
