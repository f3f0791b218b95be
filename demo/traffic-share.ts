/** Which values are red's and which are black's. */
export interface Colours {
  readonly red: readonly string[];
  readonly black: readonly string[];
}

/** What name servers answered in a while: how often red, black, anything else, and how often nothing. */
export interface AnswerCount {
  readonly red: number;
  readonly black: number;
  readonly other: number;
  readonly silent: number;
}

export const NO_ANSWERS: AnswerCount = { red: 0, black: 0, other: 0, silent: 0 };

/** The count with one more answer; null: the server was silent. */
export function countAnswer(count: AnswerCount, values: readonly string[] | null, colours: Colours): AnswerCount {
  const kind = values === null ? 'silent' : colourOf(values, colours);
  return { ...count, [kind]: count[kind] + 1 };
}

export function colourOf(values: readonly string[], { red, black }: Colours): 'red' | 'black' | 'other' {
  if (values.length > 0 && values.every((value) => red.includes(value))) return 'red';
  return values.length > 0 && values.every((value) => black.includes(value)) ? 'black' : 'other';
}

/** Black's share of the answers that came, 0 to 100; null where none came. */
export function blackShare({ red, black, other }: AnswerCount): number | null {
  const answers = red + black + other;
  return answers === 0 ? null : (100 * black) / answers;
}

/** Half of the noise of a second's hundred weighted draws at 50 %. */
const NOISE_POINTS = 12;

/** Whether a log without a terminal should have a line for `after`: chance alone makes none. */
export function hasMoved(before: AnswerCount | null, after: AnswerCount): boolean {
  if (before?.other !== after.other || before.silent !== after.silent) return true;
  const [was, is] = [blackShare(before), blackShare(after)];
  if (was === null || is === null || was === is) return was !== is;
  return is === 0 || is === 100 || was === 0 || was === 100 || Math.abs(is - was) >= NOISE_POINTS;
}
