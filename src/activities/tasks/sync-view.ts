import { noCounts, type SyncView } from '../../contracts/sync.ts';
import type { Look } from './look.ts';

/** What a look found, in numbers. */
export function syncView({ source, destination, plan }: Pick<Look, 'source' | 'destination' | 'plan'>): SyncView {
  const planned = noCounts();
  for (const { kind } of plan.actions) planned[kind] += 1;
  return { inScope: source.tasks.length, links: destination.copies.length, planned, similar: plan.similar };
}
