import type { ResetSight } from '../contracts/reset.ts';
import { RESET_WORDS, saysWhatServes, seenAt } from '../contracts/reset-words.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { outside, table } from './words.ts';

/** The table of a reset: what stood, what stands now as far as is known, what became of it, and where that was seen. */
export function resetLines(results: readonly ResetSight[], paint: Terminal['paint']): readonly string[] {
  const rows = results.map((one) => [one.record, outside(one.was ?? '?'), outside(nowOf(one) ?? '?'), endOf(one)]);
  const [head = '', ...lines] = table([['record', 'was', 'now', 'outcome'], ...rows]);
  return [head, ...lines.map((line, at) => paint(isGood(results[at]) ? 'green' : 'red', line))];
}

/** Null where it is not known. */
function nowOf({ outcome, sentence, was }: ResetSight): string | null {
  if (saysWhatServes({ outcome })) return sentence;
  return outcome === 'failed' || outcome === 'unverified' ? null : was;
}

function endOf({ outcome, sentence, next, servers }: ResetSight): string {
  const why = saysWhatServes({ outcome }) ? null : `${outcome === 'planned' ? 'to' : ''} ${outside(sentence)}`.trim();
  return [RESET_WORDS[outcome], why, seenAt(servers), next === null ? null : outside(next)]
    .filter((part) => part !== null)
    .join(' ');
}

const isGood = (result: ResetSight | undefined): boolean =>
  result?.outcome === 'there' || result?.outcome === 'restored';

/** 4 when any record is not restored or not sure, else 3 when any was left as foreign or refused, else 1 when any was not seen in DNS. */
export function exitOfReset(results: readonly ResetSight[]): ExitCode {
  if (results.some(({ outcome }) => outcome === 'failed' || outcome === 'unverified')) return EXIT.actNow;
  if (results.some(({ outcome }) => outcome === 'foreign' || outcome === 'refused')) return EXIT.refused;
  return results.every(isGood) ? EXIT.done : EXIT.failedSafe;
}

/** Nothing was written: 3 when any record could not be reset, else, where it was asked for, 8 when any would be. */
export function exitOfSight(sights: readonly ResetSight[], exitCode: boolean): ExitCode {
  if (sights.some(({ outcome }) => outcome !== 'planned' && outcome !== 'there')) return EXIT.refused;
  return exitCode && sights.some(({ outcome }) => outcome === 'planned') ? EXIT.changes : EXIT.done;
}
