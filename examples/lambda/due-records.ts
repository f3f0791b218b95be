import { quoted } from '../../src/cli/parse/parsed.ts';
import type { AlarmState } from '../../src/gateway/cloudwatch-alarm.ts';
import type { Call } from './read-event.ts';
import type { DeclaredRecord } from './read-settings.ts';

export interface Due {
  readonly records: readonly DeclaredRecord[];
  /** Why these, or why none. */
  readonly sentence: string;
}

/** The records that a call is about: all by hand; of an alarm that went off, those that name it or name none. */
export function dueRecords(declared: readonly DeclaredRecord[], call: Call): Due {
  if (call.kind === 'by-hand') return { records: declared, sentence: 'Invoked by hand: every record is reset.' };
  const off = call.alarms.filter(({ value }) => value === 'ALARM');
  if (off.length === 0) return { records: [], sentence: `${words(call.alarms)}: there is nothing to reset.` };
  const records = declared.filter(({ alarms }) => alarms === null || off.some((alarm) => isOneOf(alarms, alarm)));
  if (records.length > 0) return { records, sentence: `${words(off)}: ${namesOf(records)} is reset.` };
  return {
    records,
    sentence: `${words(off)}, which no record of SWITCHYARD_RECORDS names: there is nothing to reset.`,
  };
}

const isOneOf = (alarms: readonly string[], { name, arn }: AlarmState): boolean =>
  alarms.includes(name) || (arn !== null && alarms.includes(arn));

const words = (alarms: readonly AlarmState[]): string =>
  alarms.map(({ name, value }) => `The alarm ${quoted(name)} is in ${value}`).join('; ');

const namesOf = (records: readonly DeclaredRecord[]): string => records.map(({ task }) => task.record).join(', ');
