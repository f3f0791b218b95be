import type { Reason } from './plan.ts';

/** A reason to refuse: code, sentence, and what to do next where there is something. */
export function reason(code: string, sentence: string, next: string | null = null): Reason {
  return { code, sentence, next };
}
