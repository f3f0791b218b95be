import { ACTION_KINDS, type Counts, type SyncStatus } from '../contracts/sync.ts';
import { clockTime } from '../core/clock-time.ts';
import { details, line } from '../core/details.ts';
import { formatDuration } from '../core/duration.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import { withNext } from '../core/with-next.ts';

/** The run in Markdown, for the UI's current details. */
export function describeSync(status: SyncStatus): string {
  const { setAside, setAsideCount } = status;
  return details([
    headline(status),
    ...why(status),
    '',
    ...found(status),
    ...done(status),
    line('set aside', String(setAsideCount)),
    ...setAside.map(({ id, reason }) => `  - ${escapeMarkdown(id)}: ${escapeMarkdown(reason)}`),
    ...(setAsideCount > setAside.length ? [`  - and ${setAsideCount - setAside.length} more`] : []),
    line('since', clockTime(status.startedAt)),
  ]);
}

function headline({ pair, outcome, phase }: SyncStatus): string {
  return `**sync/${escapeMarkdown(pair)}**: ${outcome === null ? phase : phase.toUpperCase()}`;
}

function why({ failure }: SyncStatus): readonly string[] {
  return failure === null ? [] : [line('why', withNext(failure))];
}

function found({ view }: SyncStatus): readonly string[] {
  if (view === null) return [];
  const lines = [
    line('found', `${view.inScope} tasks in scope, ${view.links} copies in To Do`),
    line('planned', counts(view.planned)),
  ];
  const similar = `${view.similar} unmarked with the title and day of one without a copy`;
  return view.similar === 0 ? lines : [...lines, `- similar: ${similar}; \`--adopt\` takes them over`];
}

function done({ totals: { applied, requests, throttled, overruled } }: SyncStatus): readonly string[] {
  const waited = `${throttled.times} times, ${formatDuration(throttled.waitedMs)} in all`;
  return [
    line('applied', counts(applied)),
    line('requests', `${requests.todoist} to Todoist, ${requests.todo} to Microsoft To Do`),
    ...(throttled.times === 0 ? [] : [line('throttled', waited)]),
    ...(overruled.length === 0 ? [] : [line('overruled', `${overruled.length}: both sides had changed, Todoist won`)]),
  ];
}

/** `create 60, close 2`; `nothing`. */
function counts(of: Counts): string {
  const parts = ACTION_KINDS.filter((kind) => of[kind] > 0).map((kind) => `${kind} ${of[kind]}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
