/**
 * Sends one call a key at a time. Whoever comes while one is in flight shares the next one, and hears when that is taken: the one in flight
 * may have been read before what he tells of. So a thousand events become two signals, not a thousand, and none is lost.
 *
 * Of those that share a call the last one's wish is sent.
 */
export function oneAtATime<T>(send: (wish: T) => Promise<void>): (key: string, wish: T) => Promise<void> {
  const inFlight = new Map<string, Promise<void>>();
  const waiting = new Map<string, { wish: T; readonly landed: Promise<void> }>();
  const leave = (key: string, wish: T): Promise<void> => {
    const landed = send(wish).finally(() => inFlight.delete(key));
    inFlight.set(key, landed);
    return landed;
  };
  return (key, wish) => {
    const shared = waiting.get(key);
    if (shared !== undefined) {
      shared.wish = wish;
      return shared.landed;
    }
    const flight = inFlight.get(key);
    if (flight === undefined) return leave(key, wish);
    const go = (): Promise<void> => {
      waiting.delete(key);
      return leave(key, next.wish);
    };
    const next = { wish, landed: flight.then(go, go) };
    waiting.set(key, next);
    return next.landed;
  };
}
