import type { ScheduleDescription } from '@temporalio/client';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { scheduleFinding } from '../../src/cli/schedule-finding.ts';
import { declaredPairs, type DeclaredPair } from '../../src/cli/sync-policy.ts';
import { scheduleOfPair } from '../../src/cli/sync-schedule.ts';
import { NOON } from './statuses.ts';

async function pair(every: string): Promise<DeclaredPair> {
  const text = `version: 1\nsync: { tasks: { ${every} from: { secret: a }, to: { account: me@example.com } } }\n`;
  const declared = declaredPairs(await checkSwitchyardFile(text, 'switchyard.yaml')).get('tasks');
  if (declared === undefined) throw new Error('tasks is declared above');
  return declared;
}

/** As Temporal describes what `apply` made of a declaration. */
async function made(every: string, state: Partial<ScheduleDescription['state']> = {}): Promise<ScheduleDescription> {
  const declared = await pair(every);
  const wanted = scheduleOfPair(declared);
  if (wanted === null) throw new Error('only a pair with every: has one');
  return {
    ...wanted.schedule,
    state: { paused: false, ...state },
    info: { nextActionTimes: [new Date(NOON)] },
  } as unknown as ScheduleDescription; // the rest of it is not looked at
}

const PAUSED = { paused: true, note: 'paused by ann (not authenticated): on holiday' };

test.each([
  ['none that is wanted', '', null, true, /^none, as in the file/, null],
  ['one as in the file', 'every: 5m,', made('every: 5m,'), true, /^every 5 min, next at 12:00:00 UTC$/, null],
  ['none, though every: is in the file', 'every: 5m,', null, false, /^every 5 min in the file/, './switchyard apply'],
  ['one that drifted', 'every: 5m,', made('every: 1m,'), false, /every 60 s instead of/, './switchyard apply'],
  [
    'one that is paused',
    'every: 5m,',
    made('every: 5m,', PAUSED),
    false,
    /^paused by ann/,
    './switchyard sync tasks --resume',
  ],
  [
    'one that the UI paused',
    'every: 5m,',
    made('every: 5m,', { paused: true }),
    false,
    /^paused$/,
    './switchyard sync tasks --resume',
  ],
  [
    'one that drifted and is paused',
    'every: 5m,',
    made('every: 1m,', PAUSED),
    false,
    /differs .*; paused by ann/,
    './switchyard apply, then ./switchyard sync tasks --resume',
  ],
  ['one that the file does not want', '', made('every: 5m,'), false, /not in the file/, './switchyard apply --prune'],
] as const)(
  'doctor sees %s in one line, with the command that repairs it',
  async (_what, every, found, ok, says, next) => {
    expect(scheduleFinding(await pair(every), await found)).toEqual({
      check: 'schedule',
      ok,
      sentence: expect.stringMatching(says) as string,
      next,
    });
  },
);
