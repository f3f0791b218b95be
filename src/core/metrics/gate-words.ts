import { assertNever } from '../assert-never.ts';
import { formatDuration } from '../duration.ts';
import { shareRange } from './judge-share.ts';
import { canBeAt, type MetricGate, type MetricReading, type Weight } from './metric-gate.ts';
import { ruleWords, shortNumber } from './metric-rule.ts';

const WEIGHT_WORDS: Readonly<Record<Weight, string>> = {
  critical: '',
  counted: ' (counted)',
  'dry-run': ' (dry run, never decides)',
};

/** What a gate does, for whoever reads a plan. */
export function gateWords(gate: MetricGate): string {
  const asks = gate.then === 'approve' ? ' (while it says nothing, somebody is asked)' : '';
  return `${ruleOf(gate)}${asks}${WEIGHT_WORDS[gate.weight]}`;
}

function ruleOf(gate: MetricGate): string {
  switch (gate.kind) {
    case 'threshold':
      return `asks ${gate.query.provider.name}, ${ruleWords(gate.failWhen, gate.samples)}`;
    case 'alarm':
      return `fails when alarm ${gate.alarm} fires${gate.accepted ? ', accepted as it is at the start' : ''}`;
    case 'compare':
      return `compares black with red every ${formatDuration(gate.tickMs)} from ${gate.minRequests} requests on: fails at ${gate.minEffect} times the errors of red, alpha ${gate.alpha}`;
    case 'share':
      return `waits until black gets its share of the requests, off by ${shortNumber(100 * gate.tolerance)} % of it at most`;
    default:
      return assertNever(gate);
  }
}

/** The shares of a plan at which a gate is in force. */
export function sharesOf(gate: MetricGate, shares: readonly number[]): readonly number[] {
  return shares.filter((share) => (gate.share === null || gate.share === share) && canBeAt(gate.kind, share));
}

/** `5 % of the answers: between 2.5 and 7.5 % of the requests are waited for`. */
export function expectedShareWords(share: number, tolerance: number): string {
  const { least, most } = shareRange(share, tolerance);
  return `at ${share} % of the answers the step waits until black gets ${shortNumber(least)} to ${shortNumber(most)} % of the requests`;
}

/** One gate, as it stands: `errors  pass  none of the last 5 samples > 0.01, last 0.002`. */
export function readingWords({ verdict, weight, waived }: MetricReading): string {
  const without = waived === true && verdict.kind === 'inconclusive' ? ', and to go on without it was approved' : '';
  return `${verdict.kind}: ${verdict.reason}${without}${WEIGHT_WORDS[weight]}`;
}
