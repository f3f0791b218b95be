import { decidedWords, subjectWords } from '../core/dns/approval.ts';
import type { ProbeWindow, Verdict } from '../core/dns/gate.ts';
import { sideWords } from '../core/dns/serving.ts';
import { readingWords } from '../core/metrics/gate-words.ts';
import type { MetricReading } from '../core/metrics/metric-gate.ts';
import { assertNever } from '../core/assert-never.ts';
import { withNext } from '../core/with-next.ts';
import type { DeployOutcome, DeployStatus, ServingNow, StageRecord } from '../contracts/deploy.ts';
import { explain, nextCommand, OUTCOME_WORDS } from './explain.ts';
import { groupTable } from '../contracts/group-table.ts';
import { isGroup } from './render-group.ts';
import type { Style, Terminal } from './terminal.ts';
import { about, clock, count, countdown, outside } from './words.ts';

/** How a status is drawn. */
export interface View {
  readonly paint: Terminal['paint'];
  readonly now: number;
  /** The run's page in the UI; null where nobody said where the UI is. */
  readonly link: string | null;
}

const LABEL = 11;
const line = (label: string, text: string): string => `${label.padEnd(LABEL)}  ${text}`;

/** A deployment as `status` and the live view draw it: one line a step, then what the gates see. */
export function statusLines(status: DeployStatus, view: View): readonly string[] {
  return [
    headLine(status, view),
    ...recordLines(status, view),
    ...status.stages.map((stage) => stageLine(stage, status, view)),
    ...status.windows.map((window) => windowLine(window, view)),
    ...(status.metrics ?? []).map((reading) => metricLine(reading, view)),
    ...verdictLine(status, view),
    ...status.notices.slice(-3).map((notice) => line('notice', outside(notice))),
    ...approvalLines(status, view),
    ...blockedLines(status, view),
  ];
}

/** Of a group: a line a record, with the steps that it has come to. */
function recordLines(status: DeployStatus, view: View): readonly string[] {
  if (!isGroup(status)) return [];
  const words = (record: DeployStatus): string => phaseWords(record, view.now);
  return groupTable(status, words).map((row) => ` ${row}`);
}

function headLine(status: DeployStatus, { paint, now }: View): string {
  const move =
    status.plan === null ? '' : `  ${outside(sideWords(status.plan.red))} -> ${outside(sideWords(status.plan.black))}`;
  const who = `by ${outside(status.by)} (not authenticated)`;
  return `${paint('bold', status.record)}${move}  ${phaseWords(status, now)}  ${who}`;
}

/** Where a run is, in words. */
export function phaseWords(status: DeployStatus, now: number): string {
  const at = `at ${status.share} %`;
  switch (status.phase) {
    case 'reading':
      return 'reading the record';
    case 'checking':
      return 'checking black and red, nothing written yet';
    case 'awaiting-approval':
      return `waiting for an approval ${at}`;
    case 'writing':
      return `writing ${at}`;
    case 'settling':
      return `waiting for the name servers ${at}`;
    case 'holding':
      return `watching ${at}${status.holdEndsAt === null ? '' : `, ${countdown(status.holdEndsAt - now)} left`}`;
    case 'paused':
      return `paused ${at}${status.pausedSince === null ? '' : ` since ${clock(status.pausedSince)}`}`;
    case 'promoting':
      return 'promoting';
    case 'rolling-back':
      return 'rolling back';
    case 'blocked':
      return 'BLOCKED';
    case 'promoted':
    case 'unchanged':
    case 'refused':
    case 'rolled-back':
    case 'superseded':
    case 'not-restored':
      return OUTCOME_WORDS[status.phase];
    default:
      return assertNever(status.phase);
  }
}

const MARKS = { running: '…', done: '✓', failed: '✗' } satisfies Record<StageRecord['outcome'], string>;
const STAGE_STYLES = { running: 'yellow', done: 'green', failed: 'red' } satisfies Record<
  StageRecord['outcome'],
  Style
>;

function stageLine(stage: StageRecord, status: DeployStatus, { paint, now }: View): string {
  const took = about((stage.endedAt ?? now) - stage.startedAt);
  const holdEndsAt = stage.outcome === 'running' && status.phase === 'holding' ? status.holdEndsAt : null;
  const left = holdEndsAt === null ? took : `${countdown(holdEndsAt - now)} left`;
  return ` ${paint(STAGE_STYLES[stage.outcome], MARKS[stage.outcome])} ${outside(stage.label).padEnd(40)} ${left}`;
}

/** `   /healthz  black 192.0.2.20  ++++-+  HTTP 200, 12 ms`. */
function windowLine({ gate, side, value, observations }: ProbeWindow, { paint }: View): string {
  const dots = observations.map(({ ok }) => (ok ? paint('green', '+') : paint('red', '-'))).join('');
  const last = observations.at(-1);
  const latency = last?.latencyMs == null ? '' : `, ${Math.round(last.latencyMs)} ms`;
  const seen = last === undefined ? 'nothing seen yet' : `${outside(last.seen)}${latency}`;
  return `   ${outside(gate)}  ${side.padEnd(5)} ${outside(value)}  ${dots}  ${seen}`;
}

const VERDICT_STYLES = { pass: 'green', fail: 'red', inconclusive: 'yellow' } satisfies Record<Verdict['kind'], Style>;

/** `   errors  pass: none of the last 5 samples > 0.01, last 0.002`. */
function metricLine(reading: MetricReading, { paint }: View): string {
  const { kind } = reading.verdict;
  const words = readingWords(reading).slice(kind.length);
  return `   ${outside(reading.gate)}  ${paint(VERDICT_STYLES[kind], kind)}${outside(words)}`;
}

function verdictLine({ verdict }: DeployStatus, { paint }: View): readonly string[] {
  if (verdict === null || verdict.kind === 'pass') return [];
  return [line(paint(verdict.kind === 'fail' ? 'red' : 'yellow', verdict.kind), outside(verdict.reason))];
}

/** Who may decide, until when, and what to type. */
function approvalLines({ approval, record }: DeployStatus, { paint, now }: View): readonly string[] {
  if (approval == null) return [];
  const left = approval.until === null ? 'its clock stands still' : `${countdown(approval.until - now)} left`;
  const who = outside(approval.by.join(', '));
  return [
    paint('yellow', line('approve?', `${subjectWords(approval)}, by ${who} (not authenticated), ${left}`)),
    line('next', decideCommands(record)),
  ];
}

/** What somebody types who may decide. */
const decideCommands = (record: string): string =>
  `./switchyard approve ${record}, or ./switchyard reject ${record} --reason TEXT`;

function blockedLines({ blocked }: DeployStatus, { paint }: View): readonly string[] {
  if (blocked === null) return [];
  return [
    paint('red', line('BLOCKED', `since ${clock(blocked.since)}: ${outside(blocked.sentence)}`)),
    line('next', outside(blocked.next)),
  ];
}

/**
 * The last lines of every deployment: what stands now and where that was seen; why; until when caches may differ and what
 * to keep running; where to look and what to type.
 */
export function closingLines(
  status: DeployStatus & { readonly outcome: DeployOutcome },
  view: View,
): readonly string[] {
  return [standsLine(status, view), ...whyLines(status), cachesLine(status, view.now), lookLine(status, view)];
}

const OUTCOME_STYLES = {
  promoted: 'green',
  unchanged: 'green',
  refused: 'yellow',
  'rolled-back': 'yellow',
  superseded: 'yellow',
  'not-restored': 'red',
} satisfies Record<DeployOutcome, Style>;

function standsLine(status: DeployStatus & { readonly outcome: DeployOutcome }, { paint }: View): string {
  const label = paint(OUTCOME_STYLES[status.outcome], OUTCOME_WORDS[status.outcome].padEnd(LABEL));
  const { serving } = status;
  const written = status.outcome === 'refused' || status.outcome === 'unchanged' ? 'nothing was written' : null;
  const stands =
    serving === null
      ? (written ?? 'what it serves was not seen')
      : [servingWords(serving), written].filter((w) => w !== null).join('; ');
  return `${label}  ${status.record}  ${stands}`;
}

/** `192.0.2.10 (red) at 4 of 4 name servers`. */
export function servingWords({ sentence, servers, seenAt }: ServingNow): string {
  const agree = servers.filter(({ kind }) => kind === 'agrees').length;
  const where =
    servers.length === 0
      ? `in Route 53 at ${clock(seenAt)}, name servers not asked`
      : `at ${agree} of ${count(servers.length, 'name server')}`;
  const odd = servers
    .filter(({ kind }) => kind !== 'agrees')
    .map(({ server, kind, values }) => serverWords(server, kind, values));
  return [`${outside(sentence)} ${where}`, ...odd].join(', ');
}

function serverWords(server: string, kind: string, values: readonly string[]): string {
  return outside(kind === 'differs' ? `${server} answers ${values.join(', ') || 'nothing'}` : `${server} not seen`);
}

function whyLines(status: DeployStatus): readonly string[] {
  const reasons = status.refused.map((reason) => outside(withNext(reason)));
  const { failure } = status;
  const own =
    failure === null ? [] : [outside(failure.sentence === '' ? explain(failure.type).sentence : failure.sentence)];
  const next = failure?.next == null || reasons.length > 0 ? [] : [outside(failure.next)];
  const why = reasons.length > 0 ? reasons : own.map((sentence) => [sentence, ...next].join(' '));
  return (why.length > 0 ? why : [goodReason(status)]).map((text, at) => line(at === 0 ? 'why' : '', text));
}

function goodReason(status: DeployStatus): string {
  if (status.outcome === 'unchanged') return 'the record serves this already';
  const passes = status.verdict?.kind === 'pass' ? `: ${outside(status.verdict.reason)}` : '';
  return status.outcome === 'promoted' ? `every gate passed${passes}` : 'the run gave no reason';
}

function cachesLine(status: DeployStatus, now: number): string {
  const agree = status.cachesAgreeAt;
  const keep = keepWords(status);
  if (agree === null) return line('caches', keep ?? 'nothing changed for them');
  const caches = agree <= now ? `agree since ${clock(agree)}` : `agree by ${clock(agree)}`;
  return line('caches', keep === null ? caches : `${caches}; ${keep}`);
}

function keepWords({ keepRedUntil, keepBlackUntil }: DeployStatus): string | null {
  if (keepBlackUntil !== null) return `keep black until ${clock(keepBlackUntil)}`;
  return keepRedUntil === null ? null : `keep red until ${clock(keepRedUntil)}`;
}

function lookLine(status: DeployStatus, { link }: View): string {
  return line('look', [link, nextCommand(status)].filter((part) => part !== null).join('    '));
}

/** The same four lines for a run that ended without a word of its own: terminated, timed out, or lost by its server. */
export function speechlessLines(
  record: string,
  { why, last }: { readonly why: string; readonly last: DeployStatus | null },
  view: View,
): readonly string[] {
  const share =
    last === null
      ? 'how far it had come is not known'
      : `it was ${phaseWords(last, view.now)}, ${last.share} % to black as written last`;
  return [
    `${view.paint('red', 'NOT SURE'.padEnd(LABEL))}  ${record}  ${share}; nothing was rolled back`,
    line('why', outside(why)),
    line('caches', 'keep red and black running until the record has been looked at'),
    line(
      'look',
      [view.link, `./switchyard reset ${record} --to-snapshot`].filter((part) => part !== null).join('    '),
    ),
  ];
}

/** One line a state change, for logs: what is new in `after`. */
export function changeLines(before: DeployStatus | null, after: DeployStatus): readonly string[] {
  return [
    ...abortChange(before, after),
    ...newStages(before, after),
    ...approvalChange(before, after),
    ...decisionChange(before, after),
    ...after.notices.slice(before?.notices.length ?? 0).map((notice) => stamped(null, `notice: ${outside(notice)}`)),
    ...verdictChange(before, after),
    ...blockedChange(before, after),
  ];
}

const stamped = (at: number | null, text: string): string =>
  `${at === null ? ' '.repeat('12:14:11 UTC'.length) : clock(at)}  ${text}`;

function newStages(before: DeployStatus | null, after: DeployStatus): readonly string[] {
  return after.stages.flatMap((stage, index) => {
    const earlier = before?.stages[index];
    const started = earlier === undefined ? [stamped(stage.startedAt, outside(stage.label))] : [];
    const failed = stage.outcome === 'failed' && earlier?.outcome !== 'failed';
    return failed ? [...started, stamped(stage.endedAt, `failed: ${outside(stage.label)}`)] : started;
  });
}

function verdictChange(before: DeployStatus | null, { verdict }: DeployStatus): readonly string[] {
  if (verdict === null || verdict.kind === (before?.verdict?.kind ?? 'pass')) return [];
  return [stamped(null, `gates: ${verdict.kind}, ${outside(verdict.reason)}`)];
}

function abortChange(before: DeployStatus | null, { aborted }: DeployStatus): readonly string[] {
  if (aborted === null || before?.aborted != null) return [];
  return [stamped(aborted.at, `aborted by ${outside(aborted.by)}: ${outside(aborted.reason)}`)];
}

function approvalChange(before: DeployStatus | null, { approval, record }: DeployStatus): readonly string[] {
  if (approval == null || approval.number === before?.approval?.number) return [];
  const until = approval.until === null ? '' : `, until ${clock(approval.until)}`;
  const who = outside(approval.by.join(', '));
  return [stamped(approval.since, `${subjectWords(approval)} waits for ${who}${until}: ${decideCommands(record)}`)];
}

function decisionChange(before: DeployStatus | null, { decisions = [] }: DeployStatus): readonly string[] {
  return decisions
    .slice(before?.decisions?.length ?? 0)
    .map((decided) => stamped(decided.at, `${outside(decidedWords(decided))}: ${outside(decided.reason)}`));
}

function blockedChange(before: DeployStatus | null, { blocked }: DeployStatus): readonly string[] {
  if (blocked === null || blocked.sentence === before?.blocked?.sentence) return [];
  return [stamped(blocked.since, `BLOCKED: ${outside(blocked.sentence)} ${outside(blocked.next)}`)];
}

/** What is said of a run that somebody stops following. */
export function goesOn(record: string, status: DeployStatus | null): string {
  const stage = status === null ? '' : ` (${phaseWords(status, Date.now())})`;
  return `the deployment of ${outside(record)} goes on${stage}: ./switchyard watch ${record}`;
}
