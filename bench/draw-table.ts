import { table } from '../src/cli/words.ts';
import type { Row } from './measure.ts';

const HEAD = ['measure', 'goal', 'reached', '', 'yardstick'];

/** Goal beside reached; the verdict is for people, not for the exit code. */
export function tableLines(rows: readonly Row[]): readonly string[] {
  return table([HEAD, ...rows.map(cells)]);
}

function cells({ measure, goal, reached, yardstick, ok }: Row): readonly string[] {
  return [measure, ok === null ? goal : `<= ${goal}`, reached, ok === null ? '' : ok ? 'ok' : 'MISSED', yardstick];
}
