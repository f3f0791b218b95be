import type { AbortRequest, PromoteRequest, ResolveRequest } from '../contracts/deploy.ts';
import type { DecisionRequest } from '../core/dns/approval.ts';
import { cleanText } from '../core/clean-text.ts';

/**
 * Reads what a message says, whatever its sender put into it: the Temporal UI sends anything to anybody, also nothing at all, and an
 * error in a handler would fail the workflow task at every replay, for ever.
 */
export function readAbort(message: unknown): AbortRequest {
  const said = { by: textOf(message, 'by', 'unknown'), reason: textOf(message, 'reason', 'none given') };
  return fieldOf(message, 'automatic') === true ? { ...said, automatic: true } : said;
}

export function readPromote(message: unknown): PromoteRequest {
  return { by: textOf(message, 'by', 'unknown'), full: fieldOf(message, 'full') === true };
}

/** Anything but `leave` tries again: that overwrites nothing and ends nothing. */
export function readResolve(message: unknown): ResolveRequest {
  const decision = fieldOf(message, 'decision') === 'leave' ? 'leave' : 'retry';
  const record = fieldOf(message, 'record');
  return { ...readAbort(message), decision, ...(typeof record === 'string' ? { record } : {}) };
}

/** Without a number it is about whichever approval is open. */
export function readDecision(message: unknown): DecisionRequest {
  const number = fieldOf(message, 'number');
  return { ...readAbort(message), number: Number.isSafeInteger(number) ? Number(number) : null };
}

const LONGEST = 300;

export function textOf(message: unknown, field: string, otherwise: string): string {
  const value = fieldOf(message, field);
  const text = typeof value === 'string' ? cleanText(value, LONGEST).trim() : '';
  return text === '' ? otherwise : text;
}

export function fieldOf(message: unknown, field: string): unknown {
  return typeof message === 'object' && message !== null ? (message as Record<string, unknown>)[field] : undefined;
}
