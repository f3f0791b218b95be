import { CancellationScope, isCancellation, type ApplicationFailure } from '@temporalio/workflow';
import type { DeployRequest, MessageAnswer, ResolveRequest } from '../contracts/deploy.ts';
import type { OpenApproval } from '../core/dns/approval.ts';
import type { Verdict } from '../core/dns/gate.ts';
import type { Share } from '../core/dns/plan.ts';
import { logPhase } from './log-phases.ts';
import { startNotices, type DeployNotices } from './deploy-notices.ts';
import type { GateState } from '../core/metrics/gate-state.ts';
import type { Baseline } from '../core/metrics/metric-gate.ts';
import { countBlocked } from './count.ts';
import { startProgress, type Progress, type SeeChange } from './progress.ts';

/** What people have asked of a run so far; the handlers write it, the steps read it. */
export interface Orders {
  /** Why the way forward ends: the first reason counts. */
  interruption: ApplicationFailure | null;
  pausedSince: number | null;
  /** How many milliseconds earlier pauses took. */
  pausedMs: number;
  /** Whether all holds that are still to come end as soon as their gates pass. */
  promoteAll: boolean;
  /** Whether Temporal was asked to cancel the run: an operator's act, as an abort is. */
  cancelled: boolean;
  /** The answer to a rollback that is blocked. */
  decision: ResolveRequest | null;
}

/** One deployment while it runs. */
export interface Run {
  readonly request: DeployRequest;
  readonly progress: Progress;
  readonly orders: Orders;
  /** What outsiders are told of it. */
  readonly notices: DeployNotices;
  /** How far the way back is; `none` also where nothing had been written that needs one. */
  rollback: 'none' | 'begun' | 'done';
  /** The hold that an operator may end early; null outside one. */
  hold: RunningHold | null;
  /** What the way forward waits for somebody to decide; the decision takes it away. */
  approval: OpenApproval | null;
  /** How many approvals were opened so far. */
  approvals: number;
  readonly measured: Measured;
  /** Records that somebody has decided to leave as they stand. */
  readonly left: string[];
  /** What updates can be sent to it, by name: as the Temporal client sends them, or on their way through another workflow. */
  readonly heard: Map<string, (message: unknown) => Promise<MessageAnswer>>;
  /** Whether the rollback of a record is blocked: of a run of several, not all need be. */
  isBlocked(record: string): boolean;
  /** Ends the way forward; without effect once it has ended. */
  interrupt(cause: ApplicationFailure): void;
  /** Runs the way forward so that an abort, the deadline or a cancellation ends it wherever it is. */
  interruptible<T>(body: () => Promise<T>): Promise<T>;
}

/** What the gates on metrics of a record start from. */
export interface Measured {
  /** The bursts of red. */
  baselines: readonly Baseline[];
  /** What the step before saw. */
  states: readonly GateState[];
  /** What was approved to be done without, at which share. */
  waived: { readonly share: Share; readonly gates: readonly string[] };
}

export const nothingMeasured = (): Measured => ({ baselines: [], states: [], waived: { share: 0, gates: [] } });

/** A hold while it lasts. */
export interface RunningHold {
  /** Asks the gates once more. */
  askGates(): Promise<Verdict>;
  /** Whether an operator has ended it, the gates having passed just then. */
  endedEarly: boolean;
}

/** @param begin shows the run: of a group, with its records. */
export function startRun(
  request: DeployRequest,
  begin: (request: DeployRequest, see: SeeChange) => Progress = startProgress,
): Run {
  const orders: Orders = {
    interruption: null,
    pausedSince: null,
    pausedMs: 0,
    promoteAll: false,
    cancelled: false,
    decision: null,
  };
  let forward: CancellationScope | null = null;
  CancellationScope.current().cancelRequested.catch(() => void (orders.cancelled = true));
  const notices = startNotices(request, (sentence) => progress.notice(sentence));
  const progress = begin(request, (before, after) => {
    countBlocked(before, after);
    logPhase(before, after);
    notices.see(before, after);
  });
  const run: Run = {
    request,
    progress,
    orders,
    notices,
    rollback: 'none',
    hold: null,
    approval: null,
    approvals: 0,
    measured: nothingMeasured(),
    left: [],
    heard: new Map(),
    isBlocked: () => run.progress.status.blocked !== null,
    interrupt: (cause) => {
      if (run.rollback === 'none') orders.interruption ??= cause;
      forward?.cancel();
    },
    interruptible: async (body) => {
      forward = new CancellationScope();
      if (orders.interruption !== null) forward.cancel(); // an abort that came with the start
      try {
        return await forward.run(body);
      } catch (error) {
        throw reasonFor(error, orders);
      } finally {
        forward = null;
      }
    },
  };
  return run;
}

/** Why the way forward really ended: a cancelled scope says only that it was cancelled. */
export function reasonFor(error: unknown, orders: Orders): unknown {
  return isCancellation(error) && orders.interruption !== null ? orders.interruption : error;
}

/** Milliseconds for which the run has been paused, the running pause included. */
export function pausedMs(orders: Orders): number {
  return orders.pausedMs + (orders.pausedSince === null ? 0 : Date.now() - orders.pausedSince);
}
