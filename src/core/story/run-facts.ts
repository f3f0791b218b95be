import { failureIn, type Failed } from './failure-in.ts';
import { workflowTypeOf, type History, type HistoryEvent } from './read-history.ts';
import { listAt, textAt, valueAt } from './read-loosely.ts';

/** One execution of a run, as it is given to be told. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  readonly history: History;
}

/** What a history says of a run as a whole. */
export interface RunFacts {
  readonly type: string;
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
  /** `completed`, `failed`, `canceled`, `terminated`, `timedOut`, `continuedAsNew`, or `running`. */
  readonly end: RunEndKind;
  readonly input: unknown;
  /** What it was started with, and what it has written since. */
  readonly memo: Readonly<Record<string, unknown>>;
  /** Its result, or what its failure carries. */
  readonly report: unknown;
  readonly failure: Failed | null;
  /** Of whoever terminated it. */
  readonly terminated: { readonly by: string | null; readonly reason: string | null } | null;
}

const ENDS = {
  workflowExecutionCompleted: 'completed',
  workflowExecutionFailed: 'failed',
  workflowExecutionCanceled: 'canceled',
  workflowExecutionTerminated: 'terminated',
  workflowExecutionTimedOut: 'timedOut',
  workflowExecutionContinuedAsNew: 'continuedAsNew',
} as const;

export type RunEndKind = (typeof ENDS)[keyof typeof ENDS] | 'running';

export function runFacts(history: History): RunFacts {
  const { events } = history;
  const [first, last] = [events[0], events.findLast(({ kind }) => Object.hasOwn(ENDS, kind))];
  const failure = last?.kind === 'workflowExecutionFailed' ? failureIn(valueAt(last.facts, 'failure')) : null;
  return {
    type: workflowTypeOf(history),
    startedAt: first?.at ?? 0,
    endedAt: last?.at ?? null,
    end: last === undefined ? 'running' : ENDS[last.kind as keyof typeof ENDS],
    input: listAt(first?.facts, 'input')[0],
    memo: memoOf(events),
    report: failure === null ? listAt(last?.facts, 'result')[0] : failure.report,
    failure,
    terminated:
      last?.kind === 'workflowExecutionTerminated'
        ? { by: textAt(last.facts, 'identity'), reason: textAt(last.facts, 'reason') }
        : null,
  };
}

function memoOf(events: readonly HistoryEvent[]): Readonly<Record<string, unknown>> {
  const written = events
    .filter(({ kind }) => kind === 'workflowPropertiesModified')
    .map(({ facts }) => valueAt(facts, 'upsertedMemo', 'fields'));
  return Object.assign({}, valueAt(events[0]?.facts, 'memo', 'fields'), ...written) as Readonly<
    Record<string, unknown>
  >;
}
