/**
 * The request limits of Todoist, by user: 1000 partial syncs and REST requests and 100 full syncs in 15 minutes.
 * https://developer.todoist.com/api/v1/#tag/Request-limits
 */
import { tooManyRequests } from './refusal.ts';

export interface TodoistLimits {
  /** Partial syncs and REST requests in one window. */
  readonly requests: number;
  readonly fullSyncs: number;
  readonly windowMs: number;
  /** Active tasks of one project. */
  readonly tasksPerProject: number;
}

export const PUBLISHED_LIMITS: TodoistLimits = {
  requests: 1_000,
  fullSyncs: 100,
  windowMs: 15 * 60_000,
  tasksPerProject: 300,
};

export const NO_LIMITS: TodoistLimits = {
  requests: Infinity,
  fullSyncs: Infinity,
  windowMs: 1,
  tasksPerProject: Infinity,
};

export type Counted = 'requests' | 'fullSyncs';

/** Counts a request. @throws Refusal 429 where it is one too many; such a one is not counted. */
export type CountCall = (userId: string, kind: Counted, limits: TodoistLimits) => void;

export function createCounter(now: () => number): CountCall {
  const calls = new Map<string, number[]>();
  return (userId, kind, { windowMs, [kind]: max }) => {
    if (max === Infinity) return;
    const key = `${userId} ${kind}`;
    const recent = (calls.get(key) ?? []).filter((at) => at > now() - windowMs);
    calls.set(key, recent);
    if (recent.length < max) recent.push(now());
    else throw tooManyRequests(Math.max(1, Math.ceil(((recent[0] ?? now()) + windowMs - now()) / 1_000)));
  };
}
