import type { RecordSets } from './record-set.ts';
import type { Zone } from './snapshot.ts';
import type { Side, Target } from './target.ts';

/** Per cent of DNS answers that are black's: 0 to 100. */
export type Share = number;

/** What a plan is made from. Durations in milliseconds, TTLs in seconds. */
export interface PlanRequest {
  readonly record: string;
  readonly to: Target;
  /** Null: taken from what stands there and from the value. */
  readonly type: string | null;
  /** Refused when the record serves something else now. */
  readonly from: readonly string[] | null;
  /** Ends in 100. */
  readonly steps: readonly { readonly share: Share; readonly holdMs: number | null }[];
  /** Null: the default, which depends on the TTL. */
  readonly holdMs: number | null;
  readonly bakeMs: number | null;
  readonly deadlineMs: number | null;
  readonly preLowerTtl: number | null;
  /** The final TTL; null keeps red's. */
  readonly ttl: number | null;
  readonly slowRollbackOk: boolean;
  /** Types that stand at the name and may stay as they are. */
  readonly leave: readonly string[];
  /** Milliseconds that the checks before the first write take at least. */
  readonly preflightMs: number;
  /** Recorded sets to bring back, in place of `to`. */
  readonly undo?: Undo;
}

/** Asks for recorded sets exactly as they were, TTL, identifier and weight included, where `to` can say values only. */
export interface Undo {
  /** What comes back, as an earlier run recorded it: its snapshot, or its promotion. */
  readonly sets: RecordSets;
  /** What the newest revision left. Anything else that stands is foreign (D4). */
  readonly expected: RecordSets;
  /** The revision that left it, as `history` numbers it; null where its run numbered none. */
  readonly expectedRevision: number | null;
  /** The revision that an operator named; null: whatever stood before the newest. */
  readonly toRevision: number | null;
}

/** One state of the record sets that the plan passes through. */
export interface Step {
  /** `lower-ttl` leaves the traffic on red and waits for the old TTL; `shift` moves a share of it. */
  readonly kind: 'lower-ttl' | 'shift';
  /** As shown everywhere: `lower TTL to 60 s`, `50 %`. */
  readonly label: string;
  readonly share: Share;
  readonly sets: RecordSets;
  /** How long to watch here once in sync. */
  readonly holdMs: number;
  /** Changes in the batch that leads here, the fence's two included. */
  readonly changes: number;
}

/** How long the plan takes, in milliseconds. */
export interface PlanTiming {
  /** From the first check to the promotion, waits and holds included. */
  readonly totalMs: number;
  readonly deadlineMs: number;
  /** From in sync until the last resolver follows: forward, and back. */
  readonly forwardMs: number;
  readonly backMs: number;
}

/** A cutover as a value: it can be printed, hashed, and refused. */
export interface Plan {
  readonly record: string;
  readonly zone: Zone;
  /** The types that move: `A`, `AAAA`, or `CNAME`. */
  readonly types: readonly string[];
  /** The sets that move, as read: what a rollback restores. */
  readonly before: RecordSets;
  readonly red: Side;
  readonly black: Side;
  readonly steps: readonly Step[];
  readonly promotion: Pick<Step, 'label' | 'sets' | 'changes'>;
  readonly timing: PlanTiming;
  readonly warnings: readonly string[];
  /** sha256 in hex of name, zone id, record sets as read and steps; the first 8 characters are shown. */
  readonly hash: string;
}

/** Why a plan is refused: a code for programs, a sentence for people, what to type next. */
export interface Reason {
  readonly code: string;
  readonly sentence: string;
  /** A flag, a command or an action that leads on; null where there is none. */
  readonly next: string | null;
}

export type Planned =
  | { readonly kind: 'unchanged'; readonly record: string; readonly sentence: string }
  /** All reasons at once (A2). */
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'planned'; readonly plan: Plan };
