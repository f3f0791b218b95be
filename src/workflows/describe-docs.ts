import type { DocsStatus } from '../contracts/docs-runs.ts';
import { clockTime } from '../core/clock-time.ts';
import { details, line } from '../core/details.ts';
import { formatDuration } from '../core/duration.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import { withNext } from '../core/with-next.ts';

/** The build in Markdown, for the UI's current details. */
export function describeDocs(status: DocsStatus): string {
  const { stages, stands, superseded, release } = status;
  return details([
    headline(status),
    ...why(status),
    '',
    ...stages.map(({ name, facts, tookMs }) =>
      line(name, tookMs === null ? 'under way' : `${facts ?? ''} (${formatDuration(tookMs)})`),
    ),
    ...(release === null ? [] : changes(release)),
    ...(stands === null ? [] : [line('stands', `release ${stands}`)]),
    ...(superseded === 0 ? [] : [line('superseded', `${superseded} builds, by newer ones`)]),
    line('since', clockTime(status.startedAt)),
  ]);
}

function headline({ site, version, outcome, wish }: DocsStatus): string {
  const asked = wish === null ? '' : `, asked for by ${escapeMarkdown(wish.by)}`;
  return `**docs/${escapeMarkdown(site)}/${escapeMarkdown(version)}**: ${(outcome ?? 'building').toUpperCase()}${asked}`;
}

function why({ failure, why: reason }: DocsStatus): readonly string[] {
  if (failure === null) return reason === null ? [] : [line('why', reason)];
  return [line('why', withNext(failure)), ...failure.shown.slice(0, 10).map((one) => `  - ${escapeMarkdown(one)}`)];
}

function changes({ changes: found }: NonNullable<DocsStatus['release']>): readonly string[] {
  if (found === null) return [];
  const { added, removed, changed, shown } = found;
  return [
    line('exports', `${added} added, ${removed} removed, ${changed} changed`),
    ...shown.map((one) => `  - ${escapeMarkdown(one)}`),
  ];
}
