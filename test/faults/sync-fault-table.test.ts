import pLimit from 'p-limit';
import { expected, runCell } from '../support/sync-faults-judge.ts';
import { ROWS, sampleOf } from '../support/sync-faults-table.ts';
import { startSyncYard, type SyncYard } from '../support/sync-yard.ts';

/**
 * The specification of S1 to S3: each kind of request of a run x each fault x {once, four times in a row}, always the same expectations,
 * made by an observer that reads what the two services themselves have kept. `npm test` plays a sample of the cells.
 */
let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(() => yard.close());

/** Cells at once: what they wait for is time limits, not the processor. */
const limit = pLimit(24);

test.concurrent.each(ROWS)(
  '$name: whatever strikes it, each task has one copy, nobody else closes one, and a rerun writes nothing (S1, S2, S3)',
  async (row) => {
    const cells = await Promise.all(
      sampleOf(row).map((cell) => limit(async () => ({ cell, seen: await runCell(yard, cell) }))),
    );
    const table = (what: (one: (typeof cells)[number]) => unknown) =>
      Object.fromEntries(cells.map((one) => [`${one.cell.fault}, ${one.cell.times}`, what(one)]));
    expect(table(({ seen }) => seen)).toEqual(table(({ cell }) => expected(cell)));
  },
  240_000,
);
