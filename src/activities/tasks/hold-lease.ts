import type { Pulse } from '../pulse.ts';

export interface Lease {
  /** Whether another attempt may be running by now. */
  lost(): boolean;
  end(): void;
}

/**
 * An attempt that slept for longer than its heartbeats may is over for Temporal: another one may write by now, so this one must not, even
 * before it is told. A late timer is how it learns that it slept.
 */
export function holdLease({ now }: Pick<Pulse, 'now'>, heartbeatMs: number): Lease {
  const limit = heartbeatMs / 2;
  let [last, gone] = [now(), false];
  const tick = (): void => {
    gone ||= now() - last > limit;
    last = now();
  };
  const timer = setInterval(tick, Math.min(1_000, limit / 2));
  return {
    lost: () => {
      tick();
      return gone;
    },
    end: () => clearInterval(timer),
  };
}
