/**
 * The one language in which tests tell a stand-in how to fail.
 *
 * What matters about a fault is where it strikes: before the effect, after it, or after the client has given up. A client that
 * cannot tell these apart has to read back, so every kind says which it is.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type Fault =
  /** Refused before the effect. Covers throttling, with and without Retry-After. */
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** The effect happens, then the answer is an error (500 unless told otherwise), which may say when to come back. */
  | {
      readonly kind: 'apply-then-error';
      readonly status?: number;
      readonly retryAfterSeconds?: number;
    }
  /** The effect happens, then the connection is reset. */
  | { readonly kind: 'apply-then-reset' }
  /** The effect happens and no answer ever comes. */
  | { readonly kind: 'apply-then-hang' }
  /**
   * No answer ever comes, and the effect lands `afterMs` later even if the client has gone: a zombie write. It is processed as if it
   * arrived then, so it is refused if it is no longer valid.
   */
  | { readonly kind: 'apply-late'; readonly afterMs: number }
  /** The connection is reset before the effect. */
  | { readonly kind: 'reset' }
  /** No effect and no answer, ever. */
  | { readonly kind: 'hang' }
  /** Processed and answered `ms` late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No effect, and an answer that is not the protocol's: HTML, truncated XML (200 unless told otherwise). */
  | { readonly kind: 'garble'; readonly body: string; readonly status?: number }
  /** A foreign writer acts just before this request is processed, which then goes its ordinary way. */
  | { readonly kind: 'meanwhile'; readonly run: () => void | Promise<void> };

export interface FaultedRequest {
  /** The service's own name of the operation, such as `ChangeResourceRecordSets`. */
  readonly operation: string;
  readonly method: string;
  /** Path with its query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FaultRule {
  /** The operation that is struck, or `*` for any. */
  readonly operation: string;
  readonly fault: Fault;
  /** How often it strikes; 1 unless told otherwise, `Infinity` for always. */
  readonly times?: number;
  /** How many matching requests pass unharmed first. */
  readonly after?: number;
  /** Narrows the match; requests for which it is false are not counted. */
  readonly when?: (request: FaultedRequest) => boolean;
}

export interface SeenRequest {
  readonly operation: string;
  readonly fault?: Fault['kind'];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface FaultPlan {
  /** Adds a rule; of several rules that match a request the oldest strikes. */
  add(rule: FaultRule): { readonly fired: () => number; remove(): void };
  /** The fault for this request, if any. Stand-ins call it exactly once for each request. */
  next(operation: string, request: FaultedRequest): Fault | undefined;
  /** Notes an effect that is under way though its client may have gone; stand-ins call it. */
  landing(effect: Promise<unknown>): void;
  /** Resolves when every effect that was noted has landed. */
  landed(): Promise<void>;
  /** Drops all rules; faults that already struck go on. */
  clear(): void;
  /** Every request in order of arrival, struck or not. */
  readonly seen: readonly SeenRequest[];
}

/** An empty plan: nothing fails until a rule is added. */
export function createFaultPlan(): FaultPlan {
  const rules = new Set<ActiveRule>();
  const seen: SeenRequest[] = [];
  const effects: Promise<unknown>[] = [];
  return {
    seen,
    landing: (effect) => void effects.push(effect),
    landed: async () => void (await Promise.all(effects)),
    add: (rule) => {
      const active: ActiveRule = { ...rule, matched: 0, fired: 0 };
      rules.add(active);
      return { fired: () => active.fired, remove: () => void rules.delete(active) };
    },
    next: (operation, request) => {
      const fault = firstStrike(rules, operation, request);
      seen.push({ operation, at: Date.now(), ...(fault && { fault: fault.kind }) });
      return fault;
    },
    clear: () => rules.clear(),
  };
}

interface ActiveRule extends FaultRule {
  matched: number;
  fired: number;
}

function firstStrike(rules: Iterable<ActiveRule>, operation: string, request: FaultedRequest): Fault | undefined {
  for (const rule of rules) if (strikes(rule, operation, request)) return rule.fault;
  return undefined;
}

function strikes(rule: ActiveRule, operation: string, request: FaultedRequest): boolean {
  if (rule.operation !== '*' && rule.operation !== operation) return false;
  if (rule.when?.(request) === false) return false;
  rule.matched += 1;
  if (rule.matched <= (rule.after ?? 0) || rule.fired >= (rule.times ?? 1)) return false;
  rule.fired += 1;
  return true;
}
