import type { FenceStage } from '../core/dns/fence.ts';
import type { Gate, ProbeWindow, Verdict } from '../core/dns/gate.ts';
import type { GateState } from '../core/metrics/gate-state.ts';
import type { Baseline, MetricGate, MetricReading } from '../core/metrics/metric-gate.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import type { Snapshot, Standing, Zone } from '../core/dns/snapshot.ts';
import type { Pace, ServerView } from './deploy.ts';

/** Names a record to the activities. */
export interface RecordRef {
  readonly record: string;
  readonly zone: Zone;
  /** Whose credentials reach the zone, by the name that the worker's configuration knows (A4); the worker's own without it. */
  readonly role?: string;
}

export interface ReadRecordInput {
  readonly record: string;
  /** Id or name; null: the longest zone that holds the record. */
  readonly zone: string | null;
  readonly role?: string;
}

/** One compare-and-swap: nothing is written unless `from` is exactly what stands there (D2). */
export interface SwapInput extends RecordRef {
  readonly from: Standing;
  readonly to: Standing;
  /** Kept by Route 53 and CloudTrail; at most 256 characters. */
  readonly comment: string;
}

/** What a write left, read back. */
export interface Written {
  /** Null where the wanted state was already there and nobody knows by which change. */
  readonly changeId: string | null;
  /** Milliseconds since the epoch, when Route 53 accepted it or when it was read back. */
  readonly at: number;
  readonly standing: Standing;
}

export interface RestoreInput extends RecordRef {
  /** What to restore: the moved sets and the fence as they were read. */
  readonly snapshot: Standing;
  /** Every state of this run's own plan: anything else at the name is foreign (D4). */
  readonly own: readonly RecordSets[];
  readonly owner: string;
  /** The fence's `until` while restoring, in milliseconds since the epoch. */
  readonly until: number;
  /** The highest generation that this run may have written. */
  readonly gen: number;
  readonly comment: string;
}

/** Sets the fence of a standing record to rest, or renews it, with the record's own sets untouched. */
export interface FenceInput extends RecordRef {
  readonly owner: string;
  readonly stage: FenceStage;
  readonly until: number | null;
  /**
   * What must stand there, under a fence of this owner: the fence never signs what somebody else wrote (D4).
   * Null signs whatever stands, for an operator who has decided to leave it.
   */
  readonly expect: RecordSets | null;
  /** Red, which the fence keeps while it is not at rest. */
  readonly red: RecordSets;
  /** The highest generation that this run may have written. */
  readonly gen: number;
  /** The moved types: what is read, and hashed into the fence. */
  readonly types: readonly string[];
  readonly comment: string;
}

export interface AwaitInsyncInput {
  readonly record: string;
  readonly changeId: string;
  readonly pollMs: number;
  readonly role?: string;
}
export interface Insync {
  readonly at: number;
}

export interface VerifyInput extends RecordRef {
  /** What every authoritative server must answer: at 0 and 100 % one of these sets exactly, in between any of red's or black's values. */
  readonly sets: RecordSets;
  /** Answers that are right too (mixed steps, a rollback while caches differ). */
  readonly inARow: number;
  readonly everyMs: number;
  readonly limitMs: number;
  readonly mode: 'authoritative' | 'api';
}
export interface Verified {
  readonly at: number;
  readonly servers: readonly ServerView[];
}

/** The endpoints of one side, as the record sets of the plan say them. */
export interface ProbeSide {
  readonly side: 'red' | 'black';
  readonly sets: RecordSets;
}

export interface CheckInput extends RecordRef {
  readonly gates: readonly Gate[];
  readonly sides: readonly ProbeSide[];
  readonly pace: Pace;
  /** How long the check may take until no data is a failure. */
  readonly limitMs: number;
}
export interface Checked {
  readonly black: Verdict;
  readonly red: Verdict;
  readonly windows: readonly ProbeWindow[];
}

/** One stretch of a hold: probes black and red, looks for drift. Writes nothing, so its cancellation is not waited for. */
export interface WatchInput extends RecordRef {
  readonly gates: readonly Gate[];
  readonly sides: readonly ProbeSide[];
  /** What must still stand there. */
  readonly standing: Standing;
  readonly share: number;
  readonly untilMs: number;
  readonly pace: Pace;
  /** Windows of the stretch before: a window is carried over stretches, attempts and workers. */
  readonly windows: readonly ProbeWindow[];
  /** Since when the verdict of the probes has been inconclusive without a break; null while it was not. */
  readonly inconclusiveSince: number | null;
  /** Gates on metrics that are in force; absent where there are none. */
  readonly metrics?: MetricStretch;
}

/** What a stretch measures beside its probes. */
export interface MetricStretch {
  readonly gates: readonly MetricGate[];
  /** One for each gate, of the stretch before: what was measured is carried over stretches, attempts and workers. */
  readonly states: readonly GateState[];
  /** How many counted gates may fail at one time. */
  readonly mayFail: number;
  /** When the step was in sync. */
  readonly sinceMs: number;
  readonly holdMs: number;
  /** Asks every gate at once, and once: for somebody who waits for the verdict. */
  readonly once: boolean;
  /** Gates that somebody has approved to go on without at this step, as long as they say nothing. */
  readonly waived?: readonly string[];
  /** Gates that somebody is being asked about, perhaps none; absent where nobody can be asked now, since another question is open. */
  readonly asked?: readonly string[];
}

export interface MetricsWatched {
  readonly states: readonly GateState[];
  readonly readings: readonly MetricReading[];
}

/** Before the first write. */
export interface CheckMetricsInput extends RecordRef {
  readonly gates: readonly MetricGate[];
  readonly sides: readonly ProbeSide[];
  readonly pace: Pace;
  /** How long a gate may be asked again until one that could not be looked at is what it says. */
  readonly limitMs: number;
}
export interface MetricsChecked {
  readonly readings: readonly MetricReading[];
  /** Of the gates that compare. */
  readonly baselines: readonly Baseline[];
}

export type WatchEnd =
  | { readonly kind: 'held' }
  /** Black failed, or no data came until the limit. */
  | {
      readonly kind: 'breach';
      readonly verdict: Verdict;
      /** Said where metrics are measured: nothing failed by what it said, only by saying nothing for too long. */
      readonly inconclusive?: boolean;
    }
  /** Somebody is to be asked about these gates, which have said nothing for too long; none: about those that were asked about nobody needs to be any more. */
  | { readonly kind: 'asks'; readonly gates: readonly string[] }
  /** Someone else wrote the record or the fence (D4), or a reset passed this run. */
  | { readonly kind: 'drift'; readonly sentence: string; readonly superseded: boolean };

export interface Watched {
  readonly end: WatchEnd;
  /** Protections that would block the rollback, as sentences; none in what older workers say. */
  readonly protections?: readonly string[];
  readonly windows: readonly ProbeWindow[];
  readonly verdict: Verdict;
  readonly inconclusiveSince: number | null;
  readonly at: number;
  readonly metrics?: MetricsWatched;
}

/** The activities of a deployment. They name what failed; the caller's policy judges (policies/). */
export interface DeployActivities {
  readRecord(input: ReadRecordInput): Promise<Snapshot>;
  swapRecord(input: SwapInput): Promise<Written>;
  restoreRecord(input: RestoreInput): Promise<Written>;
  setFence(input: FenceInput): Promise<Written>;
  awaitInsync(input: AwaitInsyncInput): Promise<Insync>;
  verifyAnswers(input: VerifyInput): Promise<Verified>;
  checkEndpoints(input: CheckInput): Promise<Checked>;
  checkMetrics(input: CheckMetricsInput): Promise<MetricsChecked>;
  watchEndpoints(input: WatchInput): Promise<Watched>;
}
