import {
  ACTION_KINDS,
  type ActionKind,
  type Counts,
  type SetAsideReport,
  type SyncOutcome,
  type SyncStatus,
  type SyncTotals,
} from '../contracts/sync.ts';
import { withNext } from '../core/with-next.ts';
import { explain, SYNC_WORDS } from './explain.ts';
import type { Ended } from './look-at-run.ts';
import type { SyncLook } from './look-at-sync.ts';
import { troubleWords } from './notice-trouble.ts';
import { asSubject } from './parse/pair-name.ts';
import type { View } from './render.ts';
import type { Style } from './terminal.ts';
import { about, clock, count, outside } from './words.ts';

const LABEL = 11;
const line = (label: string, text: string): string => `${label.padEnd(LABEL)}  ${text}`;

const DONE_WORDS = {
  create: 'created',
  update: 'updated',
  complete: 'completed in To Do',
  close: 'closed in Todoist',
  reopen: 'opened again',
  move: 'moved',
  remove: 'removed',
  adopt: 'taken over',
  repair: 'repaired',
} satisfies Record<ActionKind, string>;

const kindsIn = (counts: Counts): readonly ActionKind[] => ACTION_KINDS.filter((kind) => counts[kind] > 0);

/** `12 created, 3 updated`; what there was none of is not said. */
function doneWords(counts: Counts): string {
  return kindsIn(counts)
    .map((kind) => `${counts[kind]} ${DONE_WORDS[kind]}`)
    .join(', ');
}

/** `create 12, remove 3`. */
export function planWords(counts: Counts): string {
  const kinds = kindsIn(counts);
  return kinds.length === 0 ? 'nothing to do' : kinds.map((kind) => `${kind} ${counts[kind]}`).join(', ');
}

/**
 * `create 120/400, update 3/3`: what the run has applied, of that and what its newest look has planned. Null while no look has planned.
 */
export function progressWords({ status, beat }: Pick<SyncLook, 'status' | 'beat'>): string | null {
  if (beat === null) return null;
  const before = (kind: ActionKind): number => status?.totals.applied[kind] ?? 0;
  const kinds = ACTION_KINDS.filter((kind) => beat.planned[kind] > 0 || before(kind) > 0);
  if (kinds.length === 0) return null;
  return kinds
    .map((kind) => {
      const most = before(kind) + beat.planned[kind];
      return `${kind} ${Math.min(before(kind) + beat.totals.applied[kind], most)}/${most}`;
    })
    .join(', ');
}

/** A run that is under way, as `status` and the live view draw it. */
export function syncLines(look: SyncLook, view: View): readonly string[] {
  const { status, trouble } = look;
  return [
    ...(status === null ? [] : [headLine(status, view), ...viewLine(status)]),
    ...progressLines(look),
    ...setAsideLines(look.beat ?? status ?? { setAside: [], setAsideCount: 0 }),
    ...(trouble === null ? [] : [view.paint('yellow', line('retrying', troubleWords(trouble)))]),
  ];
}

function headLine(status: SyncStatus, { paint, now }: View): string {
  const { pair, phase, rounds, by, trigger, startedAt } = status;
  const where = phase === 'waiting' || phase === 'working' ? phase : SYNC_WORDS[phase];
  const round = rounds > 1 ? `, round ${rounds}` : '';
  const took = about((status.endedAt ?? now) - startedAt);
  return `${paint('bold', asSubject(pair))}  ${where}${round}  ${took}  ${trigger}, by ${outside(by)} (not authenticated)`;
}

function viewLine({ view }: SyncStatus): readonly string[] {
  if (view === null) return [];
  return [line('first look', firstLook(view))];
}

function firstLook(view: NonNullable<SyncStatus['view']>): string {
  return `${count(view.inScope, 'task')} in scope, ${count(view.links, 'copy', 'copies')}: ${planWords(view.planned)}`;
}

function progressLines(look: SyncLook): readonly string[] {
  const words = progressWords(look);
  return words === null ? [] : [line('progress', words)];
}

const MOST_NAMED = 20;

/** Every task that was set aside, with its reason; of many the first. */
export function setAsideLines({ setAside, setAsideCount }: SetAsideReport): readonly string[] {
  const named = setAside
    .slice(0, MOST_NAMED)
    .map(({ id, reason }) => line('set aside', `${outside(id)}  ${outside(reason)}`));
  const more = setAsideCount - named.length;
  if (!(more > 0)) return named; // an older run does not count
  const all = setAsideCount > setAside.length ? `the first ${setAside.length}` : 'them all';
  return [...named, line('', `and ${more} more: --json names ${all}`)];
}

const STYLES = {
  synced: 'green',
  'synced-with-exceptions': 'yellow',
  stopped: 'yellow',
  failed: 'red',
  cancelled: 'yellow',
} satisfies Record<SyncOutcome, Style>;

/** The last lines of every run: what it did and what stands now; why; what it cost; what comes next and where to look. */
export function syncClosingLines(status: Ended<SyncStatus>, view: View): readonly string[] {
  const { outcome } = status;
  return [
    `${view.paint(STYLES[outcome], SYNC_WORDS[outcome].padEnd(LABEL))}  ${asSubject(status.pair)}  ${standsWords(status)}`,
    ...whyLines(status),
    ...setAsideLines(status),
    ...overruledLine(status),
    line('cost', costWords(status)),
    ...goesOnLine(status),
    lookLine(status, view),
  ];
}

function standsWords(status: Ended<SyncStatus>): string {
  const { outcome, totals, view } = status;
  const done = doneWords(totals.applied);
  if (outcome === 'synced' || outcome === 'synced-with-exceptions') {
    const scope = view === null ? '' : `; ${count(view.inScope, 'task')} in scope`;
    return `${done === '' ? 'nothing to do, nothing was written' : done}${scope}`;
  }
  if (done !== '') return `${done} before that; this stays`;
  if (outcome === 'stopped') return 'nothing of this plan was written';
  return isCounted(status)
    ? 'nothing was written'
    : 'no change was confirmed; what was sent all the same stays, and the next run finds it';
}

/** Ends that the last activity itself has told, with its counts; of the others it may have said nothing. */
const TOLD: ReadonlySet<string> = new Set([
  'SignInNeeded',
  'Unauthorized',
  'NotFound',
  'Invalid',
  'NotConverging',
  'GaveUp',
  'Refused',
]);

/** Whether the counts are all that was done: none is lost with an activity that gave no answer, and no write had to be looked for. */
function isCounted({ failure, totals }: SyncStatus): boolean {
  return failure !== null && TOLD.has(failure.type) && totals.retried === 0;
}

function whyLines({ failure, outcome, pair }: Ended<SyncStatus>): readonly string[] {
  if (failure !== null) {
    const sentence = failure.sentence === '' ? explain(failure.type).sentence : failure.sentence;
    return [line('why', outside(withNext({ ...failure, sentence })))];
  }
  if (outcome === 'synced') return [];
  const aside = `some tasks were left as they are; the next run of ${asSubject(pair)} tries them again`;
  return [line('why', outcome === 'synced-with-exceptions' ? aside : 'the run gave no reason')];
}

function overruledLine({ totals }: SyncStatus): readonly string[] {
  const { overruled } = totals;
  if (overruled.length === 0) return [];
  const ids = overruled.slice(0, MOST_NAMED).map(outside).join(', ');
  const more = overruled.length > MOST_NAMED ? ` and ${overruled.length - MOST_NAMED} more` : '';
  return [line('overruled', `changed on both sides, Todoist won: ${ids}${more}`)];
}

function costWords({ startedAt, endedAt, totals, rounds }: SyncStatus): string {
  const took = endedAt === null ? [] : [`took ${about(endedAt - startedAt)}`];
  return [...took, count(rounds, 'round'), ...(rounds === 0 ? [] : requestWords(totals))].join(', ');
}

function requestWords({ requests, throttled, retried }: SyncTotals): readonly string[] {
  return [
    `${count(requests.todoist, 'request')} to Todoist`,
    `${requests.todo} to To Do`,
    ...(throttled.times === 0 ? [] : [`throttled ${count(throttled.times, 'time')} for ${about(throttled.waitedMs)}`]),
    ...(retried === 0 ? [] : [`${retried} tried again`]),
  ];
}

/** What passes by itself, or was asked for; every other reason to end meets the next run again. */
const PASSING: ReadonlySet<string> = new Set(['Unavailable', 'Throttled', 'Changed', 'GaveUp', 'Aborted']);

function goesOnLine({ outcome, pair, failure }: Ended<SyncStatus>): readonly string[] {
  if (outcome === 'synced' || outcome === 'synced-with-exceptions') return [];
  const how = `by its Schedule, where it has one, or ./switchyard sync ${pair}`;
  const unlessPaused = outcome === 'cancelled' ? `; ./switchyard sync ${pair} --pause keeps its Schedule from it` : '';
  const passes = failure !== null && PASSING.has(failure.type);
  return [
    line(
      'next',
      passes
        ? `the next run goes on from what both services hold then: ${how}${unlessPaused}`
        : `every run looks anew, and ends here again for as long as this is so: ${how}`,
    ),
  ];
}

function lookLine({ pair, failure }: SyncStatus, { link }: View): string {
  const subject = asSubject(pair);
  const next = failure === null ? `./switchyard status ${subject}` : explain(failure.type).next(subject);
  return line('look', [link, next].filter((part) => part !== null).join('    '));
}

/** The same for a run that ended without a word of its own: terminated, timed out, or lost by its server. */
export function speechlessSyncLines(
  pair: string,
  { why, last }: { readonly why: string; readonly last: SyncStatus | null },
  view: View,
): readonly string[] {
  const done = last === null ? '' : doneWords(last.totals.applied);
  const stands =
    last === null ? 'how far it had come is not known' : `${done === '' ? 'nothing' : done} as reported last`;
  return [
    `${view.paint('red', 'NOT SURE'.padEnd(LABEL))}  ${asSubject(pair)}  ${stands}`,
    line('why', outside(why)),
    line(
      'next',
      `what it sent last may still land; the next run waits for that, and finds it: ./switchyard sync ${pair}`,
    ),
    line('look', [view.link, `./switchyard sync ${pair} --dry-run`].filter((part) => part !== null).join('    ')),
  ];
}

/** What is new since the look before, for logs; progress is the caller's, since it changes at every look. */
export function syncChangeLines(before: SyncStatus | null, after: SyncStatus): readonly string[] {
  const stamp = (text: string): string => `${clock(after.startedAt)}  ${text}`;
  const blank = (text: string): string => `${' '.repeat('12:14:11 UTC'.length)}  ${text}`;
  return [
    ...(before === null ? [stamp(`started, ${after.trigger}, by ${outside(after.by)} (not authenticated)`)] : []),
    ...(after.view !== null && before?.view == null ? [blank(firstLook(after.view))] : []),
    ...after.setAside
      .slice(before?.setAside.length ?? 0, MOST_NAMED)
      .map(({ id, reason }) => blank(`set aside: ${outside(id)}  ${outside(reason)}`)),
  ];
}
