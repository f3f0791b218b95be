import type { Pulse } from '../pulse.ts';
import type { Standing } from './standing.ts';

export interface Lease {
  /** Asks Temporal now; without an answer it runs out as if it had not been asked. */
  renew(): Promise<void>;
  /** Whether another attempt may be running by now, or the run be over: then nothing more may be sent. */
  lost(): boolean;
  end(): void;
}

/**
 * The right to write, for `leaseMs` from the moment at which Temporal was asked last and said that this attempt counts (S1). An attempt that
 * slept, or that is cut off from Temporal, loses it by itself, long before the next one takes what it does not see for not there.
 */
export function holdLease(standing: Standing, { now }: Pick<Pulse, 'now'>, leaseMs: number): Lease {
  let [heldUntil, isOver] = [0, false];
  const renew = async (): Promise<void> => {
    const askedAt = now();
    const answer = await standing.isCurrent().catch(() => null);
    if (answer === true) heldUntil = askedAt + leaseMs;
    isOver ||= answer === false;
  };
  const timer = setInterval(() => void renew(), leaseMs / 4);
  return { renew, lost: () => isOver || now() >= heldUntil, end: () => clearInterval(timer) };
}
