import type { GroupStatus } from '../contracts/deploy-group.ts';
import { groupTable } from '../contracts/group-table.ts';
import { details } from '../core/details.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import { phaseInDetails, runDetails } from './describe-status.ts';

/**
 * The group in Markdown, for the UI's current details: its records by its steps, then what a single run shows. The table is text as wide as it is, since
 * those of Markdown lose their columns there.
 */
export function describeGroup(status: GroupStatus): string {
  const head = `**${escapeMarkdown(status.record)}** (${status.records.length} records): ${phaseInDetails(status)}`;
  const records = ['```', ...groupTable(status, phaseInDetails), '```'];
  return details([head, '', ...records, '', ...runDetails(status)]);
}
