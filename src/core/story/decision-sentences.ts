import { clockTime } from '../clock-time.ts';
import type { Message } from './messages-of.ts';
import { textAt, textsAt, valueAt } from './read-loosely.ts';
import { because, lasted, say, whom } from './say.ts';
import type { Sentence } from './story.ts';
import { joinTimers, type TimerRun } from './timers-of.ts';

/** Messages to a deployment that are told here. */
export const DECISIONS: readonly string[] = ['approve', 'reject', 'abort', 'pause', 'resume', 'promote', 'resolve'];

/** Who decided what, and why. */
export function tellDecision(message: Message): readonly Sentence[] {
  const words = DECISIONS.includes(message.name) ? WORDS[message.name] : undefined;
  if (words === undefined) return [];
  const who = whom(textAt(message.input, 'by'));
  const reason = because(textAt(message.input, 'reason'));
  if (message.refused !== null)
    return [say(message.at, 'said', `${who} asked to ${message.name}${reason}. Refused: ${message.refused}`)];
  return [say(message.at, 'said', `${who} ${words(message.input)}${reason}`)];
}

const WORDS: Readonly<Record<string, (input: unknown) => string>> = {
  approve: () => 'approved',
  reject: () => 'rejected',
  abort: () => 'aborted',
  pause: () => 'paused the clock',
  resume: () => 'let the clock run again',
  promote: (input) => `asked to go on early${valueAt(input, 'full') === true ? ', through all the steps' : ''}`,
  resolve: (input) => {
    const record = textAt(input, 'record');
    const of = record === null ? '' : ` of ${record}`;
    return textAt(input, 'decision') === 'leave'
      ? `decided to leave what stands${of}`
      : `let the rollback${of} try again`;
  },
};

/** The approvals that a deployment waited for; each is asked for once. */
export const approvalsOf = (timers: readonly TimerRun[]): readonly TimerRun[] => joinTimers(timers.filter(isApproval));

const isApproval = ({ label }: TimerRun): boolean => label.startsWith('the approval of ') || label === 'a confirmation';

/** That somebody was asked to decide, and that nobody did. */
export const tellApproval = (timer: TimerRun, request: unknown): readonly Sentence[] => [
  ...tellAsked(timer, request),
  ...tellSilence(timer),
];

/** What the clocks of a deployment tell when they strike. */
export function tellTimer({ label, startedAt, firesAt, endedAt, end }: TimerRun): readonly Sentence[] {
  if (end !== 'fired') return [];
  const at = endedAt ?? firesAt;
  const words = Object.hasOwn(FIRED, label) ? FIRED[label] : undefined;
  return words === undefined ? [] : [say(at, 'bad', `${words} (${lasted(startedAt, at)})`)];
}

const FIRED: Readonly<Record<string, string>> = {
  deadline: 'the deadline passed',
  'longest pause': 'it was paused for as long as it may be',
  'blocked after this': 'the rollback does not come through: BLOCKED, it keeps trying',
  'slower than usual after this': 'this takes longer than usual',
};

function tellAsked({ label, startedAt, firesAt }: TimerRun, request: unknown): readonly Sentence[] {
  const by = deciders(label, request);
  const who = by.length === 0 ? '' : ` by ${by.join(', ')}`;
  return [say(startedAt, 'waiting', `waited for ${label}${who}, until ${clockTime(firesAt)} at most`)];
}

/** Who may decide, as the request says it. */
export function deciders(label: string, request: unknown): readonly string[] {
  const goingOn = label.startsWith('the approval of going on '); // without gates that say nothing
  const of = goingOn ? 'inconclusive' : label.slice('the approval of the '.length);
  return textsAt(valueAt(request, 'approve', of), 'by');
}

function tellSilence({ label, endedAt, end }: TimerRun): readonly Sentence[] {
  if (end !== 'fired' || endedAt === null) return [];
  return [say(endedAt, 'bad', `nobody gave ${label} in time, so the safe way was taken`)];
}

/** The pauses of a run: from `pause` to `resume`, or to the end of the run. */
export function pausesOf(
  messages: readonly Message[],
): readonly { readonly from: number; readonly to: number | null }[] {
  const pauses: { from: number; to: number | null }[] = [];
  for (const { name, at, refused } of messages) {
    const open = pauses.findLast(({ to }) => to === null);
    if (refused !== null) continue;
    if (name === 'pause' && open === undefined) pauses.push({ from: at, to: null });
    if (name === 'resume' && open !== undefined) open.to = at;
  }
  return pauses;
}
