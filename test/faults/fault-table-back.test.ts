import { expected, runCell } from '../support/faults-judge.ts';
import { SAMPLE, title } from '../support/faults-table.ts';
import { startYard, type Yard } from '../support/yard.ts';

/** The second half of the fault table: whatever meets a rollback, red is restored, and nothing says so before (D3, D8). */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const back = SAMPLE.filter(({ row }) => row.way === 'back').map((cell) => ({ title: title(cell), cell }));

test.concurrent.each(back)('$title: the record ends on red (D2, D3, D5, D6, D8)', async ({ cell }) => {
  expect(await runCell(yard, cell)).toEqual(expected(cell));
});
