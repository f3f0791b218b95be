import { cellsOf, columnOf, type Cell, type Row } from './faults-table.ts';
import { sampleCells } from './sample-cells.ts';

/**
 * The fault table of groups: the same faults, each in one zone of two, while the other goes on. What every cell must fulfil is in
 * group-faults-judge.ts.
 */
const row = (name: string, what: Omit<Row, 'name'>): Row => ({ name, ...what });

export const GROUP_ROWS: readonly Row[] = [
  row('readRecords', { port: 'read', activity: 'readRecords', which: '', way: 'forward' }),
  row('checkRecords', { port: 'probe', activity: 'checkRecords', which: '', way: 'forward' }),
  row('swapZone of a middle step', { port: 'write', activity: 'swapZone', which: ': 50 %', way: 'forward' }),
  row('awaitInsync of a zone', { port: 'read', activity: 'awaitInsync', which: '', way: 'forward' }),
  row('verifyRecords', { port: 'dns', activity: 'verifyRecords', which: '', way: 'forward' }),
  row('watchRecords', { port: 'probe', activity: 'watchRecords', which: '', way: 'forward' }),
  row('watchRecords, its look for drift', { port: 'read', activity: 'watchRecords', which: '', way: 'forward' }),
  row('swapZone of the promotion', { port: 'write', activity: 'swapZone', which: ': promote', way: 'forward' }),
  row('restoreZone', { port: 'write', activity: 'restoreZone', which: ': rollback', way: 'back' }),
  row('awaitInsync of the rollback', { port: 'read', activity: 'awaitInsync', which: '', way: 'back' }),
  row('verifyRecords of the rollback', { port: 'dns', activity: 'verifyRecords', which: '', way: 'back' }),
  row('setZoneFences to rest', { port: 'write', activity: 'setZoneFences', which: ': at rest', way: 'back' }),
  row('measureRecords', { port: 'metric', activity: 'measureRecords', which: '', way: 'forward', scene: 'measured' }),
  row('watchRecords, its gates on metrics', {
    port: 'metric',
    activity: 'watchRecords',
    which: '',
    way: 'forward',
    scene: 'measured',
  }),
];

/** How a gate gets over one bad look is the table of single records: four records at this pace, ten cells at once, leave no time for a second one. */
const isForOneRecord = ({ row, fault, times }: Cell): boolean =>
  row.port === 'metric' && times === 'once' && !fault.name.endsWith('while running');

export const GROUP_CELLS: readonly Cell[] = cellsOf(GROUP_ROWS).filter((cell) => !isForOneRecord(cell));

/** What `npm test` plays of it: one cell in eighteen, what somebody else writes while a zone is restored, and a metric that goes bad. */
export const GROUP_SAMPLE: readonly Cell[] = sampleCells(GROUP_CELLS, {
  placeOf: ({ row, fault, times }) => [5 * GROUP_ROWS.indexOf(row), columnOf(fault, times)],
  oneIn: () => 18,
  always: ({ row: { activity, port }, fault, times, ends }) =>
    (ends === 'foreign' && activity === 'restoreZone') ||
    (port === 'metric' &&
      activity === 'watchRecords' &&
      fault.name === 'the metric is bad' &&
      times === 'until healed'),
});
