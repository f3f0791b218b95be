import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { deployId, type DeployPhase, type DeployRequest, type DeployStatus } from '../contracts/deploy.ts';
import { clockTime } from '../core/clock-time.ts';
import { askedWords, type OpenApproval } from '../core/dns/approval.ts';
import { sideWords, servingSentence } from '../core/dns/serving.ts';
import { formatDuration } from '../core/duration.ts';
import type { NoticeEvent, NoticeFacts, Severity } from '../core/notify/notice.ts';
import { startTelling, type Teller } from './notify.ts';
import type { SeeChange } from './progress.ts';

/** What outsiders are told of a deployment. */
export interface DeployNotices {
  readonly see: SeeChange;
  /** Tells again that it waits for somebody. */
  readonly remind: () => void;
  /** Lets the last notices go out, for a bounded time. */
  readonly lastWords: () => Promise<void>;
}

/**
 * Tells of a deployment what its status shows: one table from phase to event, so that whatever shows a phase is told without another word.
 * @param onFailure gets a sentence for each target that could not be told.
 */
export function startNotices(request: DeployRequest, onFailure: (sentence: string) => void): DeployNotices {
  const { notify } = request;
  const teller = startTelling(notify, onFailure);
  if (notify === undefined) return { see: () => undefined, remind: () => undefined, lastWords: teller.lastWords };
  const told: Told = { started: false, share: 0, approval: 0, reminding: false };
  let newest: DeployStatus | null = null;
  const see: SeeChange = (before, after) => {
    newest = after;
    const event = eventOf(before, after, told);
    if (event === null) return;
    told.started = true;
    if (event === 'step') told.share = after.share;
    told.approval = after.approval?.number ?? told.approval;
    if (event !== 'blocked') teller.tell(factsOf(event, after));
    else keepTelling(teller, { told, remindMs: notify.pace.remindMs, status: () => newest ?? after });
  };
  const remind = (): void => {
    if (newest !== null) teller.tell(factsOf('waiting', newest));
  };
  return { see, remind, lastWords: teller.lastWords };
}

interface Told {
  started: boolean;
  /** The last share that was told. */
  share: number;
  /** The number of the last approval that was told. */
  approval: number;
  reminding: boolean;
}

/** What the beginning of a phase is told as; null: nothing. */
const EVENTS: Readonly<Record<DeployPhase, NoticeEvent | null>> = {
  reading: null,
  checking: 'started',
  writing: null,
  settling: null,
  holding: 'step',
  'awaiting-approval': 'waiting',
  paused: null, // told as soon as it is asked for, wherever the run is
  promoting: null,
  'rolling-back': null,
  blocked: 'blocked',
  promoted: 'promoted',
  unchanged: null,
  refused: 'rolled-back',
  'rolled-back': 'rolled-back',
  superseded: 'rolled-back',
  'not-restored': 'rolled-back',
};

function eventOf(before: DeployStatus, after: DeployStatus, told: Told): NoticeEvent | null {
  if (after.pausedSince !== null && before.pausedSince === null) return 'waiting';
  if (after.phase === before.phase) return null;
  const event = EVENTS[after.phase];
  return isTold(event, after, told) ? null : event;
}

/** Whether it is known already, or goes without saying. */
function isTold(event: NoticeEvent | null, { phase, share, approval }: DeployStatus, told: Told): boolean {
  if (event === 'started') return told.started; // checked once more, after an approval
  if (event === 'step') return share === told.share; // a hold that goes on, or the wait for an old TTL
  if (event === 'waiting') return (approval?.number ?? 0) <= told.approval; // it goes on waiting, after a pause
  return phase === 'refused' && !told.started; // whoever asked has the answer
}

interface Reminding {
  readonly told: Told;
  readonly remindMs: number;
  readonly status: () => DeployStatus;
}

/** A run that stays blocked for weeks must not fill its history with what is told of it: Temporal would end it. */
const LONGEST_HISTORY = 30_000;

/**
 * Tells at once that the rollback is blocked, and again as long as it is. One that is blocked anew after a try is the same trouble: it is told
 * when the time for a reminder has come.
 */
function keepTelling(teller: Teller, { told, remindMs, status }: Reminding): void {
  if (told.reminding) return;
  told.reminding = true;
  const isOver = (): boolean => status().outcome !== null;
  const remind = async (): Promise<void> => {
    do {
      teller.tell(factsOf('blocked', status()));
      const summary = 'telling again that the rollback is blocked';
      if (await condition(isOver, remindMs, { summary })) return;
      await condition(() => isOver() || status().blocked !== null);
    } while (!isOver() && workflowInfo().historyLength < LONGEST_HISTORY);
  };
  void CancellationScope.nonCancellable(remind);
}

/** What is told, from the status that it is told of. */
export function factsOf(event: NoticeEvent, status: DeployStatus): NoticeFacts {
  const { record, outcome } = status;
  const { severity, title, sentence, next } = WORDS[event]?.(status) ?? ended(status);
  return {
    event,
    subject: record,
    severity,
    title: `${record}: ${title}`,
    sentence,
    stands: stands(status),
    next,
    outcome,
    begins: event === 'blocked' || outcome === 'rolled-back' || outcome === 'not-restored',
    ends: outcome === null ? [] : ENDS[outcome],
    key: deployId(record),
  };
}

/** What is over with an outcome, of this run or of an earlier one of the same record. */
const ENDS = {
  promoted: ['blocked', 'rolled-back', 'guard'],
  'rolled-back': ['blocked', 'guard'],
  superseded: ['blocked', 'rolled-back'],
  unchanged: [],
  refused: [],
  'not-restored': [],
} as const satisfies Readonly<Record<NonNullable<DeployStatus['outcome']>, readonly NoticeEvent[]>>;

interface Words {
  readonly severity: Severity;
  readonly title: string;
  readonly sentence: string;
  readonly next: string | null;
}

const WORDS: Readonly<Partial<Record<NoticeEvent, (status: DeployStatus) => Words>>> = {
  started: (status) => ({ severity: 'info', title: 'deployment started', sentence: course(status), next: null }),
  step: ({ record, share, holdEndsAt }) => ({
    severity: 'info',
    title: `${share} % to black`,
    sentence: holdEndsAt === null ? 'It is watched.' : `It is watched until ${clockTime(holdEndsAt)}.`,
    next: `To go back: ./switchyard abort ${record}.`,
  }),
  waiting: ({ record, notices, approval, pausedSince, verdict }) =>
    pausedSince === null && approval !== null && approval !== undefined
      ? {
          severity: 'warning',
          title: `waiting for ${askedWords(approval)}`,
          sentence: `${unsure(approval, verdict)}It may be given by ${approval.by.join(', ')} (not authenticated).`,
          next: `./switchyard approve ${record}, or ./switchyard reject ${record} --reason TEXT.`,
        }
      : {
          severity: 'warning',
          title: 'waiting for somebody',
          sentence: `${notices.at(-1) ?? 'It is paused'}.`,
          next: `To go on: ./switchyard resume ${record}.`,
        },
  blocked: ({ blocked }) => ({
    severity: 'critical',
    title: 'ROLLBACK BLOCKED',
    sentence: blocked?.sentence ?? 'The rollback does not move on.',
    next: blocked?.next ?? null,
  }),
};

/** Why somebody is asked to go on without a gate: what the gates say. */
function unsure({ of }: OpenApproval, verdict: DeployStatus['verdict']): string {
  return of !== 'inconclusive' || verdict === null ? '' : `${verdict.reason}. `;
}

function course({ by, plan }: DeployStatus): string {
  if (plan === null) return `Asked for by ${by}.`;
  const shares = plan.steps.filter(({ kind }) => kind === 'shift').map(({ share }) => share);
  const way = `${sideWords(plan.red)} (red) to ${sideWords(plan.black)} (black)`;
  return `${by} moves it from ${way}, ${shares.join(', ')} %, in about ${formatDuration(plan.timing.totalMs)}.`;
}

function ended({ outcome, failure, keepRedUntil }: DeployStatus): Words {
  const sentence =
    failure?.sentence ?? (keepRedUntil === null ? 'Done.' : `Keep red until ${clockTime(keepRedUntil)}.`);
  return { ...TITLES[outcome ?? 'unchanged'], sentence, next: failure?.next ?? null };
}

const TITLES: Readonly<Record<NonNullable<DeployStatus['outcome']>, Pick<Words, 'severity' | 'title'>>> = {
  promoted: { severity: 'info', title: 'promoted' },
  unchanged: { severity: 'info', title: 'unchanged' },
  refused: { severity: 'warning', title: 'stopped, nothing was written' },
  'rolled-back': { severity: 'error', title: 'rolled back' },
  superseded: { severity: 'warning', title: 'superseded by a reset' },
  'not-restored': { severity: 'critical', title: 'NOT RESTORED' },
};

/** Null while it is not known for certain: a first write may or may not have happened. */
function stands({ serving, plan, phase, outcome }: DeployStatus): string | null {
  if (serving === null) {
    const isUnwritten = phase === 'checking' || outcome === 'refused';
    return plan === null || !isUnwritten ? null : servingSentence(plan, 0);
  }
  const isProven = outcome === 'promoted' || outcome === 'rolled-back';
  return isProven ? serving.sentence : `${serving.sentence}, when last seen at ${clockTime(serving.seenAt)}`;
}
