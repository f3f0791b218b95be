import { textAt } from './read-loosely.ts';
import type { RunFacts } from './run-facts.ts';
import type { RunView } from './run-view.ts';
import { lasted, say } from './say.ts';
import type { Sentence, Tone } from './story.ts';

/** The outcomes of one kind of run. */
export interface Ends {
  readonly words: Readonly<Record<string, string>>;
  readonly tones: Readonly<Record<string, Tone>>;
}

/** As the run says it, in its report or else in its memo; a run without a word of its own ended as Temporal says. */
export function outcomeOf(last: RunFacts): string {
  if (last.end === 'running' || last.end === 'terminated' || last.end === 'timedOut') return last.end;
  return textAt(last.report, 'outcome') ?? textAt(last.memo, 'outcome') ?? last.end;
}

/** What nobody expected is bad. */
export const toneOf = (outcome: string, { tones }: Ends): Tone => own(tones, outcome) ?? 'bad';

/** How it ended, and after what time; a run without a word of its own is told elsewhere. */
export function tellEnd({ first, last }: RunView, outcome: string, ends: Ends): readonly Sentence[] {
  const words = own(ends.words, outcome);
  if (last.endedAt === null || words === undefined) return [];
  const took = lasted(first.startedAt, last.endedAt);
  return [say(last.endedAt, toneOf(outcome, ends), `${words}. It took ${took}`)];
}

function own<T>(of: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}
