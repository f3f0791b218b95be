import { expectedOfGroup, runGroupCell } from '../support/group-faults-judge.ts';
import { GROUP_SAMPLE } from '../support/group-faults-table.ts';
import { title } from '../support/faults-table.ts';
import { startYard, type Yard } from '../support/yard.ts';

/**
 * The fault table of groups: whatever meets one zone, all records end together, each lock is let go, and what somebody else wrote stays.
 * `npm test` plays a sample of the cells.
 */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const cells = GROUP_SAMPLE.map((cell) => ({ title: title(cell), cell }));

test.concurrent.each(cells)('$title: all records of the group end as one (D1 to D8, G1 to G6)', async ({ cell }) => {
  expect(await runGroupCell(yard, cell)).toEqual(expectedOfGroup(cell));
});
