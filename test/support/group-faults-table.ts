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
  row('watchRecords, while somebody decides about gates that say nothing', {
    port: 'probe',
    activity: 'watchRecords',
    which: '',
    way: 'forward',
    scene: 'waived',
    after: 1,
  }),
  row('readRecords of an undo', { port: 'read', activity: 'readRecords', which: '', way: 'forward', scene: 'undone' }),
  row('swapZone of an undo', {
    port: 'write',
    activity: 'swapZone',
    which: ': 100 %',
    way: 'forward',
    scene: 'undone',
  }),
  row('swapZone of the promotion of an undo', {
    port: 'write',
    activity: 'swapZone',
    which: ': promote',
    way: 'forward',
    scene: 'undone',
  }),
];

export const GROUP_CELLS: readonly Cell[] = cellsOf(GROUP_ROWS);

/** What `npm test` plays of it: one cell in eighteen (of an undo fewer), what somebody else writes while a zone is restored, an undo whose answer is lost, and a metric that goes bad. */
export const GROUP_SAMPLE: readonly Cell[] = sampleCells(GROUP_CELLS, {
  placeOf: ({ row, fault, times }) => [5 * GROUP_ROWS.indexOf(row), columnOf(fault, times)],
  oneIn: ({ row: { scene } }) => (scene === 'undone' ? 36 : 18),
  always: ({ row, fault, times, ends }) =>
    (ends === 'foreign' && row.activity === 'restoreZone') ||
    (row.scene === 'undone' && fault.name === 'applied, then reset' && row.which === ': 100 %' && times === 'once') ||
    (row.port === 'metric' &&
      row.activity === 'watchRecords' &&
      fault.name === 'the metric is bad' &&
      times === 'until healed'),
});
