import { harmless, openTerminal } from '../../src/cli/terminal.ts';

describe('a line for the terminal', () => {
  test.each([
    ['clears the screen', 'a\u001b[2Jb', 'a [2Jb'],
    ['sets a title', 'a\u001b]0;x\u0007b', 'a ]0;x b'],
    ['begins a second line', 'a\nb\rc', 'a b c'],
    ['uses C1 controls', 'a\u009b2Jb', 'a 2Jb'],
    ['turns the direction', 'a\u202eb', 'ab'],
    ['is a command of GitHub Actions', '::set-output name=x::y', ': :set-output name=x::y'],
    ['is one after blanks', '  ::add-mask::y', '  : :add-mask::y'],
    ['is one of the old kind', 'x ##[error]y', 'x ## [error]y'],
  ])('that %s is made harmless', (_what, text, safe) => {
    expect(harmless(text)).toBe(safe);
  });

  test('keeps colours, and text as it is', () => {
    expect(harmless('\u001b[32mgrün ✓\u001b[39m a: b :: c')).toBe('\u001b[32mgrün ✓\u001b[39m a: b :: c');
  });
});

function written(isTTY: boolean, env: Record<string, string>): string {
  let text = '';
  const sink = { write: (more: string) => (text += more), isTTY };
  const terminal = openTerminal({ stdout: sink, stderr: sink }, env, '/');
  terminal.out(terminal.paint('green', 'done'));
  terminal.redraw(3);
  return text;
}

test('colours and redraws only with a terminal, and no colours where NO_COLOR says so', () => {
  expect(written(false, {})).toBe('done\n');
  expect(written(true, { TERM: 'dumb' })).toBe('done\n');
  expect(written(true, { NO_COLOR: '1' })).toBe('done\n\u001b[3A\u001b[0J');
  expect(written(true, {})).toBe('\u001b[32mdone\u001b[39m\n\u001b[3A\u001b[0J');
});
