import type { FaultName, Port, Row, Times } from './faults-table.ts';
import { sampleCells } from './sample-cells.ts';

/**
 * The fault table of who puts red back where a run does not: the guard, and the reset that an alarm asks for. Each of their activities x
 * each fault x {once, until it is healed}. How they are struck is in mend-faults-strike.ts, what every cell must fulfil in mend-faults-judge.ts.
 */

/**
 * What has become of the run whose fence stands at 50 %. `set back`: Temporal has ended it, and goes on with it under another run id as soon
 * as the guard has seen it closed. `deaf`: it lives, and no message of the reset reaches it.
 */
export type Owner = 'dead' | 'lives' | 'set back' | 'deaf';

export interface MendRow extends Omit<Row, 'which' | 'scene' | 'after'> {
  readonly who: 'guard' | 'reset';
  readonly owner: Owner;
  /** Whether the fence had room for no more than the hash of red, so that it has to be looked for in the run's history. */
  readonly hashed?: true;
}

type Activity = MendRow['activity'];

const guard = (name: string, activity: Activity, port: Port, owner: Owner): MendRow => ({
  ...{ name, who: 'guard', activity, port, owner },
  way: activity === 'repairRecords' ? 'back' : 'forward',
});
const reset = (name: string, port: Port, owner: Owner): MendRow => ({
  ...{ name: `resetRecord, ${name}`, who: 'reset', activity: 'resetRecord', port, owner, way: 'back' },
});

export const MEND_ROWS: readonly MendRow[] = [
  guard('readFences', 'readFences', 'read', 'dead'),
  guard('readFences of a run that lives', 'readFences', 'read', 'lives'),
  guard('readFences of a run that is being set back', 'readFences', 'read', 'set back'),
  guard('askOwners', 'askOwners', 'temporal', 'dead'),
  guard('askOwners of a run that lives', 'askOwners', 'temporal', 'lives'),
  guard('askOwners of a run that is being set back', 'askOwners', 'temporal', 'set back'),
  guard('repairRecords, its look', 'repairRecords', 'read', 'dead'),
  guard('repairRecords, its write', 'repairRecords', 'write', 'dead'),
  guard('repairRecords, its wait for INSYNC', 'repairRecords', 'change', 'dead'),
  guard('repairRecords, its questions to name servers', 'repairRecords', 'dns', 'dead'),
  { ...guard('repairRecords, its look for red in a history', 'repairRecords', 'temporal', 'dead'), hashed: true },
  reset('its look', 'read', 'dead'),
  reset('its write', 'write', 'dead'),
  reset('its write past a run that hears nothing', 'write', 'deaf'),
  reset('its wait for INSYNC', 'change', 'dead'),
  reset('its questions to name servers', 'dns', 'dead'),
  reset('its message to a run that lives', 'temporal', 'lives'),
];

export type MendFaultName =
  | Exclude<FaultName, `${string}abort${string}` | `ill${string}` | `the ${string}`>
  | 'another deployment takes over in between'
  | 'somebody else writes the fence in between'
  | 'done, and Temporal does not hear of it'
  | 'Temporal refuses'
  | 'Temporal is silent'
  | 'Temporal answers late';

/**
 * What becomes of a first attempt that meets it. `mended`: red is restored, or a run that lives is left. `given up`: it says that it could
 * not. `theirs`: what somebody else wrote is left. `overtaken`: a newer deployment holds the record.
 */
export type MendEnd = 'mended' | 'given up' | 'theirs' | 'their fence' | 'overtaken' | 'called off';

export interface MendFault {
  readonly name: MendFaultName;
  readonly ports: readonly Port[];
  /** Null: it happens once, or makes no difference. */
  readonly ends: { readonly once: MendEnd | null; readonly healed: MendEnd | null };
}

const ROUTE53: readonly Port[] = ['read', 'write', 'change'];
const PASSES = { once: 'mended', healed: 'given up' } as const;
const onlyOnce = (once: MendEnd) => ({ once, healed: null });

export const MEND_FAULTS: readonly MendFault[] = [
  { name: 'throttled with Retry-After', ports: ROUTE53, ends: PASSES },
  { name: 'AccessDenied', ports: ROUTE53, ends: { once: 'given up', healed: 'given up' } },
  { name: '503', ports: ROUTE53, ends: PASSES },
  { name: 'applied, then 500', ports: ['write'], ends: PASSES },
  { name: 'applied, then reset', ports: ROUTE53, ends: PASSES },
  { name: 'applied, then silence past the time-out', ports: ROUTE53, ends: PASSES },
  { name: 'silence past the time-out, lands while it is tried again', ports: ['write'], ends: PASSES },
  { name: 'silence past the time-out, lands after the end', ports: ['write'], ends: PASSES },
  { name: 'somebody else writes in between', ports: ['read', 'write'], ends: onlyOnce('theirs') },
  { name: 'somebody else writes the fence in between', ports: ['read', 'write'], ends: onlyOnce('their fence') },
  { name: 'another deployment takes over in between', ports: ['read', 'write'], ends: onlyOnce('overtaken') },
  { name: 'cancelled while running', ports: [...ROUTE53, 'dns', 'temporal'], ends: onlyOnce('called off') },
  { name: 'done, and Temporal does not hear of it', ports: [...ROUTE53, 'temporal'], ends: onlyOnce('mended') },
  { name: 'a server lags', ports: ['dns'], ends: { once: null, healed: 'given up' } },
  { name: 'a server lies', ports: ['dns'], ends: { once: null, healed: 'given up' } },
  { name: 'a server is silent', ports: ['dns'], ends: { once: null, healed: 'mended' } },
  { name: 'Temporal refuses', ports: ['temporal'], ends: PASSES },
  { name: 'Temporal is silent', ports: ['temporal'], ends: PASSES },
  { name: 'Temporal answers late', ports: ['temporal'], ends: { once: null, healed: 'mended' } },
];

export interface MendCell {
  readonly row: MendRow;
  readonly fault: MendFault;
  readonly times: Times;
  readonly ends: MendEnd;
}

/** Every combination that can happen. */
export const MEND_CELLS: readonly MendCell[] = MEND_ROWS.flatMap((row) =>
  MEND_FAULTS.filter(({ ports }) => ports.includes(row.port)).flatMap((fault) =>
    (['once', 'until healed'] as const).flatMap((times) => cellAt(row, fault, times)),
  ),
);

function cellAt(row: MendRow, fault: MendFault, times: Times): readonly MendCell[] {
  const ends = times === 'once' ? fault.ends.once : fault.ends.healed;
  if (ends === null || whyNotMended(row, fault, times) !== null) return [];
  return [{ row, fault, times, ends: endOf(row, fault, { times, ends }) }];
}

/** Why a combination cannot happen, or is another one; null where it can. */
function whyNotMended({ owner, who, hashed, activity }: MendRow, { name }: MendFault, times: Times): string | null {
  if (owner !== 'dead' && name.includes('in between'))
    return 'what a run does about somebody else is the table of deployments';
  if (hashed === true && name === 'Temporal is silent') return 'a history is waited for half a minute';
  if (hashed === true && !name.startsWith('Temporal')) return 'the other rows of the activity have it';
  if (who === 'reset' && name.startsWith('Temporal') && times === 'until healed' && !name.endsWith('late'))
    return 'it sends its message once';
  if (activity === 'resetRecord' && owner === 'lives' && !name.startsWith('Temporal'))
    return 'the row of its write has it';
  return null;
}

/** A reset goes on asking for what can be seen at last; of its history a run is asked once. */
function endOf({ who, port, hashed }: MendRow, { name }: MendFault, { times, ends }: Pick<MendCell, 'times' | 'ends'>) {
  const asksOn = who === 'reset' && (port === 'dns' || port === 'change') && name !== 'AccessDenied';
  if (asksOn && times === 'until healed' && ends === 'given up') return 'mended';
  return hashed === true && times === 'once' && ends === 'mended' ? 'given up' : ends;
}

/** What `npm test` plays of it: of each row one cell that is over soon, a run that lives in between, and answers of which a reset must find out. */
export const MEND_SAMPLE: readonly MendCell[] = sampleCells(MEND_CELLS, {
  placeOf: (cell) => [5 * MEND_ROWS.indexOf(cell.row), soonOver(cell.row).indexOf(cell)],
  oneIn: (cell) => (takesLong(cell) ? Infinity : soonOver(cell.row).length),
  always: ({ row: { activity, owner, port }, fault: { name }, times }) =>
    (activity === 'repairRecords' && port === 'write' && /^(another|somebody else writes in)/.test(name)) ||
    (activity === 'askOwners' && owner === 'set back' && name === 'Temporal answers late') ||
    (activity === 'resetRecord' &&
      owner === 'dead' &&
      port === 'write' &&
      /^(503|applied, then reset)$/.test(name) &&
      times === 'once'),
});

function soonOver(row: MendRow): readonly MendCell[] {
  return MEND_CELLS.filter((cell) => cell.row === row && !takesLong(cell));
}

/** Some seconds: a reset gives up late, and Temporal is waited for. */
function takesLong({ row: { who, port }, fault: { name }, times }: MendCell): boolean {
  if (name === 'throttled with Retry-After' || name === 'Temporal is silent') return true;
  if (times === 'once') return false;
  return (who === 'reset' && (port === 'read' || port === 'write')) || name === 'Temporal refuses';
}
