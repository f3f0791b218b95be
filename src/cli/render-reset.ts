import type { ResetResult } from '../contracts/reset.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { outside, table } from './words.ts';

const WORDS: Readonly<Record<ResetResult['outcome'], string>> = {
  there: 'there already',
  restored: 'restored',
  unseen: 'restored, DNS not seen',
  foreign: 'FOREIGN, left',
  refused: 'refused',
  failed: 'NOT RESTORED',
  unverified: 'NOT SURE',
};

/** The table of a reset: what serves now, and where that was seen. */
export function resetLines(results: readonly ResetResult[], paint: Terminal['paint']): readonly string[] {
  const rows = results.map(({ record, outcome, sentence, servers, next }) => [
    record,
    WORDS[outcome],
    [outside(sentence), next === null ? null : outside(next)].filter((part) => part !== null).join(' '),
    servers.length === 0
      ? ''
      : `at ${servers.filter(({ kind }) => kind === 'agrees').length} of ${servers.length} name servers`,
  ]);
  return table(rows).map((line, at) => paint(isGood(results[at]) ? 'green' : 'red', line));
}

const isGood = (result: ResetResult | undefined): boolean =>
  result?.outcome === 'there' || result?.outcome === 'restored';

/** 4 when any record is not restored or not sure, else 3 when any was left as foreign or refused, else 1 when any was not seen in DNS. */
export function exitOfReset(results: readonly ResetResult[]): ExitCode {
  if (results.some(({ outcome }) => outcome === 'failed' || outcome === 'unverified')) return EXIT.actNow;
  if (results.some(({ outcome }) => outcome === 'foreign' || outcome === 'refused')) return EXIT.refused;
  return results.every(isGood) ? EXIT.done : EXIT.failedSafe;
}
