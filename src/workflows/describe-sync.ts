import { ACTION_KINDS, type Counts, type SyncStatus } from '../contracts/sync.ts';
import { clockTime } from '../core/clock-time.ts';
import { formatDuration } from '../core/duration.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';

/** The run in Markdown, for the UI's current details: a list, since the UI draws tables without borders. */
export function describeSync(status: SyncStatus): string {
  const { view, totals, setAside, failure } = status;
  const lines = [
    `**sync/${escapeMarkdown(status.pair)}**: ${status.outcome === null ? status.phase : status.phase.toUpperCase()}`,
    ...(failure === null
      ? []
      : [line('why', failure.next === null ? failure.sentence : `${failure.sentence} ${failure.next}`)]),
    '',
    ...(view === null ? [] : [line('found', `${view.inScope} tasks in scope, ${view.links} copies in To Do`)]),
    ...(view === null ? [] : [line('planned', counts(view.planned))]),
    ...(view !== null && view.similar > 0
      ? [
          `- similar: ${view.similar} unmarked with the title and day of one without a copy; \`--adopt\` takes them over`,
        ]
      : []),
    line('applied', counts(totals.applied)),
    line('requests', `${totals.requests.todoist} to Todoist, ${totals.requests.todo} to Microsoft To Do`),
    ...(totals.throttled.times === 0
      ? []
      : [line('throttled', `${totals.throttled.times} times, ${formatDuration(totals.throttled.waitedMs)} in all`)]),
    ...(totals.overruled.length === 0
      ? []
      : [line('overruled', `${totals.overruled.length}: both sides had changed, Todoist won`)]),
    line('set aside', String(setAside.length)),
    ...setAside.map(({ id, reason }) => `  - ${escapeMarkdown(id)}: ${escapeMarkdown(reason)}`),
    line('since', clockTime(status.startedAt)),
  ];
  return lines.join('\n').slice(0, 15_000); // Temporal keeps 20,000 bytes
}

/** `create 60, close 2`; `nothing`. */
function counts(of: Counts): string {
  const parts = ACTION_KINDS.filter((kind) => of[kind] > 0).map((kind) => `${kind} ${of[kind]}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

const line = (name: string, text: string): string => `- ${name}: ${escapeMarkdown(text)}`;
