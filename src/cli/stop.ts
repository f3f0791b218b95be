import type { ExitCode } from './exit-codes.ts';

/** One thing that is wrong with an input: what was found, what is accepted, and what to do (A2). */
export interface Problem {
  /** `--hold: "5 minuets" is no duration`: the thing and the observation. */
  readonly found: string;
  /** `90s, 10m, 2h`: the expectation; null where the sentence says it already. */
  readonly accepted: string | null;
  /** A command or an action that leads on; null where that is plain. */
  readonly next: string | null;
}

export const problem = (found: string, accepted: string | null = null, next: string | null = null): Problem => ({
  found,
  accepted,
  next,
});

/** Ends the command with an exit code and sentences for the operator: the way in which a command says no. */
export class Stop extends Error {
  readonly exit: ExitCode;
  readonly problems: readonly Problem[];

  constructor(exit: ExitCode, problems: readonly Problem[], cause?: unknown) {
    super(problems.map(asSentence).join('\n'), { cause });
    this.exit = exit;
    this.problems = problems;
  }
}

/** A problem as one line. */
export function asSentence({ found, accepted, next }: Problem): string {
  return [found, accepted === null ? null : `accepted: ${accepted}`, next].filter((part) => part !== null).join('; ');
}
