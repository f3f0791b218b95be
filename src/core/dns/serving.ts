import type { Plan, Share } from './plan.ts';
import type { Side } from './target.ts';

/** What a record serves at a share, as people say it: `192.0.2.10 (red)`, `50 % 192.0.2.20 (black), 50 % 192.0.2.10 (red)`. */
export function servingSentence(plan: Pick<Plan, 'red' | 'black'>, share: Share): string {
  const red = `${sideWords(plan.red)} (red)`;
  const black = `${sideWords(plan.black)} (black)`;
  if (share <= 0) return red;
  return share >= 100 ? black : `${share} % ${black}, ${100 - share} % ${red}`;
}

/** The values of a side in one line. */
export function sideWords(side: Side): string {
  return side.addresses
    .flatMap(({ values, alias }) => (alias === null ? values : [`alias ${alias.dnsName}`]))
    .join(', ');
}
