import type { Random } from '../sandbox/dns/random.ts';

/** How requests fail in the long run, and how alike those of one tick fare (beta-binomial; rho 0: each by itself, binomial). */
export interface ErrorKind {
  readonly rate: number;
  readonly rho: number;
}

/** Draws how many of `requests` fail in one tick. What takes time is done once; a draw is a few steps, since millions are made. */
export function errorDraw(requests: number, kind: ErrorKind): (random: Random) => number {
  const upTo = Float64Array.from(errorChances(requests, kind));
  for (let errors = 1; errors <= requests; errors++) upTo[errors] = (upTo[errors] ?? 0) + (upTo[errors - 1] ?? 0);
  return (random) => {
    const drawn = random();
    let errors = 0;
    while (errors < requests && drawn >= (upTo[errors] ?? 1)) errors += 1;
    return errors;
  };
}

/** The chance of each number of errors, from none to all. */
export function errorChances(requests: number, { rate, rho }: ErrorKind): readonly number[] {
  const drift = rho / (1 - rho);
  const chances = [1];
  for (let i = 0; i < requests; i++) chances[0] = ((chances[0] ?? 0) * (1 - rate + i * drift)) / (1 + i * drift);
  for (let errors = 0; errors < requests; errors++) {
    const more = ((requests - errors) / (errors + 1)) * (rate + errors * drift);
    chances.push(((chances[errors] ?? 0) * more) / (1 - rate + (requests - errors - 1) * drift));
  }
  return chances;
}
