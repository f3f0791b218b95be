/**
 * Tells people and machines outside what happens in a run.
 *
 * A notice never fails and never delays a run or its rollback: nothing waits for it, its failure ends in a sentence, and a run that has ended
 * otherwise stays open for its last notices for a bounded time. To one target they go one after another, so that the end of trouble never
 * overtakes its beginning.
 */
import { CancellationScope, condition, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { NotifyActivities, NotifyRequest } from '../contracts/notify.ts';
import { makeNotice, type Notice, type NoticeFacts } from '../core/notify/notice.ts';
import { withNext } from '../core/with-next.ts';
import { tellingOf, type NotifyTarget } from '../core/notify/target.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { notifyRetry } from '../policies/retries.ts';
import { summarised } from './labelled.ts';

export interface Teller {
  /** Returns at once; what goes wrong on the way out is told to nobody but `onFailure`. */
  tell(facts: NoticeFacts): void;
  /** What was to be told, and has reached nobody yet. */
  readonly unheard: () => readonly NoticeFacts[];
  /** Lets what is under way go out, for a bounded time; at once where nothing is. Call it last. */
  readonly lastWords: () => Promise<void>;
}

/**
 * Call it at the beginning of a run. Without targets it does nothing, and adds nothing to the history.
 * @param onFailure gets a sentence for each target that could not be told, once.
 */
export function startTelling(notify: NotifyRequest | undefined, onFailure: (sentence: string) => void): Teller {
  if (notify === undefined || notify.targets.length === 0) return SILENT;
  const { targets, pace } = notify;
  const post = outbox(notify, onFailure);
  const sent = new Map<NoticeFacts, Sent>();
  return {
    tell: (facts) => {
      const notice = makeNotice(facts, { id: noticeId(facts, sent.size + 1), at: Date.now(), link: linkTo(notify) });
      const meant = targets.filter((target) => tellingOf(target, notice) !== null);
      const one: Sent = { heard: meant.length === 0 };
      sent.set(facts, one);
      for (const target of meant) post.send(target, notice, () => (one.heard = true));
    },
    unheard: () => [...sent].flatMap(([facts, { heard }]) => (heard ? [] : [facts])),
    lastWords: () => post.emptied(pace.lastWordsMs),
  };
}

/** By one at least: a target that is never reached must not have the others told again and again. */
interface Sent {
  heard: boolean;
}

const SILENT: Teller = { tell: () => undefined, unheard: () => [], lastWords: () => Promise.resolve() };

interface Outbox {
  send(target: NotifyTarget, notice: Notice, heard: () => void): void;
  emptied(limitMs: number): Promise<void>;
}

function outbox(notify: NotifyRequest, onFailure: (sentence: string) => void): Outbox {
  const notifying = activityOf(notify);
  const last = new Map<string, Promise<void>>();
  const failed = new Set<string>();
  let pending = 0;
  const deliver = async (target: NotifyTarget, notice: Notice, heard: () => void): Promise<void> => {
    try {
      await notifying(`telling ${target.name}: ${notice.title}`, { target, notice });
      heard();
    } catch (error) {
      if (!failed.has(target.name)) onFailure(`${target.name} could not be told: ${withNext(whatItSays(error))}`);
      failed.add(target.name);
    } finally {
      pending -= 1;
    }
  };
  return {
    send: (target, notice, heard) => {
      pending += 1;
      const before = last.get(target.name) ?? Promise.resolve();
      // Whatever ends the way forward must not take its notices with it.
      const now = CancellationScope.nonCancellable(() => before.then(() => deliver(target, notice, heard)));
      last.set(target.name, now);
    },
    emptied: async (limitMs) => {
      if (pending === 0) return;
      const summary = 'letting the last notices go out';
      await CancellationScope.nonCancellable(() => condition(() => pending === 0, limitMs, { summary }));
    },
  };
}

const SECOND = 1_000;

/** A worker that does not know the activity, or none at all, costs the notice and nothing else. */
function activityOf({
  pace,
}: NotifyRequest): (summary: string, input: { target: NotifyTarget; notice: Notice }) => Promise<unknown> {
  const { notify } = proxyActivities<NotifyActivities>({
    startToCloseTimeout: 10 * SECOND,
    scheduleToCloseTimeout: pace.giveUpAfterMs,
    retry: notifyRetry(pace),
  });
  return (summary, input) => notify.executeWithOptions(summarised(summary), [input]);
}

/** Of a run that was reset it is the same as before: what was told already is dropped by whoever received it. */
function noticeId({ event }: NoticeFacts, ordinal: number): string {
  return `${workflowInfo().firstExecutionRunId}-${ordinal}-${event}`; // without a dot, which ends an id where it is signed
}

function linkTo({ ui }: NotifyRequest): string | null {
  const { namespace, workflowId, runId } = workflowInfo();
  if (ui === null) return null;
  return `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
}
