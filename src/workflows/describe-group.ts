import type { GroupStatus } from '../contracts/deploy-group.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import { phaseInDetails, runDetails } from './describe-status.ts';

/** The group in Markdown, for the UI's current details: a line a record, then what a single run shows. A list, as the UI draws no tables. */
export function describeGroup(status: GroupStatus): string {
  const records = status.records.map(
    (record) => `- ${escapeMarkdown(record.record)}: ${phaseInDetails(record)}, ${record.share} % on black`,
  );
  const rest = `${status.records.length} records`;
  return [
    `**${escapeMarkdown(status.record)}** (${rest}): ${phaseInDetails(status)}`,
    '',
    ...records,
    '',
    ...runDetails(status),
  ]
    .join('\n')
    .slice(0, 15_000); // Temporal keeps 20,000 bytes
}
