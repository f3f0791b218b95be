import { assertNever } from '../core/assert-never.ts';
import type { GroupPlanned } from '../core/dns/plan-group.ts';
import type { Planned } from '../core/dns/plan.ts';
import { outside } from './words.ts';

/** Why there is no plan, of a record or of a group: nothing is to be done, or it is refused. */
export function unplannedLines(unplanned: Exclude<Planned | GroupPlanned, { kind: 'planned' }>): readonly string[] {
  switch (unplanned.kind) {
    case 'unchanged':
      return [`unchanged    ${outside(unplanned.sentence)}`];
    case 'refused':
      return unplanned.reasons.map(
        ({ sentence, next }) => `refused      ${outside(sentence)}${next === null ? '' : `  ${outside(next)}`}`,
      );
    default:
      return assertNever(unplanned);
  }
}
