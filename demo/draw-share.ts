import type { Terminal } from '../src/cli/terminal.ts';
import { clock } from '../src/cli/words.ts';
import { blackShare, hasMoved, type AnswerCount } from './traffic-share.ts';

const WIDTH = 40;

/** One second of answers: `12:14:11 UTC  ████░░░░  black  52 % of 100 answers`. */
export function shareLine(count: AnswerCount, paint: Terminal['paint']): string {
  const share = blackShare(count);
  const { red, black, other, silent } = count;
  if (share === null) return `${' '.repeat(WIDTH)}  no answer to ${silent} questions`;
  const full = Math.round((WIDTH * share) / 100);
  const bar = `${paint('bold', '█'.repeat(full))}${paint('red', '░'.repeat(WIDTH - full))}`;
  const odd = [
    ...(other === 0 ? [] : [`${other} neither red nor black`]),
    ...(silent === 0 ? [] : [`${silent} silent`]),
  ];
  const percent = String(Math.round(share)).padStart(3);
  return [`${bar}  black ${percent} % of ${red + black + other} answers`, ...odd].join(', ');
}

/** A bar a second on a terminal; without one a line where the share has moved, and none for chance. */
export function shareDrawer(terminal: Terminal): (count: AnswerCount) => void {
  let drawn: AnswerCount | null = null;
  return (count) => {
    if (!terminal.live && !hasMoved(drawn, count)) return;
    drawn = count;
    terminal.out(`${clock(Date.now())}  ${shareLine(count, (style, text) => terminal.paint(style, text))}`);
  };
}
