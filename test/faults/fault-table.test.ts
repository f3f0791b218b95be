import { expected, runCell } from '../support/faults-judge.ts';
import { SAMPLE, title } from '../support/faults-table.ts';
import { startYard, type Yard } from '../support/yard.ts';

/**
 * The specification of D3: each activity x each fault x {once, until it is healed}, always the same expectations, made by an observer that
 * reads the sandbox's change log. Here the way forward; fault-table-back.test.ts has the way back. `npm test` plays a sample of the cells.
 */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const forward = SAMPLE.filter(({ row }) => row.way === 'forward').map((cell) => ({ title: title(cell), cell }));

test.concurrent.each(forward)('$title: the record ends as promised (D1, D2, D3, D5, D6, D8)', async ({ cell }) => {
  expect(await runCell(yard, cell)).toEqual(expected(cell));
});
