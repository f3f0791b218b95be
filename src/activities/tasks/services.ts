/**
 * What a sync asks of its two services: small interfaces, so that the engine reads as what it does.
 * Every method throws a ServiceError, or the reason of its signal.
 */
import type { PairSpec } from '../../contracts/sync.ts';
import type { Fate, Source } from '../../core/tasks/model.ts';
import type { ServiceError } from '../../policies/service-error.ts';

/** Both services of one pair. */
export interface Services {
  readonly todoist: Todoist;
  readonly graph: Graph;
}

/** One pair's Todoist account. */
export interface Todoist {
  account(signal: AbortSignal): Promise<{ readonly id: string; readonly email: string; readonly timeZone: string }>;
  /** All active tasks, and which of them are in scope. */
  read(from: PairSpec['from'], signal: AbortSignal): Promise<Source>;
  /** What became of tasks that are not among the active ones in scope; `unknown` where it could not be looked up. */
  fatesOf(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Fate>>;
  /**
   * Closes tasks as a user would (a recurring one moves to its next occurrence), at most 100 at once. A command that was executed
   * before under the same `uuid` is not executed again. Null: done; else why this one was not.
   */
  close(commands: readonly CloseCommand[], signal: AbortSignal): Promise<readonly (ServiceError | null)[]>;
}

export interface CloseCommand {
  readonly uuid: string;
  readonly id: string;
}

/** One mailbox in Microsoft Graph. Paths begin after the mailbox: `/todo/lists`; '' is the mailbox's owner. */
export interface Graph {
  get(path: string, name: string, signal: AbortSignal): Promise<unknown>;
  post(path: string, body: unknown, call: { readonly name: string; readonly signal: AbortSignal }): Promise<unknown>;
  /** The members of a collection, a page at a time. */
  pages(path: string, name: string, signal: AbortSignal): AsyncIterable<readonly unknown[]>;
  /**
   * Up to 20 steps, one after another, in one `$batch`: each is judged for itself, and after one that failed none has run.
   * Throws only where the batch as a whole has no answer: then every step's outcome is the error's.
   */
  chain(steps: readonly GraphStep[], signal: AbortSignal): Promise<readonly StepResult[]>;
}

export interface GraphStep {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Refused (`conflict`) where the task is another by now. */
  readonly ifMatch?: string;
  /** As sentences name it: `POST task`. */
  readonly name: string;
}

export type StepResult =
  | { readonly kind: 'done'; readonly body: unknown }
  /** `not-run` with code `FailedDependency` for steps behind one that failed. */
  | { readonly kind: 'failed'; readonly error: ServiceError };

/** Told of every request that is sent, for the report. */
export type CountRequest = (service: 'todoist' | 'todo') => void;
