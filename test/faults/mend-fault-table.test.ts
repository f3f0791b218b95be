import pLimit from 'p-limit';
import { startGuardYard, type GuardYard } from '../support/guard-yard.ts';
import { expectedOfMending, runMendCell } from '../support/mend-faults-judge.ts';
import { MEND_ROWS, MEND_SAMPLE } from '../support/mend-faults-table.ts';

/**
 * The fault table of who puts red back where a run does not: the guard, and the reset that an alarm asks for. Whatever meets them, a run
 * that lives is left, or ends as superseded, what somebody else wrote stays, and what could not be done is said, and done the next time.
 */
let yard: GuardYard;
beforeAll(async () => {
  yard = await startGuardYard();
});
afterAll(() => yard.close());

/** Cells at once: what they wait for is time limits, not the processor. */
const limit = pLimit(16);

test.concurrent.each(MEND_ROWS)(
  '$name: whatever strikes it, the record ends on what its owner wants, and no report says otherwise (D2, D3, D4, D6)',
  async (row) => {
    const sample = MEND_SAMPLE.filter((cell) => cell.row === row);
    const cells = await Promise.all(
      sample.map((cell) => limit(async () => ({ cell, seen: await runMendCell(yard, cell) }))),
    );
    const table = (what: (one: (typeof cells)[number]) => unknown) =>
      Object.fromEntries(cells.map((one) => [`${one.cell.fault.name}, ${one.cell.times}`, what(one)]));
    expect(table(({ seen }) => seen)).toEqual(table(({ cell }) => expectedOfMending(cell)));
  },
  240_000,
);
