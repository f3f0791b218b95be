import type { Verdict } from '../dns/gate.ts';
import type { Weight } from './metric-gate.ts';

export interface Weighed {
  readonly gate: string;
  readonly weight: Weight;
  readonly verdict: Verdict;
  /** Somebody has approved to go on without it, as long as it says nothing. */
  readonly waived?: boolean;
}

export interface WeighView {
  /** Of the probes; null where there are none. */
  readonly probes: Verdict | null;
  readonly metrics: readonly Weighed[];
  /** How many counted gates may fail at one time. */
  readonly mayFail: number;
}

/**
 * One verdict out of all. One critical failure is one; counted gates fail together when more than `mayFail` of them do; a dry run never decides. What is
 * inconclusive is taken as what it may turn out to be: it is no pass as long as the verdict hangs on it (D7).
 */
export function weighVerdicts({ probes, metrics, mayFail }: WeighView): Verdict {
  const critical = [
    ...(probes === null ? [] : [probes]),
    ...metrics.filter(({ weight }) => weight === 'critical').map(named),
  ];
  const counted = metrics.filter(({ weight }) => weight === 'counted').map(named);
  const failing = counted.filter(isA('fail'));
  const unclear = counted.filter(isA('inconclusive'));
  const failed = [...critical.filter(isA('fail')), ...(failing.length > mayFail ? failing : [])];
  if (failed.length > 0) return { kind: 'fail', reason: joined(failed) };
  const open = [
    ...critical.filter(isA('inconclusive')),
    ...(failing.length + unclear.length > mayFail ? [...unclear, ...failing] : []),
  ];
  if (open.length > 0) return { kind: 'inconclusive', reason: joined(open) };
  return { kind: 'pass', reason: joined([...critical, ...counted.filter(isA('pass'))]) };
}

const isA =
  (kind: Verdict['kind']) =>
  (verdict: Verdict): boolean =>
    verdict.kind === kind;

/** What was approved to be done without lets go of the verdict as long as it says nothing: what it says counts. */
function named({ gate, verdict, waived }: Weighed): Verdict {
  const reason = `${gate}: ${verdict.reason}`;
  if (waived !== true || verdict.kind !== 'inconclusive') return { ...verdict, reason };
  return { kind: 'pass', reason: `${reason}, and to go on without it was approved` };
}

const joined = (verdicts: readonly Verdict[]): string => verdicts.map(({ reason }) => reason).join('; ');
