import type { ResetRequest, ResetResult } from '../contracts/reset.ts';
import { RESET_WORDS, saysWhatServes, seenAt } from '../contracts/reset-words.ts';
import { details, line } from '../core/details.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';

/** A reset in Markdown, for the UI's current details: what became of the record, what stood there, and who asked. */
export function describeReset({ reason }: Pick<ResetRequest, 'reason'>, result: ResetResult): string {
  const { record, outcome, sentence, was, next, servers } = result;
  const rows: readonly (readonly [string, string | null])[] = [
    [saysWhatServes(result) ? 'serves' : 'why', sentence],
    ['stood before', was],
    ['because', reason],
    ['next', next],
  ];
  const end = [RESET_WORDS[outcome], seenAt(servers)].filter((part) => part !== null).join(', ');
  const lines = rows.flatMap(([name, text]) => (text === null ? [] : [line(name, text)]));
  return details([`**${escapeMarkdown(record)}**: ${end}`, '', ...lines]);
}
