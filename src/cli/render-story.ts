import { timeOfDay } from '../core/clock-time.ts';
import { formatDuration } from '../core/duration.ts';
import type { Sentence, Story, Tone } from '../core/story/story.ts';
import { EXPLANATIONS, explain, OUTCOME_WORDS, SYNC_WORDS } from './explain.ts';
import { DOCS_WORDS } from './render-docs-run.ts';
import type { Style, Terminal } from './terminal.ts';
import { day, outside } from './words.ts';

export interface StoryView {
  readonly paint: Terminal['paint'];
  /** The run's page in the UI; null where nobody said where the UI is. */
  readonly link: string | null;
  /** Also what is only for a close look. */
  readonly details: boolean;
}

/** A story as a colleague would tell it: what happened, in the order of its times, and then what everybody asks. */
export function storyLines(story: Story, view: StoryView): readonly string[] {
  return [
    headLine(story, view),
    ...story.sentences
      .filter(({ detail }) => view.details || !detail)
      .flatMap((sentence, index, all) => sentenceLines(sentence, all[index - 1], view)),
    '',
    ...closing(story, view).map(([label, text]) => `${label.padEnd(11)}  ${outside(text)}`),
  ];
}

function headLine(story: Story, { paint }: StoryView): string {
  const { subject, startedAt, endedAt, workflowId, runIds } = story;
  const took = endedAt === null ? '' : ` after ${formatDuration(Math.max(0, endedAt - startedAt))}`;
  const run = `${workflowId}, run ${runIds.at(-1) ?? '?'}`;
  return `${paint('bold', outside(subject))}  ${paint(STYLES[story.tone], outcomeWords(story))}${took}  (${outside(run)})`;
}

const STYLES = { good: 'green', bad: 'red', waiting: 'yellow', said: 'bold', plain: 'dim' } satisfies Record<
  Tone,
  Style
>;
/** What stands before a sentence. */
export const MARKS = { good: '✓', bad: '✗', waiting: '…', said: '»', plain: '·' } satisfies Record<Tone, string>;

/** How the end of a run of any kind is called. */
export function outcomeWords({ outcome }: Pick<Story, 'outcome'>): string {
  const words: Readonly<Record<string, string>> = { ...OUTCOME_WORDS, ...SYNC_WORDS, ...DOCS_WORDS, ...PLAIN_WORDS };
  return outside((Object.hasOwn(words, outcome) ? words[outcome] : undefined) ?? outcome);
}

const PLAIN_WORDS: Readonly<Record<string, string>> = {
  running: 'running',
  terminated: 'TERMINATED',
  timedOut: 'timed out',
  canceled: 'cancelled',
  continuedAsNew: 'goes on in a further execution',
};

/** The day is said where it changes. */
function sentenceLines(
  { at, text, tone }: Sentence,
  before: Sentence | undefined,
  { paint }: StoryView,
): readonly string[] {
  const [date] = day(at).split(' ');
  const changed = before === undefined || day(before.at).split(' ')[0] !== date;
  const line = `${timeOfDay(at)}  ${paint(STYLES[tone], MARKS[tone])} ${outside(text)}`;
  return changed ? ['', paint('dim', `${date ?? ''} (UTC)`), line] : [line];
}

/** What stands now, why, what to keep running, what it waits for, and what to do next: labels and sentences. */
export function closing(story: Story, { link }: Pick<StoryView, 'link'>): readonly (readonly [string, string])[] {
  const { stands, why, caches } = story.ending;
  const waits = story.waitsFor.map((text, index) => [index === 0 ? 'waits for' : '', text] as const);
  const next = nextOf(story);
  return [
    ...(stands === null ? [] : [['stands', stands] as const]),
    ...(why === null ? [] : [['why', why] as const]),
    ...(caches === null ? [] : [['caches', caches] as const]),
    ...waits,
    ...(next === null ? [] : [['next', next] as const]),
    ...(link === null ? [] : [['look', link] as const]),
    ...story.notes.map((note) => ['note', note] as const),
  ];
}

/** As the run said it, else what leads on from a failure of its type; of a run that goes on, how to follow it. */
function nextOf({ ending, kind, outcome, subject }: Story): string | null {
  if (ending.next !== null) return ending.next;
  if (outcome === 'running' && FOLLOWED.includes(kind)) return `./switchyard watch ${subject}`;
  const { failure } = ending;
  if (failure === null || !EXPLAINED.includes(kind) || !Object.hasOwn(EXPLANATIONS, failure)) return null;
  return explain(failure).next(subject);
}

/** Failures are explained for these; a build and a guard say themselves what leads on. */
const EXPLAINED: readonly Story['kind'][] = ['deployment', 'group', 'sync', 'reset'];
const FOLLOWED: readonly Story['kind'][] = ['deployment', 'group', 'sync', 'docs'];
