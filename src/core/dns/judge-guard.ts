import { assertNever } from '../assert-never.ts';
import type { Guarded } from './stand-guard.ts';

/**
 * What one record asks of people. `none`: nothing. `restored`: it was repaired. `act`: a dead run stands there, or a restore did not come
 * to its end. `not-seen`: could not look. `refused`: not ours to touch.
 */
export type Matter = 'none' | 'restored' | 'act' | 'not-seen' | 'refused';

/** What the whole comes to: the worst of its records. */
export type GuardOutcome = 'quiet' | Exclude<Matter, 'none'>;

export function matterOf({ verdict, repair }: Pick<Guarded, 'verdict' | 'repair'>): Matter {
  if (repair !== null) return REPAIRS[repair.outcome];
  switch (verdict) {
    case 'running':
    case 'overdue': // its run lives, and Temporal sees to it
      return 'none';
    case 'finding':
    case 'due':
      return 'act';
    case 'suspect':
    case 'not-seen':
    case 'unread':
      return 'not-seen';
    case 'left':
    case 'foreign-namespace':
    case 'unknown':
      return 'refused';
    default:
      return assertNever(verdict);
  }
}

const REPAIRS = {
  there: 'none',
  restored: 'restored',
  unseen: 'restored',
  foreign: 'refused',
  refused: 'refused',
  failed: 'act',
  unverified: 'act',
} as const satisfies Record<NonNullable<Guarded['repair']>['outcome'], Matter>;

/** From the least to the worst. */
const BY_WEIGHT = ['none', 'restored', 'refused', 'not-seen', 'act'] as const satisfies Matter[];

export function outcomeOf(guarded: readonly Guarded[]): GuardOutcome {
  const worst = Math.max(0, ...guarded.map((one) => BY_WEIGHT.indexOf(matterOf(one))));
  const matter = BY_WEIGHT[worst] ?? 'none';
  return matter === 'none' ? 'quiet' : matter;
}
