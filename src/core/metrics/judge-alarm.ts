import type { Verdict } from '../dns/gate.ts';
import type { AlarmLook } from './metric-gate.ts';

/** What was seen of an alarm at this step. */
export interface AlarmView {
  readonly alarm: string;
  /** Null before the first look. */
  readonly look: AlarmLook | null;
  /** Whether it may fire: somebody accepted that, and it has not been OK since. */
  readonly excused: boolean;
}

/** An alarm has its own M of N: the first look that finds it firing fails. One that cannot be read, or has no data, is never a pass (D7). */
export function judgeAlarm({ alarm, look, excused }: AlarmView): Verdict {
  if (look === null) return { kind: 'inconclusive', reason: `alarm ${alarm} has not been read yet` };
  if (look.kind === 'could-not-look')
    return { kind: 'inconclusive', reason: `alarm ${alarm} could not be read: ${look.why}` };
  const why = look.why === '' ? '' : `: ${look.why}`;
  switch (look.state) {
    case 'OK':
      return { kind: 'pass', reason: `alarm ${alarm} is OK` };
    case 'ALARM':
      if (excused) return { kind: 'pass', reason: `alarm ${alarm} fires since the start, which was accepted` };
      return { kind: 'fail', reason: `alarm ${alarm} fires${why}` };
    case 'INSUFFICIENT_DATA':
      if (excused) return { kind: 'pass', reason: `alarm ${alarm} has no data since the start, which was accepted` };
      return { kind: 'inconclusive', reason: `alarm ${alarm} has no data${why}` };
  }
}

/** An alarm that was OK once is excused no more. */
export const isExcused = (excused: boolean, look: AlarmLook): boolean =>
  excused && !(look.kind === 'state' && look.state === 'OK');
