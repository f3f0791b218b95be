import type { GuardActivities } from '../../src/contracts/guard.ts';
import type { ResetActivities } from '../../src/contracts/reset.ts';
import { sampleCells } from './sample-cells.ts';
import type { AllActivities } from './yard.ts';

/**
 * The specification of D3 as a table: each activity x each fault x {once, until it is healed}.
 * What a cell does is in faults-strike.ts, what every cell must fulfil in faults-judge.ts.
 */

/** What an activity talks to, which decides how it can fail. */
export type Port = 'write' | 'read' | 'change' | 'probe' | 'dns' | 'metric' | 'temporal';

/** Of deployments, and of whoever restores in their place. */
export type Activity = keyof AllActivities | keyof GuardActivities | keyof ResetActivities;

/** What is deployed, and how: most activities are struck in a plain deployment. */
export type SceneName = 'plain' | 'measured' | 'approved' | 'waived' | 'undone';

export interface Row {
  readonly name: string;
  readonly port: Port;
  readonly activity: Activity;
  /** What the comment of its batch, or its share, must say for it to be the one that is struck. */
  readonly which: string;
  readonly way: 'forward' | 'back';
  /** `plain` where it is not said. */
  readonly scene?: SceneName;
  /** Strikes once the activity has been done so many times; 0 where it is not said. */
  readonly after?: number;
}

export const ROWS: readonly Row[] = [
  { name: 'readRecord', port: 'read', activity: 'readRecord', which: '', way: 'forward' },
  { name: 'checkEndpoints', port: 'probe', activity: 'checkEndpoints', which: '', way: 'forward' },
  { name: 'swapRecord of a middle step', port: 'write', activity: 'swapRecord', which: ': 50 %', way: 'forward' },
  { name: 'awaitInsync', port: 'read', activity: 'awaitInsync', which: '', way: 'forward' },
  { name: 'verifyAnswers', port: 'dns', activity: 'verifyAnswers', which: '', way: 'forward' },
  { name: 'watchEndpoints', port: 'probe', activity: 'watchEndpoints', which: '', way: 'forward' },
  { name: 'watchEndpoints, its look for drift', port: 'read', activity: 'watchEndpoints', which: '', way: 'forward' },
  { name: 'swapRecord of the promotion', port: 'write', activity: 'swapRecord', which: ': promote', way: 'forward' },
  { name: 'restoreRecord', port: 'write', activity: 'restoreRecord', which: ': rollback', way: 'back' },
  { name: 'awaitInsync of the rollback', port: 'read', activity: 'awaitInsync', which: '', way: 'back' },
  { name: 'verifyAnswers of the rollback', port: 'dns', activity: 'verifyAnswers', which: '', way: 'back' },
  { name: 'setFence to rest', port: 'write', activity: 'setFence', which: ': at rest', way: 'back' },
  { ...plainly('checkMetrics', 'metric'), scene: 'measured' },
  { ...plainly('watchEndpoints', 'metric'), name: 'watchEndpoints, its gates on metrics', scene: 'measured' },
  { ...plainly('readRecord', 'read'), name: 'readRecord, once it is approved', scene: 'approved', after: 1 },
  { ...plainly('checkEndpoints', 'probe'), name: 'checkEndpoints, once it is approved', scene: 'approved', after: 1 },
  {
    ...plainly('watchEndpoints', 'probe'),
    name: 'watchEndpoints, while the promotion waits for somebody',
    scene: 'approved',
    after: 2,
  },
  {
    ...plainly('watchEndpoints', 'probe'),
    name: 'watchEndpoints, while somebody decides about a gate that says nothing',
    scene: 'waived',
    after: 1,
  },
  { ...plainly('readRecord', 'read'), name: 'readRecord of an undo', scene: 'undone' },
  { ...plainly('checkEndpoints', 'probe'), name: 'checkEndpoints of an undo', scene: 'undone' },
  { ...plainly('swapRecord', 'write'), name: 'swapRecord of an undo', which: ': 100 %', scene: 'undone' },
  {
    ...plainly('swapRecord', 'write'),
    name: 'swapRecord of the promotion of an undo',
    which: ': promote',
    scene: 'undone',
  },
];

function plainly(activity: Row['activity'], port: Port): Row {
  return { name: activity, port, activity, which: '', way: 'forward' };
}

export type FaultName =
  | 'throttled with Retry-After'
  | 'AccessDenied'
  | '503'
  | 'applied, then 500'
  | 'applied, then reset'
  | 'applied, then silence past the time-out'
  | 'silence past the time-out, lands while it is tried again'
  | 'silence past the time-out, lands after the end'
  | 'silence past the time-out, aborted meanwhile, lands after the end'
  | 'somebody else writes in between'
  | 'cancelled while running'
  | 'aborted while running'
  | 'ill: 503'
  | 'ill: reset'
  | 'ill: silence past the time-out'
  | 'a server lags'
  | 'a server lies'
  | 'a server is silent'
  | 'the provider refuses'
  | 'the provider resets'
  | 'the provider is silent past the time-out'
  | 'the provider answers nonsense'
  | 'the metric has no data'
  | 'the metric is bad';

/** `foreign`: what somebody else wrote stands, and everything else is red (D4). */
export type End = 'promoted' | 'red' | 'foreign';

export interface FaultKind {
  readonly name: FaultName;
  readonly ports: readonly Port[];
  /** Why the other ports are left out. */
  readonly because: string;
  /** How a run ends whose way forward meets it; one on its way back always ends in red. */
  readonly ends: { readonly once: End; readonly healed: End };
}

const ROUTE53: readonly Port[] = ['write', 'read'];
const EVERYTHING: readonly Port[] = ['write', 'read', 'probe', 'dns', 'metric'];
const ENDURED = { once: 'promoted', healed: 'promoted' } as const;
const FINAL = { once: 'red', healed: 'red' } as const;
const NOT_OURS = { once: 'foreign', healed: 'foreign' } as const;
const API_ONLY = 'probes and questions to name servers have no such answer: their own faults stand for it';
const WRITES_ONLY = 'only a write has an effect that can land';

export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'throttled with Retry-After', ports: ROUTE53, because: API_ONLY, ends: ENDURED },
  { name: 'AccessDenied', ports: ROUTE53, because: API_ONLY, ends: FINAL },
  { name: '503', ports: ROUTE53, because: API_ONLY, ends: ENDURED },
  { name: 'applied, then 500', ports: ['write'], because: 'for a read it is a 503', ends: ENDURED },
  { name: 'applied, then reset', ports: ROUTE53, because: API_ONLY, ends: ENDURED },
  { name: 'applied, then silence past the time-out', ports: ROUTE53, because: API_ONLY, ends: ENDURED },
  {
    name: 'silence past the time-out, lands while it is tried again',
    ports: ['write'],
    because: WRITES_ONLY,
    ends: ENDURED,
  },
  { name: 'silence past the time-out, lands after the end', ports: ['write'], because: WRITES_ONLY, ends: ENDURED },
  {
    name: 'silence past the time-out, aborted meanwhile, lands after the end',
    ports: ['write'],
    because: WRITES_ONLY,
    ends: FINAL,
  },
  { name: 'somebody else writes in between', ports: ROUTE53, because: API_ONLY, ends: NOT_OURS },
  { name: 'cancelled while running', ports: EVERYTHING, because: '', ends: FINAL },
  { name: 'aborted while running', ports: EVERYTHING, because: '', ends: FINAL },
  { name: 'ill: 503', ports: ['probe'], because: 'an illness of black', ends: { once: 'promoted', healed: 'red' } },
  { name: 'ill: reset', ports: ['probe'], because: 'an illness of black', ends: { once: 'promoted', healed: 'red' } },
  {
    name: 'ill: silence past the time-out',
    ports: ['probe'],
    because: 'an illness of black',
    ends: { once: 'promoted', healed: 'red' },
  },
  { name: 'a server lags', ports: ['dns'], because: 'a fault of DNS', ends: { once: 'promoted', healed: 'red' } },
  { name: 'a server lies', ports: ['dns'], because: 'a fault of DNS', ends: { once: 'promoted', healed: 'red' } },
  { name: 'a server is silent', ports: ['dns'], because: 'a fault of DNS', ends: ENDURED },
  ...(
    [
      'the provider refuses',
      'the provider resets',
      'the provider is silent past the time-out',
      'the provider answers nonsense',
      'the metric has no data',
      'the metric is bad',
    ] as const
  ).map((name): FaultKind => ({
    name,
    ports: ['metric'],
    because: 'a fault of who measures',
    ends: { once: 'promoted', healed: 'red' }, // no data is not a pass (D7)
  })),
];

export type Times = 'once' | 'until healed';

export interface Cell {
  readonly row: Row;
  readonly fault: FaultKind;
  readonly times: Times;
  readonly ends: End;
}

/** Every combination that can happen. */
export const cellsOf = (rows: readonly Row[]): readonly Cell[] =>
  rows.flatMap((row) =>
    FAULT_KINDS.filter((fault) => fault.ports.includes(row.port)).flatMap((fault) =>
      (['once', 'until healed'] as const)
        .filter((times) => whyLeftOut({ row, fault, times }) === null)
        .map((times): Cell => ({ row, fault, times, ends: endOf(row, fault, times) })),
    ),
  );

export const CELLS: readonly Cell[] = cellsOf(ROWS);

/** One cell in so many, where a deployment is not plain. */
const SCENES: Readonly<Record<SceneName, number>> = { plain: 3, measured: 3, approved: 9, waived: 9, undone: 9 };

/** What `npm test` plays of it: a third of each row (a half where few rows have such faults, fewer of what is measured, approved, waived or undone), and each write that lands after the end. */
export const SAMPLE: readonly Cell[] = sampleCells(CELLS, {
  placeOf: ({ row, fault, times }) => [rowsLike(row).indexOf(row), columnOf(fault, times)],
  oneIn: ({ row }) => (row.scene === undefined ? Math.min(3, rowsLike(row).length) : SCENES[row.scene]),
  always: ({ row, fault, times }) =>
    row.scene === undefined && times === 'once' && fault.name.includes('lands after the end'),
});

/** Counted from 0. */
export function columnOf(fault: FaultKind, times: Times): number {
  return 2 * FAULT_KINDS.indexOf(fault) + (times === 'once' ? 0 : 1);
}

function rowsLike({ port, scene }: Row): readonly Row[] {
  return ROWS.filter((row) => row.port === port && (row.scene === undefined) === (scene === undefined));
}

/** Why a combination cannot happen, although the port can fail so; null where it can. */
export function whyLeftOut({ row, fault, times }: Omit<Cell, 'ends'>): string | null {
  if (row.way === 'back' && fault.name.startsWith('ill:')) return 'a rollback asks no endpoint';
  if (row.way === 'back' && fault.name.includes('aborted meanwhile'))
    return 'an abort of a rollback that runs changes nothing: "aborted while running" shows it';
  if (times === 'until healed' && fault.name === 'aborted while running')
    return 'an abort has one update id: the second is the first';
  if (times === 'until healed' && fault.name === 'somebody else writes in between')
    return 'one value that is not ours is enough: it stands until somebody decides';
  if (fault.name === 'somebody else writes in between' && isFirstRead(row))
    return 'what is read first is what a deployment begins with, whoever wrote it';
  if (isWatch(row) && row.port !== 'probe' && /^(cancelled|aborted) while/.test(fault.name))
    return 'the row of its probes calls the same activity off';
  return null;
}

/** What asks nothing of the run while it is watched cannot fail it. */
function endOf(row: Row, fault: FaultKind, times: Times): End {
  if (fault.name === 'somebody else writes in between') return 'foreign';
  if (row.way === 'back') return 'red';
  // "could not look" is not drift; but a step that may not read either has to go back.
  if (isWatch(row) && row.port === 'read' && times === 'once') return 'promoted';
  return times === 'once' ? fault.ends.once : fault.ends.healed;
}

function isFirstRead({ activity, after = 0 }: Row): boolean {
  return (activity === 'readRecord' || activity === 'readRecords') && after === 0;
}

/** Whether it watches a hold. */
export function isWatch({ activity }: Row): boolean {
  return activity === 'watchEndpoints' || activity === 'watchRecords';
}

export function title({ row, fault, times }: Cell): string {
  return `${row.name}, ${fault.name}, ${times}`;
}
