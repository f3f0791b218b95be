/** A chain of steps as a `$batch`, and what its answer says of each. */
import type { ServiceError } from '../../policies/service-error.ts';
import { garbled, graphError } from './graph-error.ts';
import type { GraphStep, StepResult } from './services.ts';

/** https://learn.microsoft.com/graph/json-batching: "limited to 20 individual requests". */
export const MOST_STEPS = 20;

/** The body of the request: each step depends on the one before it. */
export function batchOf(steps: readonly GraphStep[], mailbox: string): unknown {
  return { requests: steps.map((step, at) => requestOf(step, at, mailbox)) };
}

/**
 * One result a step, found by id: the order of answers is not promised. A step without an answer may have run.
 *
 * @throws ServiceError `unavailable`, unknown, where the answer is none: then every step may have run.
 */
export function resultsOf(steps: readonly GraphStep[], answer: unknown, now: number): readonly StepResult[] {
  const { responses } = (answer ?? {}) as { responses?: unknown };
  if (!Array.isArray(responses)) throw garbled('$batch');
  const byId = new Map(responses.filter(isStepAnswer).map((each) => [each.id, each]));
  return steps.map((step, at) => resultOf(step, byId.get(idOf(at)), now));
}

const idOf = (at: number): string => String(at + 1);

function requestOf({ method, path, body, ifMatch }: GraphStep, at: number, mailbox: string): unknown {
  const headers = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
  };
  const after = at === 0 ? {} : { dependsOn: [idOf(at - 1)] };
  return { id: idOf(at), method, url: mailbox + path, headers, ...after, ...(body !== undefined && { body }) };
}

interface StepAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

function isStepAnswer(value: unknown): value is StepAnswer {
  const { id, status } = (value ?? {}) as { id?: unknown; status?: unknown };
  return typeof id === 'string' && typeof status === 'number';
}

function resultOf({ name }: GraphStep, answer: StepAnswer | undefined, now: number): StepResult {
  if (answer === undefined) return failed(garbled(name, 'NO_ANSWER'));
  const { status, body } = answer;
  if (status >= 200 && status < 300) return { kind: 'done', body: body ?? null };
  return failed(graphError({ status, body, retryAfter: retryAfterOf(answer) }, { name, now, step: true }));
}

const failed = (error: ServiceError): StepResult => ({ kind: 'failed', error });

function retryAfterOf({ headers }: StepAnswer): string | null {
  const [, value] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after') ?? [];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
