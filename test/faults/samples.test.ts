/** What `npm test` plays of the fault tables leaves out cells, and no kind of anything. */
import { CELLS, FAULT_KINDS, ROWS, SAMPLE } from '../support/faults-table.ts';
import { GROUP_CELLS, GROUP_SAMPLE } from '../support/group-faults-table.ts';
import { sampleCells } from '../support/sample-cells.ts';
import { MEND_CELLS, MEND_ROWS, MEND_SAMPLE } from '../support/mend-faults-table.ts';
import * as sync from '../support/sync-faults-table.ts';

const seen = <T>(what: readonly T[]): ReadonlySet<T> => new Set(what);

test('the sample of deployments meets each row, each fault (of a plain one once and until healed), and each end', () => {
  expect(seen(SAMPLE.map(({ row }) => row))).toEqual(seen(ROWS));
  const kindOf = ({ fault, times }: (typeof CELLS)[number]) => `${fault.name}, ${times}`;
  const plain = (cells: typeof CELLS) => cells.filter(({ row }) => row.scene === undefined);
  expect(seen(plain(SAMPLE).map(kindOf))).toEqual(seen(plain(CELLS).map(kindOf)));
  expect(seen(SAMPLE.map(({ fault }) => fault))).toEqual(seen(FAULT_KINDS));
  expect(seen(SAMPLE.map(({ ends }) => ends))).toEqual(seen(['promoted', 'red', 'foreign']));
});

test('the sample of groups meets each port on both ways, and each end', () => {
  const waysOf = ({ row }: (typeof GROUP_CELLS)[number]) =>
    row.port === 'probe' ? row.port : `${row.port} ${row.way}`;
  expect(seen(GROUP_SAMPLE.map(waysOf))).toEqual(seen(GROUP_CELLS.map(waysOf)));
  expect(seen(GROUP_SAMPLE.map(({ ends }) => ends))).toEqual(seen(['promoted', 'red', 'foreign']));
});

test('the sample of syncs meets each kind of request, and each fault once and four times', () => {
  const sample = sync.ROWS.flatMap(sync.sampleOf);
  const cells = sync.ROWS.flatMap(sync.cellsOf);
  const kindOf = ({ fault, times }: sync.Cell) => `${fault}, ${times}`;
  expect(seen(sample.map(({ row }) => row))).toEqual(seen(sync.ROWS));
  expect(seen(sample.map(kindOf))).toEqual(seen(cells.map(kindOf)));
});

test('the sample of who restores in the place of a run meets each row, and each end', () => {
  expect(seen(MEND_SAMPLE.map(({ row }) => row))).toEqual(seen(MEND_ROWS));
  expect(seen(MEND_SAMPLE.map(({ ends }) => ends))).toEqual(seen(MEND_CELLS.map(({ ends }) => ends)));
});

test('the whole table is played where it is asked for', () => {
  const sampling = { placeOf: () => [0, 1] as const, oneIn: () => 2, always: () => false };
  expect(sampleCells([1, 2, 3], sampling, true)).toEqual([1, 2, 3]);
  expect(sampleCells([1, 2, 3], sampling, false)).toEqual([]);
});
