import type { Terminal } from '../src/cli/terminal.ts';
import { clock } from '../src/cli/words.ts';

const WIDTH = 40;
/** Steps of a log without a terminal: one for each quarter. */
const QUARTERS = 4;

export interface CopyCount {
  /** Open tasks in Todoist. */
  readonly tasks: number;
  /** Those that have an open copy in To Do. */
  readonly copied: number;
  /** Copies beyond the first: never any. */
  readonly extra: number;
}

/** `████░░░░  12 of 60 tasks are in To Do`. */
export function copiesLine({ tasks, copied, extra }: CopyCount, paint: Terminal['paint']): string {
  const full = tasks === 0 ? WIDTH : Math.floor((WIDTH * copied) / tasks);
  const bar = `${paint('bold', '█'.repeat(full))}${paint('dim', '░'.repeat(WIDTH - full))}`;
  const twice = extra === 0 ? [] : [paint('red', `${extra} too many`)];
  return [`${bar}  ${copied} of ${tasks} tasks are in To Do`, ...twice].join(', ');
}

/** A bar wherever something has changed on a terminal; without one, a line a quarter. */
export function copiesDrawer(terminal: Terminal): (count: CopyCount) => void {
  let drawn = '';
  return (count) => {
    const { tasks, copied, extra } = count;
    const step = terminal.live ? copied : Math.floor((QUARTERS * copied) / Math.max(1, tasks));
    const state = `${tasks} ${step} ${extra}`;
    if (state === drawn) return;
    drawn = state;
    terminal.out(`${clock(Date.now())}  ${copiesLine(count, terminal.paint)}`);
  };
}
