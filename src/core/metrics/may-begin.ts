import type { Verdict } from '../dns/gate.ts';
import { judgeAlarm } from './judge-alarm.ts';
import type { AlarmLook, Measured, MetricGate } from './metric-gate.ts';

/** What one look at a gate gave before the first write. */
export type FirstLook =
  | { readonly kind: 'alarm'; readonly look: AlarmLook }
  /** Of each query that the gate asks. */
  | { readonly kind: 'measured'; readonly answers: readonly Measured[] };

/**
 * Whether a deployment may begin under this gate. An alarm must be OK, unless it was accepted as it is; of everything else it is enough that it can be
 * asked: black has no traffic yet, so that there is nothing to measure of it.
 */
export function mayBegin(gate: MetricGate, first: FirstLook): Verdict {
  if (gate.weight === 'dry-run') return { kind: 'pass', reason: 'a dry run never decides' };
  if (gate.kind === 'alarm' && first.kind === 'alarm') {
    const { alarm, accepted } = gate;
    return judgeAlarm({ alarm, look: first.look, excused: accepted });
  }
  const blind = first.kind === 'measured' ? first.answers.find(({ kind }) => kind === 'could-not-look') : undefined;
  if (blind?.kind === 'could-not-look') return { kind: 'inconclusive', reason: `cannot be measured: ${blind.why}` };
  return { kind: 'pass', reason: 'can be measured' };
}
