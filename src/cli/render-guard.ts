import { cleanText } from '../core/clean-text.ts';
import { said } from '../core/dns/describe-guard.ts';
import { matterOf, outcomeOf, type GuardOutcome, type Matter } from '../core/dns/judge-guard.ts';
import type { Guarded } from '../core/dns/stand-guard.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { table } from './words.ts';

const WORDS = {
  none: 'under way',
  restored: 'restored',
  act: 'ACT NOW',
  'not-seen': 'NOT SEEN',
  refused: 'left alone',
} as const satisfies Record<Matter, string>;

const COLOURS = { none: 'green', restored: 'green', act: 'red', 'not-seen': 'yellow', refused: 'yellow' } as const;

/** One line a record that is not at rest, and one for all that are. */
export function guardLines(
  guarded: readonly Guarded[],
  { fences, paint }: Pick<Terminal, 'paint'> & { readonly fences: number },
): readonly string[] {
  const rows = guarded.map((one) => [one.record, WORDS[matterOf(one)], cleanText(said(one), 1_000)]);
  const lines = table(rows).map((line, at) => {
    const one = guarded[at];
    return one === undefined ? line : paint(COLOURS[matterOf(one)], line);
  });
  return [...lines, `${fences - guarded.length} of ${fences} fences at rest`];
}

/** What one came to, where guards are listed. */
export const GUARD_WORDS = {
  quiet: 'quiet',
  restored: 'restored red',
  refused: 'left something alone',
  'not-seen': 'could not look',
  act: 'ACT NOW',
} as const satisfies Record<GuardOutcome, string>;

const EXITS = {
  quiet: EXIT.done,
  restored: EXIT.done,
  refused: EXIT.refused,
  'not-seen': EXIT.unreachable,
  act: EXIT.actNow,
} as const satisfies Record<GuardOutcome, ExitCode>;

/**
 * 4 where a dead run stands or a restore is not sure, else 6 where something could not be looked at, else 3 where something was left as
 * foreign, else 1 where a restore was not seen in DNS.
 */
export function exitOfGuard(guarded: readonly Guarded[]): ExitCode {
  const outcome = outcomeOf(guarded);
  const unseen = guarded.some(({ repair }) => repair?.outcome === 'unseen');
  return outcome === 'restored' && unseen ? EXIT.failedSafe : EXITS[outcome];
}
