import type { DeployStatus, StageRecord } from '../contracts/deploy.ts';
import { assertNever } from '../core/assert-never.ts';
import { clockTime } from '../core/clock-time.ts';
import { details, line } from '../core/details.ts';
import { askedWords, decidedWords, type Decided } from '../core/dns/approval.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import { readingWords } from '../core/metrics/gate-words.ts';
import { withNext } from '../core/with-next.ts';

/** The run in Markdown, for the UI's current details. */
export function describeStatus(status: DeployStatus): string {
  return details([headline(status), '', ...runDetails(status)]);
}

/** Why it is where it is, and how it came there. */
export function runDetails(status: DeployStatus): readonly string[] {
  return [
    ...why(status),
    ...metrics(status),
    ...serving(status),
    '',
    ...status.stages.map(stageLine),
    ...notices(status),
  ];
}

function headline(status: DeployStatus): string {
  return `**${escapeMarkdown(status.record)}**: ${phaseInDetails(status)}, ${status.share} % on black`;
}

/** Where a run is, in words. */
export function phaseInDetails(status: DeployStatus): string {
  switch (status.phase) {
    case 'reading':
      return 'reading what stands there';
    case 'checking':
      return 'checking black and red before the first write';
    case 'awaiting-approval':
      return 'waiting for somebody to decide';
    case 'writing':
      return 'writing';
    case 'settling':
      return 'waiting until every name server follows';
    case 'holding':
      return `watching until ${clock(status.holdEndsAt)}`;
    case 'paused':
      return `paused since ${clock(status.pausedSince)}`;
    case 'promoting':
      return 'promoting';
    case 'rolling-back':
      return 'rolling back';
    case 'blocked':
      return 'BLOCKED, somebody must decide';
    case 'promoted':
    case 'unchanged':
    case 'refused':
    case 'rolled-back':
    case 'superseded':
    case 'not-restored':
      return status.phase.toUpperCase();
    default:
      return assertNever(status.phase);
  }
}

function why(status: DeployStatus): string[] {
  const lines: string[] = [];
  if (status.blocked !== null) lines.push(line('blocked', `${status.blocked.sentence} ${status.blocked.next}`));
  lines.push(...approval(status), ...(status.decisions ?? []).map((one) => line('decided', decisionLine(one))));
  lines.push(...failure(status));
  if (status.aborted !== null) lines.push(line('aborted', `by ${status.aborted.by}: ${status.aborted.reason}`));
  if (status.verdict !== null) lines.push(line('gates', `${status.verdict.kind}: ${status.verdict.reason}`));
  return lines;
}

/** Each reason of a refusal by itself: one paragraph of those of many records is not read. */
function failure({ failure: found, refused }: DeployStatus): string[] {
  if (refused.length > 0) return refused.map((one) => line('refused', withNext(one)));
  return found === null ? [] : [line('why', found.sentence)];
}

/** Who may decide, until when, and what to type. */
function approval({ approval: open, record }: DeployStatus): string[] {
  if (open == null) return [];
  const until = open.until === null ? 'its clock stands still' : `until ${clock(open.until)}`;
  return [
    line('waits', `for ${askedWords(open)} by ${open.by.join(', ')} (not authenticated), ${until}`),
    line('next', `./switchyard approve ${record}, or ./switchyard reject ${record} --reason TEXT`),
  ];
}

function decisionLine(decided: Decided): string {
  return `${decidedWords(decided)}: ${decided.reason}`;
}

function metrics(status: DeployStatus): string[] {
  return (status.metrics ?? []).map((reading) => line(reading.gate, readingWords(reading)));
}

function serving(status: DeployStatus): string[] {
  const { serving: seen } = status;
  return seen === null ? [] : [line('serves', `${seen.sentence}, as seen at ${clock(seen.seenAt)}`)];
}

/** The newest: whoever waits for an approval is reminded again and again. */
function notices(status: DeployStatus): string[] {
  return status.notices.slice(-5).map((notice) => line('notice', notice));
}

function stageLine(stage: StageRecord): string {
  const mark = stage.outcome === 'done' ? '✓' : stage.outcome === 'failed' ? '✗' : '…';
  const from = clock(stage.startedAt);
  const when = stage.endedAt === null ? `since ${from}` : `${from} to ${clock(stage.endedAt)}`;
  return `- ${mark} ${escapeMarkdown(stage.label)} (${when})`;
}

function clock(at: number | null): string {
  return at === null ? '—' : clockTime(at);
}
