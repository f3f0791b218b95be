import { commonSentences } from './common-sentences.ts';
import { textAt } from './read-loosely.ts';
import type { RunEndKind, RunFacts } from './run-facts.ts';
import type { RunView, Telling } from './run-view.ts';
import { because, lasted, say } from './say.ts';
import { NO_ENDING, NO_PICTURES, type Sentence, type Span, type Tone } from './story.ts';
import { tellActivity } from './tell-activity.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** A run of a kind that is not known here: what every history says. */
export function tellOther(view: RunView, moment: Moment): Telling {
  const { first, last, workflowId } = view;
  return {
    kind: 'other',
    subject: workflowId,
    outcome: last.end,
    tone: toneOfEnd(last),
    by: textAt(last.memo, 'by'),
    sentences: [
      say(
        first.startedAt,
        'plain',
        `a run of the workflow ${first.type} began: its work is told as its history names it`,
      ),
      ...view.activities.flatMap((run) => tellActivity(run, {})).map((one) => ({ ...one, detail: false })),
      ...childSentences(view),
      ...commonSentences(view.events, []),
      ...plainEnd(view),
    ],
    waitsFor: waitsFor(view, moment),
    ending: {
      ...NO_ENDING,
      why: last.failure?.sentence ?? textAt(last.memo, 'sentence'),
      next: last.failure?.next ?? null,
    },
    pictures: { ...NO_PICTURES, spans: plainSpans(view) },
  };
}

export const toneOfEnd = ({ end }: RunFacts): Tone => END_TONES[end];

const END_TONES: Readonly<Record<RunEndKind, Tone>> = {
  completed: 'good',
  running: 'waiting',
  canceled: 'plain',
  continuedAsNew: 'plain',
  failed: 'bad',
  terminated: 'bad',
  timedOut: 'bad',
};

/** Ends that are told of every run. */
const TOLD: readonly RunEndKind[] = ['terminated', 'timedOut', 'continuedAsNew'];

/** How a run ended, where its kind has no words of its own for it. */
export function plainEnd({ first, last }: RunView): readonly Sentence[] {
  if (last.endedAt === null || TOLD.includes(last.end)) return [];
  const why = because(last.failure?.sentence ?? null);
  return [say(last.endedAt, toneOfEnd(last), `${last.end} after ${lasted(first.startedAt, last.endedAt)}${why}`)];
}

/** Every activity on a line of its own type. */
export const plainSpans = ({ activities, last }: RunView): readonly Span[] =>
  activities.map(({ type, label, scheduledAt, endedAt, end }) => ({
    lane: type,
    label,
    from: scheduledAt,
    to: endedAt ?? last.endedAt,
    tone:
      end.kind === 'completed' ? 'good' : end.kind === 'open' ? 'waiting' : end.kind === 'cancelled' ? 'plain' : 'bad',
  }));

/** Runs that a run has started. */
function childSentences({ events }: RunView): readonly Sentence[] {
  return events.flatMap(({ kind, at, facts }): readonly Sentence[] => {
    const child = textAt(facts, 'workflowExecution', 'workflowId') ?? textAt(facts, 'workflowId') ?? '?';
    switch (kind) {
      case 'childWorkflowExecutionStarted':
        return [say(at, 'plain', `started ${child}`)];
      case 'startChildWorkflowExecutionFailed':
        return [say(at, 'waiting', `did not start ${child}: one is running already`)];
      case 'childWorkflowExecutionCompleted':
        return [say(at, 'good', `${child} ended well`)];
      case 'childWorkflowExecutionFailed':
      case 'childWorkflowExecutionTerminated':
      case 'childWorkflowExecutionTimedOut':
      case 'childWorkflowExecutionCanceled':
        return [say(at, 'bad', `${child} did not end well`)];
      default:
        return [];
    }
  });
}
