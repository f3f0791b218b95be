/**
 * Tells that a scheduled sync needs somebody to sign in: once, however many ticks fail for it, and once more when it works again.
 *
 * Ticks are runs of their own. What the one before came to is known from Temporal: the Schedule hands its failure, or the last result, on. What a
 * run by hand has told is kept in its memo, and ended by whichever comes next, by hand or not.
 */
import { ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import { isCancellation, patched, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { NotifyRequest } from '../contracts/notify.ts';
import { syncId, type SyncPace, type SyncReport, type SyncRequest } from '../contracts/sync.ts';
import type { NoticeFacts } from '../core/notify/notice.ts';
import type { Said } from '../policies/as-temporal-failure.ts';
import { startTelling } from './notify.ts';
import { askingOfRunBefore } from './sync-activities.ts';

/** Whether somebody has to sign in, and was told so. */
export interface TokenTrouble {
  readonly signInNeeded?: true;
}

export interface TokenNotices {
  /** What a tick says that did not look itself. */
  readonly standing: () => TokenTrouble;
  /** Tells what is new. Returns what the tick fails with. */
  readonly afterFailure: (error: unknown) => Promise<unknown>;
  readonly afterSuccess: () => Promise<void>;
}

export async function startTokenNotices(
  { spec: { pair }, pace }: Pick<SyncRequest, 'spec' | 'pace'>,
  notify: NotifyRequest | undefined,
): Promise<TokenNotices> {
  const teller = startTelling(notify, () => undefined); // a target that cannot be told shows as an activity that failed
  const stood = notify !== undefined && (stoodBefore() || (await toldByHand(pair, pace)));
  return {
    standing: () => (stood ? STANDS : {}),
    afterFailure: async (error) => {
      const needed = signInNeeded(error);
      if (needed !== null && !stood) teller.tell(beginning(pair, whyOf(needed)));
      await teller.lastWords();
      return needed === null && stood ? stillStanding(error) : error;
    },
    afterSuccess: async () => {
      if (stood) teller.tell(end(pair));
      await teller.lastWords();
    },
  };
}

/**
 * A run by hand has no tick that tells for it. What was told by the one before comes with its request, and what stands is kept in its memo.
 *
 * @param said null where it ended well.
 */
export async function tellOfSignIn({ spec, notify, signInTold }: SyncRequest, said: Said | null): Promise<void> {
  if (notify === undefined) return;
  const teller = startTelling(notify, () => undefined);
  const stood = signInTold === true;
  const needed = said?.type === 'SignInNeeded';
  if (needed && !stood) teller.tell(beginning(spec.pair, said));
  if (said === null && stood) teller.tell(end(spec.pair));
  if (needed || (said !== null && stood)) upsertMemo({ signInTold: true });
  await teller.lastWords();
}

const STANDS: TokenTrouble = { signInNeeded: true };

/** Whether the tick before left the trouble, itself or because it found it. */
function stoodBefore(): boolean {
  const { lastFailure, lastResult } = workflowInfo();
  if (lastFailure !== undefined) return signInNeeded(lastFailure) !== null || isStill(lastFailure);
  return (lastResult as TokenTrouble | undefined)?.signInNeeded === true;
}

/** A run by hand tells by itself, and the Schedule knows nothing of it: what it told would be ended by nobody but the next one by hand. */
async function toldByHand(pair: string, pace: SyncPace): Promise<boolean> {
  if (!patched('a tick ends what a run by hand told')) return false; // ticks of before go on as they began
  try {
    return await askingOfRunBefore(pace).hasToldByHand({ pair });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false; // what is told twice is better than what is not synced
  }
}

/** The failure of the run, where a token is missing, expired or revoked; null where it is another one. */
function signInNeeded(error: unknown): ApplicationFailure | null {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : null;
  return cause instanceof ApplicationFailure && cause.type === 'SignInNeeded' ? cause : null;
}

/** A tick that failed otherwise says nothing of the token: the next one must still know that somebody was told. */
function stillStanding(error: unknown): ApplicationFailure {
  const cause = error instanceof Error ? error : new Error(String(error));
  const root = cause instanceof ChildWorkflowFailure ? (cause.cause ?? cause) : cause;
  return ApplicationFailure.create({ type: 'SyncFailed', message: root.message, details: [STANDS], cause });
}

function isStill(failure: Error): boolean {
  const [details] = failure instanceof ApplicationFailure ? (failure.details ?? []) : [];
  return (details as TokenTrouble | null | undefined)?.signInNeeded === true;
}

type Why = Pick<Said, 'sentence' | 'next'>;

function whyOf({ details, message }: ApplicationFailure): Why {
  const why = (details?.[0] as Partial<SyncReport> | undefined)?.failure;
  return { sentence: why?.sentence ?? message, next: why?.next ?? null };
}

function beginning(pair: string, { sentence, next }: Why): NoticeFacts {
  return {
    ...about(pair),
    severity: 'error',
    title: `sync/${pair}: somebody has to sign in`,
    sentence,
    next,
    begins: true,
    ends: [],
  };
}

function end(pair: string): NoticeFacts {
  return {
    ...about(pair),
    severity: 'info',
    title: `sync/${pair}: signed in again`,
    sentence: 'It syncs again.',
    next: null,
    begins: false,
    ends: ['token'],
  };
}

const about = (pair: string) =>
  ({ event: 'token', subject: `sync/${pair}`, stands: null, outcome: null, key: syncId(pair) }) as const;
