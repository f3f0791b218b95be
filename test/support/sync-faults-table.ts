import type { Fault } from '../../sandbox/faults.ts';
import { sampleCells } from './sample-cells.ts';
import type { FaultPlace } from './sync-yard.ts';

/**
 * The specification of S1 to S3 as a table: each kind of request that a run makes x each fault x {once, four times in a row}.
 * What a cell plays is in sync-faults-scene.ts, what every cell must fulfil in sync-faults-judge.ts.
 *
 * `GET user` has no row: only `doctor` asks it, and no run.
 */

export interface Row {
  readonly name: string;
  readonly plan: FaultPlace;
  /** As the stand-in calls it. */
  readonly operation: string;
}

export const ROWS: readonly Row[] = [
  { name: 'Todoist: read', plan: 'todoist', operation: 'sync read' },
  { name: 'Todoist: close', plan: 'todoist', operation: 'sync write' },
  { name: 'Todoist: what became of a task', plan: 'todoist', operation: 'GET task' },
  { name: 'Todoist: the completed ones', plan: 'todoist', operation: 'GET completed' },
  { name: 'Todoist: filter', plan: 'todoist', operation: 'GET tasks/filter' },
  { name: 'Graph: whose account', plan: 'graph', operation: 'GET me' },
  { name: 'Graph: read lists', plan: 'graph', operation: 'GET lists' },
  { name: 'Graph: make a list', plan: 'graph', operation: 'POST list' },
  { name: 'Graph: read tasks', plan: 'graph', operation: 'GET tasks' },
  { name: 'Graph: batch', plan: 'graph', operation: '$batch' },
  { name: 'step: create a task', plan: 'steps', operation: 'POST task' },
  { name: 'step: change a task', plan: 'steps', operation: 'PATCH task' },
  { name: 'step: change a mark', plan: 'steps', operation: 'PATCH extension' },
  { name: 'step: set a mark', plan: 'steps', operation: 'POST extension' },
  { name: 'step: read a task again', plan: 'steps', operation: 'GET task' },
  { name: 'step: remove a task', plan: 'steps', operation: 'DELETE task' },
  { name: 'step: set a link', plan: 'steps', operation: 'POST linkedResource' },
];

/** After the client's time limit and after the next attempt has begun (a retry of Temporal takes up to a second), before `SETTLE_MS`. */
const LATE_MS = 3_600;
/** When a run takes what it has not seen for not done. */
export const SETTLE_MS = 4_400;

export const FAULTS = {
  '500 before the effect': { kind: 'refuse', status: 500, code: 'InternalServerError' },
  '503 before the effect': { kind: 'refuse', status: 503, code: 'ServiceUnavailable' },
  'throttled with Retry-After': { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 1 },
  'token refused': { kind: 'refuse', status: 401, code: 'InvalidAuthenticationToken' },
  'applied, then 500': { kind: 'apply-then-error' },
  'applied, then 503 with Retry-After': { kind: 'apply-then-error', status: 503, retryAfterSeconds: 1 },
  'applied, then reset': { kind: 'apply-then-reset' },
  'applied, then silence': { kind: 'apply-then-hang' },
  'silence, lands late': { kind: 'apply-late', afterMs: LATE_MS },
  'silence, never lands': { kind: 'hang' },
  'garbled answer': { kind: 'garble', body: '<html>busy</html>' },
  'reset before the effect': { kind: 'reset' },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

export const TIMES = { once: 1, 'four times': 4 } as const;

export interface Cell {
  readonly row: Row;
  readonly fault: FaultName;
  readonly times: keyof typeof TIMES;
}

export function cellsOf(row: Row): readonly Cell[] {
  return (Object.keys(FAULTS) as FaultName[]).flatMap((fault) =>
    (Object.keys(TIMES) as (keyof typeof TIMES)[]).map((times) => ({ row, fault, times })),
  );
}

/** What `npm test` plays of a row: a sixth of it, and each write of a new thing of which nobody knows whether it was made. */
export function sampleOf(row: Row): readonly Cell[] {
  return sampleCells(cellsOf(row), {
    placeOf: ({ fault, times }) => [
      ROWS.indexOf(row),
      2 * Object.keys(FAULTS).indexOf(fault) + Object.keys(TIMES).indexOf(times),
    ],
    oneIn: () => 6,
    always: ({ fault, times }) => times === 'once' && MAKES.has(row.operation) && fault === 'silence, lands late',
  });
}

const MAKES: ReadonlySet<string> = new Set(['POST list', '$batch', 'POST task']);

/** How the run that meets the fault ends; whatever it is, a run after it ends synced. */
export function endOf({ row, fault, times }: Cell): string {
  if (fault === 'token refused') {
    // A token of Graph is renewed once, and the request sent again; Todoist's tokens are not renewed.
    return row.plan !== 'todoist' && times === 'once' ? 'synced' : 'SignInNeeded';
  }
  return 'synced';
}
