import type { Verdict } from '../dns/gate.ts';
import type { Dispersion } from './dispersion.ts';
import type { FailWhen, SampleRule } from './metric-rule.ts';

/** Where numbers come from. The secret is a name; the worker says whether it may go there (A1, A4). */
export type Provider =
  | { readonly kind: 'prometheus'; readonly name: string; readonly url: string; readonly secret: string | null }
  | {
      readonly kind: 'cloudwatch';
      readonly name: string;
      readonly region: string | null;
      /** Whose credentials ask; without it those that reach the record's zone. */
      readonly role?: string;
    }
  | { readonly kind: 'json'; readonly name: string; readonly url: string; readonly secret: string | null };

/** One metric of CloudWatch that an expression names by its key. */
export interface NamedMetric {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

/** What is asked: PromQL, an expression of CloudWatch, or a JSON pointer, with `$side`, `$value` and `$tick` in it. */
export interface MetricQuery {
  readonly provider: Provider;
  readonly text: string;
  /** Of CloudWatch alone. */
  readonly metrics: readonly NamedMetric[];
}

/** How a verdict counts: `critical` decides alone, `counted` ones together, `dry-run` never. */
export type Weight = 'critical' | 'counted' | 'dry-run';

interface GateBase {
  readonly name: string;
  readonly weight: Weight;
  /** The share at whose step it is in force; null: at every step where it can be. */
  readonly share: number | null;
  /** Milliseconds for which it may say nothing before that is a failure; null: as long as the step allows. */
  readonly waitMs: number | null;
  /** Then somebody is asked whether to go on without it; absent: that is a failure. */
  readonly then?: 'approve';
}

/** A number of black's, held against a bound. */
export interface ThresholdGate extends GateBase {
  readonly kind: 'threshold';
  readonly query: MetricQuery;
  readonly failWhen: FailWhen;
  readonly samples: SampleRule;
}

/** A CloudWatch alarm of any kind. */
export interface AlarmGate extends GateBase {
  readonly kind: 'alarm';
  readonly alarm: string;
  readonly region: string | null;
  /** Whose credentials ask; without it those that reach the record's zone. */
  readonly role?: string;
  readonly everyMs: number;
  /** It may fire, or have no data, at the start; once it has been OK it counts like any other. */
  readonly accepted: boolean;
}

/** Black against red at the same time, by a test that may be looked at after every tick. */
export interface CompareGate extends GateBase {
  readonly kind: 'compare';
  readonly errors: MetricQuery;
  readonly requests: MetricQuery;
  readonly tickMs: number;
  readonly alpha: number;
  readonly minEffect: number;
  readonly minRequests: number;
}

/** Whether black really gets the share that its weight says: DNS is split by resolvers, not by requests. */
export interface ShareGate extends GateBase {
  readonly kind: 'share';
  readonly requests: MetricQuery;
  readonly tickMs: number;
  /** How far off the share may be, as a part of itself. */
  readonly tolerance: number;
}

export type MetricGate = ThresholdGate | AlarmGate | CompareGate | ShareGate;

/** A span that is asked for, in milliseconds since the epoch: an answer at `fromMs` and at each step after it up to `toMs`. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** "I could not look" is not "there is nothing", and neither is a number (D7). */
export type Measured =
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'no-data'; readonly why: string }
  | { readonly kind: 'could-not-look'; readonly why: string };

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What CloudWatch says of an alarm; `why` is its own reason, cleaned. */
export type AlarmLook =
  | { readonly kind: 'state'; readonly state: AlarmState; readonly why: string }
  | { readonly kind: 'could-not-look'; readonly why: string };

/** What is known of a gate before the first write. */
export interface Baseline {
  readonly gate: string;
  readonly dispersion: Dispersion;
}

/** A gate as it is shown: its verdict, and the newest values that it rests on. */
export interface MetricReading {
  readonly gate: string;
  readonly kind: MetricGate['kind'];
  readonly weight: Weight;
  readonly verdict: Verdict;
  /** It has said nothing for too long: a failure that is not for what it said, or a matter for somebody to decide. */
  readonly late: boolean;
  /** Somebody has approved to go on without it at this step, as long as it says nothing. */
  readonly waived?: boolean;
  /** Oldest first. */
  readonly values: readonly Sample[];
}

/**
 * The gates that are in force while `share` per cent of the answers are black's: nothing of black can be measured where it has no traffic,
 * and nothing compared where red has none.
 */
export function gatesInForce<T extends MetricGate>(gates: readonly T[], share: number): readonly T[] {
  return gates.filter((gate) => (gate.share === null || gate.share === share) && canBeAt(gate.kind, share));
}

/** Whether a gate of this kind says anything while `share` per cent of the answers are black's. */
export function canBeAt(kind: MetricGate['kind'], share: number): boolean {
  switch (kind) {
    case 'alarm':
      return true;
    case 'threshold':
      return share > 0;
    case 'compare':
    case 'share':
      return share > 0 && share < 100;
  }
}
