import type { Pulse } from '../pulse.ts';
import type { Standing } from './standing.ts';

export interface Lease {
  /** Asks Temporal now; without an answer it runs out as if it had not been asked. */
  renew(): Promise<void>;
  /** Whether another attempt may be running by now, or the run be over: then nothing more may be sent. */
  lost(): boolean;
  /** Why Temporal could not be asked last; null where it could. */
  trouble(): string | null;
  end(): void;
}

/**
 * The right to write, for `leaseMs` from the moment at which Temporal was asked last and said that this attempt counts (S1). An attempt that
 * slept, or that is cut off from Temporal, loses it by itself, long before the next one takes what it does not see for not there.
 */
export function holdLease(standing: Standing, { now }: Pick<Pulse, 'now'>, leaseMs: number): Lease {
  let [heldUntil, isOver] = [0, false];
  let trouble: string | null = null;
  const renew = async (): Promise<void> => {
    const askedAt = now();
    const answer = await standing.isCurrent().catch((cause: unknown) => whatItSaid(cause));
    trouble = typeof answer === 'string' ? answer : null;
    if (answer === true) heldUntil = askedAt + leaseMs;
    isOver ||= answer === false;
  };
  const timer = setInterval(() => void renew(), leaseMs / 4);
  return {
    renew,
    lost: () => isOver || now() >= heldUntil,
    trouble: () => trouble,
    end: () => clearInterval(timer),
  };
}

/** What the client throws says only what was asked; its cause says what was wrong. */
function whatItSaid(cause: unknown): string {
  const { message, cause: deeper } = cause as Error;
  return deeper instanceof Error ? deeper.message : message;
}
