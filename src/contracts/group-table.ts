import { cleanText } from '../core/clean-text.ts';
import { table } from '../core/text-table.ts';
import type { GroupStatus } from './deploy-group.ts';
import type { DeployStatus } from './deploy.ts';

/**
 * The records by the steps of the group: what each has come to, and where it is. For the client, and for Temporal's UI.
 * @param words say where a record is.
 */
export function groupTable(
  { groupPlan, records }: Pick<GroupStatus, 'groupPlan' | 'records'>,
  words: (record: DeployStatus) => string,
): readonly string[] {
  const steps = groupPlan?.steps ?? [];
  return table([
    ['RECORD', ...steps.map(({ label }) => cleanText(label, 60)), 'NOW'],
    ...records.map((record) => [record.record, ...steps.map(({ share }) => cell(record, share)), words(record)]),
  ]);
}

/** A record that came back is at no step. */
function cell({ share, outcome }: DeployStatus, step: number): string {
  if (outcome === 'unchanged') return '=';
  return share >= step && (share > 0 || outcome === null) ? '✓' : '·';
}
