import { copiesDrawer, copiesLine } from '../../demo/draw-copies.ts';
import { openTerminal } from '../../src/cli/terminal.ts';

const plain = (_style: string, text: string): string => text;

test.each([
  [{ tasks: 60, copied: 15, extra: 0 }, `${'█'.repeat(10)}${'░'.repeat(30)}  15 of 60 tasks are in To Do`],
  [{ tasks: 60, copied: 60, extra: 1 }, `${'█'.repeat(40)}  60 of 60 tasks are in To Do, 1 too many`],
  [{ tasks: 0, copied: 0, extra: 0 }, `${'█'.repeat(40)}  0 of 0 tasks are in To Do`],
])('the bar of %j is as long as the share that is there', (count, line) => {
  expect(copiesLine(count, plain)).toBe(line);
});

test('without a terminal there is a line a quarter, and one for any task too many', () => {
  const lines: string[] = [];
  const stdout = { write: (text: string) => lines.push(text) };
  const draw = copiesDrawer(openTerminal({ stdout, stderr: stdout }, {}, '/'));
  for (let copied = 0; copied <= 60; copied++) draw({ tasks: 60, copied, extra: 0 });
  draw({ tasks: 60, copied: 60, extra: 1 });

  expect(lines.map((line) => /\d+ of 60.*(?=\n)/.exec(line)?.[0])).toEqual([
    ...[0, 15, 30, 45, 60].map((copied) => `${copied} of 60 tasks are in To Do`),
    '60 of 60 tasks are in To Do, 1 too many',
  ]);
});
