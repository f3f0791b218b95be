import { commonSentences } from './common-sentences.ts';
import { listAt, numberAt, textAt, valueAt } from './read-loosely.ts';
import type { RunFacts } from './run-facts.ts';
import { outcomeOf, tellEnd, toneOf, type Ends } from './run-ending.ts';
import type { RunView, Telling } from './run-view.ts';
import { countOf, lasted, say, sayAside, whom } from './say.ts';
import { NO_ENDING, NO_PICTURES, type Count, type Ending, type Sentence } from './story.ts';
import { tellActivity, type Tellers } from './tell-activity.ts';
import { plainSpans } from './tell-other.ts';
import { waitsFor, type Moment } from './waits-for.ts';

/** A run of a sync: what it found, what it did, what it set aside. Ids and counts only (A1). */
export function tellSync(view: RunView, moment: Moment): Telling {
  const { first, last } = view;
  const pair = textAt(last.report, 'pair') ?? textAt(first.memo, 'pair') ?? view.workflowId.replace(/^sync:/, '');
  const outcome = outcomeOf(last);
  const by = textAt(first.input, 'by');
  const trigger = textAt(first.input, 'trigger') ?? '?';
  return {
    kind: 'sync',
    subject: `sync/${pair}`,
    outcome,
    tone: toneOf(outcome, SYNC_ENDS),
    by,
    sentences: [
      say(first.startedAt, 'said', `${whom(by)} asked for a sync of ${pair} (${trigger})`),
      ...wishes(view),
      ...view.activities.flatMap((run) => tellActivity(run, SYNC_TELLERS)),
      ...commonSentences(view.events, ['syncRequested']),
      ...setAside(view),
      ...tellEnd(view, outcome, SYNC_ENDS),
    ],
    waitsFor: waitsFor(view, moment),
    ending: endingOf(view),
    pictures: {
      ...NO_PICTURES,
      spans: plainSpans(view).map((span) => ({ ...span, lane: LANES[span.lane] ?? span.lane })),
      counts: countsOf(view),
    },
  };
}

const LANES: Readonly<Record<string, string>> = { syncChunk: 'look and write' };

function wishes({ messages }: RunView): readonly Sentence[] {
  const asked = messages.filter(({ name }) => name === 'syncRequested');
  const [firstWish] = asked;
  if (firstWish === undefined) return [];
  return [
    sayAside(
      firstWish.at,
      'plain',
      `${countOf(asked.length, 'event')} asked for a run, by ${whom(textAt(firstWish.input, 'by'))}`,
    ),
  ];
}

const SYNC_TELLERS: Tellers = {
  syncChunk: (run, result, at) => {
    const found = numberAt(result, 'view', 'inScope');
    const links = numberAt(result, 'view', 'links');
    const did = countWords(valueAt(result, 'totals', 'applied')) || 'nothing';
    const looked = found === null ? '' : `found ${countOf(found, 'task')} in scope and ${links ?? 0} copies; `;
    const more = valueAt(result, 'done') === false ? '; there is more to do' : '';
    return [
      say(at, 'good', `${looked}wrote ${did} in ${lasted(run.scheduledAt, at)}${more}`),
      ...trouble(valueAt(result, 'totals'), at),
    ];
  },
};

function trouble(totals: unknown, at: number): readonly Sentence[] {
  const [times, retried] = [numberAt(totals, 'throttled', 'times') ?? 0, numberAt(totals, 'retried') ?? 0];
  return [
    ...(times === 0 ? [] : [say(at, 'waiting', `a service asked it to slow down, ${countOf(times, 'time')}`)]),
    ...(retried === 0 ? [] : [sayAside(at, 'waiting', `${countOf(retried, 'attempt')} had to be repeated`)]),
  ];
}

/** `create 3, update 1`; empty for nothing. */
function countWords(counts: unknown): string {
  const entries = typeof counts === 'object' && counts !== null ? Object.keys(counts) : [];
  return entries
    .map((kind) => ({ kind, n: numberAt(counts, kind) ?? 0 }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => `${kind} ${n}`)
    .join(', ');
}

/** The newest numbers that the run has given: its report, else the sum of its activities. */
function countsOf({ last, activities }: RunView): readonly Count[] {
  const planned = valueAt(last.report, 'view', 'planned');
  const applied = valueAt(last.report, 'totals', 'applied');
  const results = activities.flatMap(({ end }) => (end.kind === 'completed' ? [end.result] : []));
  const plan = planned ?? valueAt(results[0], 'view', 'planned');
  if (typeof plan !== 'object' || plan === null) return [];
  const summed = (kind: string): number =>
    results.reduce<number>((sum, result) => sum + (numberAt(result, 'totals', 'applied', kind) ?? 0), 0);
  return Object.keys(plan).map((kind) => ({
    kind,
    planned: numberAt(plan, kind) ?? 0,
    applied: applied === undefined ? summed(kind) : (numberAt(applied, kind) ?? 0),
  }));
}

const MOST_NAMED = 5;

function setAside({ last }: RunView): readonly Sentence[] {
  const all = listAt(last.report, 'setAside');
  const at = last.endedAt ?? last.startedAt;
  const named = all.slice(0, MOST_NAMED).map((one) => {
    return say(
      at,
      'waiting',
      `set aside task ${textAt(one, 'id') ?? '?'}: ${textAt(one, 'reason') ?? 'no reason given'}`,
    );
  });
  const more = (numberAt(last.report, 'setAsideCount') ?? all.length) - named.length;
  return more > 0 ? [...named, say(at, 'waiting', `and ${countOf(more, 'other task')}`)] : named;
}

const SYNC_ENDS: Ends = {
  words: {
    synced: 'synced: To Do is a copy of what is in scope',
    'synced-with-exceptions': 'synced, but for the tasks that were set aside',
    stopped: 'stopped by a guard, before anything was removed',
    failed: 'failed: what was written stays, the next run goes on from there',
    cancelled: 'cancelled: what was written stays',
  },
  tones: {
    synced: 'good',
    'synced-with-exceptions': 'waiting',
    running: 'waiting',
    cancelled: 'plain',
  },
};

function endingOf({ last }: RunView): Ending {
  const applied = countWords(valueAt(last.report, 'totals', 'applied'));
  const own = valueAt(last.report, 'failure');
  return {
    ...NO_ENDING,
    stands: last.end === 'running' ? null : standsOf(last, applied),
    why: textAt(own, 'sentence') ?? last.failure?.sentence ?? textAt(last.memo, 'sentence'),
    next: textAt(own, 'next') ?? last.failure?.next ?? null,
    failure: textAt(own, 'type') ?? last.failure?.type ?? null,
  };
}

/** What an activity wrote before it failed, it has not reported. */
function standsOf({ end }: RunFacts, applied: string): string {
  const more = end === 'completed' ? '' : '; what was written before it ended stays, and the next run finds it';
  return `written, as reported: ${applied || 'nothing'}${more}`;
}
