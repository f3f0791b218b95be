import { ApplicationFailure } from '@temporalio/common';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';
import { outside } from './words.ts';

/** What a failure of a docs activity says: its sentence, what to do, and what the generator showed. */
export interface DocsFailure {
  readonly type: string;
  readonly sentence: string;
  readonly next: string | null;
  readonly shown: readonly string[];
}

/** Null: nobody foresaw it. */
export function docsFailure(cause: unknown): DocsFailure | null {
  if (!(cause instanceof ApplicationFailure)) return null;
  const [first] = (cause.details ?? []) as { sentence?: string; next?: string | null; facts?: unknown }[];
  return {
    type: cause.type ?? 'Fault',
    sentence: outside(first?.sentence ?? cause.message),
    next: first?.next ?? null,
    shown: shownIn(first?.facts),
  };
}

/** What did not succeed, as a refusal; anything else as it is. */
export function stopOf(cause: unknown): unknown {
  const failed = docsFailure(cause);
  return failed === null ? cause : new Stop(EXIT.refused, [problem(failed.sentence, null, failed.next)], cause);
}

function shownIn(facts: unknown): readonly string[] {
  if (typeof facts !== 'object' || facts === null) return [];
  const { shown, diagnostics } = facts as { shown?: unknown; diagnostics?: { shown?: unknown } };
  const lines = shown ?? diagnostics?.shown;
  return Array.isArray(lines) ? lines.filter((line): line is string => typeof line === 'string') : [];
}
