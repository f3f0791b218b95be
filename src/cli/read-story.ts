import type { WorkflowExecutionDescription } from '@temporalio/client';
import { readHistory, type History } from '../core/story/read-history.ts';
import { textAt } from '../core/story/read-loosely.ts';
import type { Execution } from '../core/story/run-facts.ts';
import { tellStory } from '../core/story/tell-story.ts';
import type { Story } from '../core/story/story.ts';
import type { Pending } from '../core/story/waits-for.ts';
import type { WantedRun } from './parse/run-name.ts';
import { EXIT } from './exit-codes.ts';
import { quoted } from './parse/parsed.ts';
import { problem, Stop } from './stop.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';

/** Of one chain: far more than a run of ours ever continues as new. */
const MOST_EXECUTIONS = 100;
const HISTORY_WITHIN_MS = 60_000;

/**
 * The story of a run out of Temporal, over all its executions; needs no worker.
 *
 * @throws Stop with exit 2 where Temporal knows no such run.
 */
export async function readStory(temporal: TemporalClient, wanted: Extract<WantedRun, { kind: 'run' }>): Promise<Story> {
  const { workflowId, runId } = await mustFind(temporal, wanted);
  const named = await mustDescribe(temporal, workflowId, runId);
  const executions = await chainOf(temporal, workflowId, named.runId);
  const last = executions.at(-1);
  const newest =
    last === undefined || last.runId === named.runId ? named : await describe(temporal, workflowId, last.runId);
  const story = tellStory(executions, { now: Date.now(), pending: pendingOf(newest) });
  if (story === null) throw unknown(workflowId);
  return story;
}

async function mustFind(
  { ask, client }: TemporalClient,
  { workflowId, runId }: Extract<WantedRun, { kind: 'run' }>,
): Promise<{ readonly workflowId: string; readonly runId: string | undefined }> {
  if (workflowId !== null) return { workflowId, runId: runId ?? undefined };
  const found = await ask(async () => {
    for await (const run of client.workflow.list({ query: `RunId = '${runId ?? ''}'` })) return run.workflowId;
    return null;
  });
  if (found === null) throw unknown(runId ?? '');
  return { workflowId: found, runId: runId ?? undefined };
}

async function mustDescribe(
  temporal: TemporalClient,
  workflowId: string,
  runId: string | undefined,
): Promise<WorkflowExecutionDescription> {
  try {
    return await describe(temporal, workflowId, runId);
  } catch (cause) {
    if (isNotFound(cause)) throw unknown(runId === undefined ? workflowId : `${workflowId}, run ${runId}`);
    throw cause;
  }
}

const describe = ({ ask, client }: TemporalClient, workflowId: string, runId: string | undefined) =>
  ask(() => client.workflow.getHandle(workflowId, runId).describe());

const unknown = (run: string): Stop =>
  new Stop(EXIT.usage, [
    problem(
      `Temporal knows no run ${quoted(run)}`,
      null,
      'it forgets ended ones after its retention time; ./switchyard ls and history show what it knows',
    ),
  ]);

/** Oldest first. An execution that Temporal has forgotten ends the chain on its side. */
async function chainOf(temporal: TemporalClient, workflowId: string, runId: string): Promise<readonly Execution[]> {
  const named = await fetchExecution(temporal, workflowId, runId);
  const chain = named === null ? [] : [named];
  for (let before = neighbour(chain[0], 'before'); before !== null && chain.length < MOST_EXECUTIONS;) {
    const found = await fetchExecution(temporal, workflowId, before);
    if (found === null) break;
    chain.unshift(found);
    before = neighbour(found, 'before');
  }
  for (let after = neighbour(chain.at(-1), 'after'); after !== null && chain.length < MOST_EXECUTIONS;) {
    const found = await fetchExecution(temporal, workflowId, after);
    if (found === null) break;
    chain.push(found);
    after = neighbour(found, 'after');
  }
  return chain;
}

function neighbour(execution: Execution | undefined, side: 'before' | 'after'): string | null {
  const events = execution?.history.events ?? [];
  const found =
    side === 'before'
      ? textAt(events[0]?.facts, 'continuedExecutionRunId')
      : textAt(events.at(-1)?.facts, 'newExecutionRunId');
  return found === '' ? null : found;
}

async function fetchExecution(
  { ask, client }: TemporalClient,
  workflowId: string,
  runId: string,
): Promise<Execution | null> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    const document = await ask(() => handle.fetchHistory(), { withinMs: HISTORY_WITHIN_MS });
    const history = readHistory(document);
    return history === null ? null : { workflowId, runId, history };
  } catch (cause) {
    if (isNotFound(cause)) return null;
    throw cause;
  }
}

function pendingOf({ raw }: WorkflowExecutionDescription): readonly Pending[] {
  return (raw.pendingActivities ?? []).map(({ activityId, attempt, lastFailure }) => ({
    activityId: activityId ?? '',
    attempt: attempt ?? 1,
    failure: lastFailure?.message ?? null,
  }));
}

/** The story of an exported history: what only the server knows is missing. Null where it is no history. */
export function storyOfFile(document: unknown, now: number): Story | null {
  const history = readHistory(document);
  if (history === null) return null;
  return tellStory([{ ...idsOf(history), history }], { now, pending: [] });
}

function idsOf({ events }: History): Pick<Execution, 'workflowId' | 'runId'> {
  const facts = events[0]?.facts;
  return {
    workflowId: textAt(facts, 'workflowId') ?? '?',
    runId: textAt(facts, 'originalExecutionRunId') ?? '?',
  };
}
