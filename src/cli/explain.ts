import { assertNever } from '../core/assert-never.ts';
import type { DeployOutcome, DeployStatus } from '../contracts/deploy.ts';
import type { DocsOutcome } from '../contracts/docs-runs.ts';
import type { SyncOutcome } from '../contracts/sync.ts';
import type { FailureType } from '../policies/failures.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { pairIn } from './parse/pair-name.ts';

/** What a failure means to an operator. */
export interface Explanation {
  /** What happened, where the run itself said nothing better. */
  readonly sentence: string;
  /** What to type next, for a record or `sync/PAIR`. */
  readonly next: (subject: string) => string;
  /** Where no outcome is known; a known outcome decides by itself. */
  readonly exit: ExitCode;
}

const plan = (subject: string): string =>
  pairIn(subject) === null ? `./switchyard plan ${subject} --to VALUE` : dryRun(subject);
const dryRun = (subject: string): string => `./switchyard sync ${pairIn(subject) ?? subject} --dry-run`;
const doctor = (record: string): string => `./switchyard doctor ${record}`;
const status = (record: string): string => `./switchyard status ${record}`;
const resolve = (record: string): string => `./switchyard resolve ${record} --retry | --leave --reason TEXT`;
const history = (record: string): string => `./switchyard history ${record}`;

/** Every failure type, complete by its type (A3); docs/when-it-fails.md says the same at length. */
export const EXPLANATIONS: Readonly<Record<FailureType, Explanation>> = {
  Throttled: { sentence: 'A service refused requests for their rate.', next: status, exit: EXIT.failedSafe },
  Unavailable: { sentence: 'A service did not answer.', next: status, exit: EXIT.failedSafe },
  ZoneBusy: { sentence: 'Another change of the same zone was being processed.', next: status, exit: EXIT.failedSafe },
  Protected: {
    sentence: 'A protection in Route 53 refuses every change of the record.',
    next: doctor,
    exit: EXIT.refused,
  },
  Unauthorized: {
    sentence: 'The worker, or the account that it uses, lacks a permission.',
    next: doctor,
    exit: EXIT.refused,
  },
  RoleUnknown: {
    sentence: 'The worker knows no such role: SWITCHYARD_ROLES says which there are.',
    next: doctor,
    exit: EXIT.refused,
  },
  SignInNeeded: {
    sentence: 'A token is missing, expired or revoked.',
    // Whether it is the token of Todoist or the sign-in is what doctor tells.
    next: doctor,
    exit: EXIT.failedSafe,
  },
  NotFound: { sentence: 'What the run works on does not exist (any more).', next: status, exit: EXIT.failedSafe },
  Changed: { sentence: 'Something else was written in between.', next: status, exit: EXIT.failedSafe },
  Invalid: { sentence: 'A service refuses what was asked for as invalid.', next: plan, exit: EXIT.refused },
  ZoneUnclear: {
    sentence: 'No zone, or more than one, fits the record.',
    next: (record) => `${plan(record)} --zone ID`,
    exit: EXIT.refused,
  },
  Foreign: { sentence: 'Somebody else changed the record; it was left as found.', next: resolve, exit: EXIT.actNow },
  Superseded: {
    sentence: 'A reset put the declared default back; this run wrote nothing more.',
    next: history,
    exit: EXIT.failedSafe,
  },
  WrongAnswer: {
    sentence: 'A name server answers something else than what was written.',
    next: doctor,
    exit: EXIT.failedSafe,
  },
  NotInSync: { sentence: 'Route 53 did not bring a change in sync in time.', next: status, exit: EXIT.failedSafe },
  Unhealthy: { sentence: 'A gate failed.', next: history, exit: EXIT.failedSafe },
  Inconclusive: {
    sentence: 'The gates gave no data for too long; no data is not a pass.',
    next: doctor,
    exit: EXIT.failedSafe,
  },
  Refused: { sentence: 'The run was refused; nothing was written.', next: plan, exit: EXIT.refused },
  StartedTooLate: {
    sentence: 'No worker took the run in time; nothing was written.',
    next: doctor,
    exit: EXIT.refused,
  },
  Aborted: { sentence: 'The run was aborted.', next: history, exit: EXIT.failedSafe },
  Frozen: {
    sentence: 'No cutover begins in a freeze; nothing was written.',
    next: plan,
    exit: EXIT.refused,
  },
  Rejected: { sentence: 'Somebody who may decide rejected it.', next: history, exit: EXIT.failedSafe },
  NotApproved: { sentence: 'Nobody approved it in time.', next: history, exit: EXIT.failedSafe },
  DeadlineExceeded: { sentence: 'The run took longer than its deadline.', next: history, exit: EXIT.failedSafe },
  PausedTooLong: {
    sentence: 'The run was paused for longer than is allowed.',
    next: history,
    exit: EXIT.failedSafe,
  },
  NotRestored: {
    sentence: 'Red was not restored: an operator decided to leave what stands.',
    next: (record) => `./switchyard reset ${record}`,
    exit: EXIT.actNow,
  },
  StoppedByGuard: {
    sentence: 'A guard stopped the sync; nothing of its plan was written.',
    next: dryRun,
    exit: EXIT.refused,
  },
  WorkspaceLost: {
    sentence: 'Worker after worker was lost while the documentation was built.',
    next: status,
    exit: EXIT.failedSafe,
  },
  GatesFailed: {
    sentence: 'A gate of the documentation failed; what was built is kept and not published.',
    next: status,
    exit: EXIT.refused,
  },
  GaveUp: {
    sentence: 'A service did not let the sync move on for as long as was allowed; the next run goes on.',
    next: status,
    exit: EXIT.failedSafe,
  },
  NotConverging: {
    sentence: 'Something keeps changing what the sync writes.',
    next: dryRun,
    exit: EXIT.failedSafe,
  },
  Fault: { sentence: 'Switchyard itself failed.', next: status, exit: EXIT.actNow },
};

/** The explanation of a failure type that came over the wire; a type that this client does not know is a fault. */
export function explain(type: string): Explanation {
  return isFailureType(type) ? EXPLANATIONS[type] : EXPLANATIONS.Fault;
}

function isFailureType(type: string): type is FailureType {
  return Object.hasOwn(EXPLANATIONS, type); // the failures themselves would load Temporal's SDK
}

/** The exit code of a deployment that has ended, for the verb that started or follows it. */
export function exitOfOutcome(outcome: DeployOutcome): ExitCode {
  switch (outcome) {
    case 'promoted':
    case 'unchanged':
      return EXIT.done;
    case 'rolled-back':
    case 'superseded':
      return EXIT.failedSafe;
    case 'refused':
      return EXIT.refused;
    case 'not-restored':
      return EXIT.actNow;
    default:
      return assertNever(outcome);
  }
}

/** What the end of a build of documentation means to whoever asked for it. */
export function exitOfDocs(outcome: DocsOutcome): ExitCode {
  switch (outcome) {
    case 'published':
    case 'unchanged':
    case 'preview':
      return EXIT.done;
    case 'not-published':
      return EXIT.exceptions;
    case 'gates-failed':
      return EXIT.refused;
    case 'failed':
    case 'cancelled':
      return EXIT.failedSafe;
    default:
      return assertNever(outcome);
  }
}

/** The exit code of a sync that has ended. */
export function exitOfSync(outcome: SyncOutcome): ExitCode {
  switch (outcome) {
    case 'synced':
      return EXIT.done;
    case 'synced-with-exceptions':
      return EXIT.exceptions;
    case 'stopped':
      return EXIT.refused;
    case 'failed':
    case 'cancelled':
      return EXIT.failedSafe;
    default:
      return assertNever(outcome);
  }
}

/**
 * The exit code where a verb that only looks has failed: nothing was started, so either nobody could be reached, or it is a refusal. The
 * same whether a worker looked or this client.
 */
export function exitOfLook(type: string): ExitCode {
  if (type === 'Unavailable' || type === 'Throttled') return EXIT.unreachable;
  return EXIT.refused;
}

/** How an outcome is called. */
export const OUTCOME_WORDS: Readonly<Record<DeployOutcome, string>> = {
  promoted: 'promoted',
  unchanged: 'unchanged',
  refused: 'refused',
  'rolled-back': 'rolled back',
  superseded: 'superseded',
  'not-restored': 'NOT RESTORED',
};

/** How the end of a sync is called. */
export const SYNC_WORDS: Readonly<Record<SyncOutcome, string>> = {
  synced: 'synced',
  'synced-with-exceptions': 'synced, with exceptions',
  stopped: 'stopped',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** What to type after a run that ended so. */
export function nextCommand({
  record,
  outcome,
  failure,
}: Pick<DeployStatus, 'record' | 'outcome' | 'failure'>): string {
  if (outcome === 'promoted' || outcome === 'unchanged' || failure === null) return status(record);
  return explain(failure.type).next(record);
}
