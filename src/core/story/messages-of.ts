import { failureIn } from './failure-in.ts';
import type { HistoryEvent } from './read-history.ts';
import { listAt, textAt, valueAt } from './read-loosely.ts';

/** A message that a run was sent. */
export interface Message {
  readonly at: number;
  readonly name: string;
  readonly input: unknown;
  /** Why it was refused; null where it was not, or has not been answered. */
  readonly refused: string | null;
}

/** Signals and updates, oldest first. An update that its validator refused leaves no trace in a history. */
export function messagesOf(events: readonly HistoryEvent[]): readonly Message[] {
  const refusals = new Map(events.flatMap(refusalIn));
  return events.flatMap(({ kind, at, facts }): readonly Message[] => {
    if (kind === 'workflowExecutionSignaled')
      return [{ at, name: textAt(facts, 'signalName') ?? '?', input: listAt(facts, 'input')[0], refused: null }];
    if (kind !== 'workflowExecutionUpdateAccepted') return [];
    const request = valueAt(facts, 'acceptedRequest');
    const id = textAt(request, 'meta', 'updateId') ?? '';
    const input = listAt(request, 'input', 'args')[0];
    return [{ at, name: textAt(request, 'input', 'name') ?? '?', input, refused: refusals.get(id) ?? null }];
  });
}

function refusalIn({ kind, facts }: HistoryEvent): readonly (readonly [string, string])[] {
  const failure = valueAt(facts, 'outcome', 'failure');
  if (kind !== 'workflowExecutionUpdateCompleted' || failure == null) return [];
  return [[textAt(facts, 'meta', 'updateId') ?? '', failureIn(failure).sentence]];
}
