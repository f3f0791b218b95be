import type { Plan, Share } from './plan.ts';
import type { RecordSets } from './record-set.ts';
import type { Side } from './target.ts';
import { MOVABLE } from './types-of-a-run.ts';

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

/** What a name serves by its own record sets: `192.0.2.10`, `192.0.2.10 (weight 50), 192.0.2.20 (weight 50)`, `nothing`. */
export function standingWords(sets: RecordSets): string {
  const words = sets
    .filter(({ type }) => MOVABLE.includes(type))
    .flatMap(({ values, alias, weight }) => {
      const shown = alias === null ? values.join(', ') : `alias ${alias.dnsName}`;
      return weight === null ? [shown] : [`${shown} (weight ${weight})`];
    });
  return words.length === 0 ? 'nothing' : words.join(', ');
}
