import type { Trouble } from './look-at-chain.ts';
import { clock, outside } from './words.ts';

/** Says when a service does not let the run get on, since when and why, once for each reason; and when it goes on. */
export function noticeTrouble(say: (sentence: string) => void): (trouble: Trouble | null) => void {
  let said: string | null = null;
  return (trouble) => {
    const reason = trouble === null ? null : withoutNumbers(trouble.sentence);
    if (reason === said) return;
    said = reason;
    say(trouble === null ? 'going on' : troubleWords(trouble));
  };
}

/** A wait that is asked for anew each time is the same reason. */
const withoutNumbers = (sentence: string): string => sentence.replace(/\d+/g, '');

/** `since 12:14:11 UTC, attempt 3, again at 12:15:11 UTC: Microsoft To Do: ...`. */
export function troubleWords({ sentence, since, attempt, nextAt }: Trouble): string {
  const parts = [
    since === null ? 'not getting on' : `not getting on since ${clock(since)}`,
    `attempt ${attempt}`,
    ...(nextAt === null ? [] : [`again at ${clock(nextAt)}`]),
  ];
  return `${parts.join(', ')}: ${outside(sentence)}`;
}
