import { failureIn } from './failure-in.ts';
import { messagesOf } from './messages-of.ts';
import { numberAt, textAt, valueAt } from './read-loosely.ts';
import type { HistoryEvent } from './read-history.ts';
import { because, lasted, say, sayAside } from './say.ts';
import type { Sentence } from './story.ts';

/**
 * What can happen to a run of any kind, whatever it does: cancelled, terminated, timed out, continued, a worker that failed at it.
 * @param known Messages that are told elsewhere.
 */
export function commonSentences(events: readonly HistoryEvent[], known: readonly string[]): readonly Sentence[] {
  return [...events.flatMap(lifeOf), ...taskTrouble(events), ...strangers(events, known)];
}

function lifeOf({ kind, at, facts }: HistoryEvent): readonly Sentence[] {
  const by = textAt(facts, 'identity') ?? '';
  switch (kind) {
    case 'workflowExecutionCancelRequested':
      return [say(at, 'said', `cancellation was asked for in Temporal${because(textAt(facts, 'cause'))}`)];
    case 'workflowExecutionTerminated':
      return [
        say(at, 'bad', `terminated in Temporal by ${by === '' ? 'somebody' : by}${because(textAt(facts, 'reason'))}`),
      ];
    case 'workflowExecutionTimedOut':
      return [say(at, 'bad', 'the run timed out in Temporal, which ended it without a word of its own')];
    case 'workflowExecutionContinuedAsNew':
      return [sayAside(at, 'plain', 'went on in a further execution, because its history had grown long')];
    case 'workflowTaskFailed':
      return !isReset(facts) ? [] : [say(at, 'waiting', 'the run was reset in Temporal to here')];
    default:
      return [];
  }
}

/** A reset is written as a failed task of the run that goes on from it. */
const isReset = (facts: unknown): boolean => (textAt(facts, 'newRunId') ?? '') !== '';

/** A worker that cannot go on with a run: the same failure again and again is told once. */
function taskTrouble(events: readonly HistoryEvent[]): readonly Sentence[] {
  const failed = events.filter(
    ({ kind, facts }) => (kind === 'workflowTaskFailed' && !isReset(facts)) || kind === 'workflowTaskTimedOut',
  );
  const sticky = ({ kind, facts }: HistoryEvent): boolean =>
    kind === 'workflowTaskTimedOut' && isScheduleToStart(valueAt(facts, 'timeoutType'));
  const words = new Map<string, HistoryEvent[]>();
  for (const event of failed.filter((one) => !sticky(one))) {
    const why =
      event.kind === 'workflowTaskTimedOut'
        ? AWAY
        : `a worker failed at the run: ${failureIn(valueAt(event.facts, 'failure')).sentence}`;
    words.set(why, [...(words.get(why) ?? []), event]);
  }
  return [...words].flatMap(([why, all]) => {
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined) return [];
    const again = all.length === 1 ? '' : `, ${all.length} times in ${lasted(first.at, last.at)}`;
    return [say(first.at, 'waiting', `${why}${again}`)];
  });
}

const AWAY = 'a worker that had taken up the run was lost, and another one took over';

/** A worker that is gone is looked for on its own queue first, for a second: nothing was lost. */
const isScheduleToStart = (type: unknown): boolean =>
  type === 'TIMEOUT_TYPE_SCHEDULE_TO_START' || numberAt({ type }, 'type') === 2;

/** Messages that nobody tells of otherwise: names only, since what they say is not known here. */
function strangers(events: readonly HistoryEvent[], known: readonly string[]): readonly Sentence[] {
  return messagesOf(events)
    .filter(({ name }) => !known.includes(name))
    .map(({ at, name }) => sayAside(at, 'plain', `the message "${name}" came in`));
}
