import { textAt } from './read-loosely.ts';
import type { Execution } from './run-facts.ts';
import { runView, type RunView, type Telling } from './run-view.ts';
import type { Story } from './story.ts';
import { tellDeployment } from './tell-deployment.ts';
import { tellDocs } from './tell-docs.ts';
import { tellGuard } from './tell-guard.ts';
import { tellLock } from './tell-lock.ts';
import { tellOther } from './tell-other.ts';
import { tellReset } from './tell-reset.ts';
import { tellSync } from './tell-sync.ts';
import type { Moment } from './waits-for.ts';

/**
 * What happened in a run, from its history alone. Whatever the history holds, there is a story: of what is not known it says so.
 * @param executions Oldest first: a run that continued as new has several, and is told as one.
 * @returns null where there is no execution.
 */
export function tellStory(executions: readonly Execution[], moment: Moment): Story | null {
  const view = runView(executions);
  if (view === null) return null;
  const telling = (Object.hasOwn(TELLERS, view.first.type) ? TELLERS[view.first.type] : undefined) ?? tellOther;
  const told = telling(view, moment);
  return {
    ...told,
    sentences: [...told.sentences].sort((a, b) => a.at - b.at), // stable: what came at one moment stays as it was told
    workflowId: view.workflowId,
    workflowType: view.first.type,
    runIds: executions.map(({ runId }) => runId),
    startedAt: view.first.startedAt,
    endedAt: view.last.endedAt,
    notes: notesOf(executions, view),
  };
}

/** By the names under which workers register them. */
const TELLERS: Readonly<Record<string, (view: RunView, moment: Moment) => Telling>> = {
  deployRedBlack: tellDeployment,
  deployGroup: tellDeployment,
  lockRecord: tellLock,
  syncTasks: tellSync,
  buildDocs: tellDocs,
  guardRecords: tellGuard,
  resetRecord: tellReset,
};

function notesOf(executions: readonly Execution[], { events }: RunView): readonly string[] {
  const counts = executions.map(({ history }) => history.unreadable.count).reduce((sum, one) => sum + one, 0);
  const encodings = [...new Set(executions.flatMap(({ history }) => history.unreadable.encodings))].join(', ');
  const before = textAt(events[0]?.facts, 'continuedExecutionRunId') ?? '';
  return [
    ...(counts === 0
      ? []
      : [`${counts} values of its history could not be read (kept as ${encodings}): what they say is missing here`]),
    ...(before === '' ? [] : [`it began in an earlier execution, ${before}, which is not known any more`]),
  ];
}
