import { activitiesOf, type ActivityRun } from './activities-of.ts';
import { messagesOf, type Message } from './messages-of.ts';
import type { HistoryEvent } from './read-history.ts';
import { runFacts, type Execution, type RunFacts } from './run-facts.ts';
import type { Story } from './story.ts';
import { timersOf, type TimerRun } from './timers-of.ts';

/** A run over all its executions, taken apart. */
export interface RunView {
  /** How it began. */
  readonly first: RunFacts;
  /** How it ended, or goes on. */
  readonly last: RunFacts;
  /** Of all executions, oldest first. */
  readonly events: readonly HistoryEvent[];
  readonly activities: readonly ActivityRun[];
  readonly messages: readonly Message[];
  readonly timers: readonly TimerRun[];
  readonly workflowId: string;
}

/** What the teller of one kind adds to what is known of every run. */
export type Telling = Pick<
  Story,
  'kind' | 'subject' | 'outcome' | 'tone' | 'by' | 'sentences' | 'waitsFor' | 'ending' | 'pictures'
>;

/** @returns null where there is no execution. */
export function runView(executions: readonly Execution[]): RunView | null {
  const [first, last] = [executions[0], executions.at(-1)];
  if (first === undefined || last === undefined) return null;
  const all = executions.map(({ history }) => history.events);
  return {
    first: runFacts(first.history),
    last: runFacts(last.history),
    events: all.flat(),
    // Event ids begin again with each execution: what belongs together is found within one.
    activities: all.flatMap(activitiesOf),
    messages: all.flatMap(messagesOf),
    timers: all.flatMap(timersOf),
    workflowId: first.workflowId,
  };
}
