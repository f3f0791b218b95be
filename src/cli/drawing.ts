import type { Terminal } from './terminal.ts';

/** Lines that are drawn again over themselves. */
export interface Drawing {
  draw(lines: readonly string[]): void;
  /** Something else was written: the next lines go below it. */
  leave(): void;
}

export function openDrawing(terminal: Terminal): Drawing {
  let drawn = 0;
  return {
    draw: (lines) => {
      terminal.redraw(drawn);
      for (const line of lines) terminal.out(cut(line, terminal.columns));
      drawn = lines.length;
    },
    leave: () => void (drawn = 0),
  };
}

/** A line that would wrap would be two, and the next redraw would miss one. Colours do not count. */
function cut(line: string, columns: number): string {
  // eslint-disable-next-line no-control-regex -- the colours that this client writes itself
  const bare = line.replace(/\u001b\[\d{1,2}m/g, '');
  return bare.length < columns ? line : `${bare.slice(0, Math.max(0, columns - 2))}…`;
}
