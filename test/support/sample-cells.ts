/** Tables are played whole by `npm run test:long`, or wherever SWITCHYARD_TEST_RUNS is set; `npm test` plays a fixed sample of their cells. */
const WHOLE = process.env['SWITCHYARD_TEST_RUNS'] !== undefined;

export interface Sampling<Cell> {
  /** The row and the column of a cell, counted from 0. */
  readonly placeOf: (cell: Cell) => readonly [row: number, column: number];
  /** One cell in so many of each row, along diagonals: so that each row and each column is met. */
  readonly oneIn: (cell: Cell) => number;
  /** What has gone wrong before, or is the point of the table, is played always. */
  readonly always: (cell: Cell) => boolean;
}

/** The cells that a run of the tests plays: the same ones each time. */
export function sampleCells<Cell>(cells: readonly Cell[], sampling: Sampling<Cell>, whole = WHOLE): readonly Cell[] {
  if (whole) return cells;
  const { placeOf, oneIn, always } = sampling;
  return cells.filter((cell) => {
    const [row, column] = placeOf(cell);
    return (row + column) % oneIn(cell) === 0 || always(cell);
  });
}
