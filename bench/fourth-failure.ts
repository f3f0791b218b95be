import type { RunEnd } from '../src/cli/look-at-run.ts';

/** When the probe was sent with which the gate failed, in milliseconds since the epoch: detection proper ends there. */
export function fourthFailureAt(end: RunEnd): number {
  if (end.kind !== 'reported') throw new Error(`the run ended without a report: ${end.why}`);
  const black = end.status.windows.filter(({ side }) => side === 'black').flatMap(({ observations }) => observations);
  const failed = black.filter(({ ok }) => !ok).map(({ at }) => at);
  const fourth = failed.sort((a, b) => a - b)[3];
  if (fourth === undefined) throw new Error(`expected 4 failed probes in the report, found ${failed.length}`);
  return fourth;
}
