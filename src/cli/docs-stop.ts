import { ApplicationFailure } from '@temporalio/common';
import type { DocsFailure } from '../contracts/docs-runs.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { docsFailureOf } from '../policies/docs-failure.ts';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';
import { outside } from './words.ts';

/** What a docs activity says that failed in this process; null: nobody foresaw it. */
export function docsFailure(cause: unknown): DocsFailure | null {
  if (!(cause instanceof ApplicationFailure)) return null;
  const failure = docsFailureOf(whatItSays(cause));
  return { ...failure, sentence: outside(failure.sentence) };
}

/** What did not succeed, as a refusal; anything else as it is. */
export function stopOf(cause: unknown): unknown {
  const failed = docsFailure(cause);
  return failed === null
    ? cause
    : new Stop(EXIT.refused, [problem(failed.sentence.replace(/\.$/, ''), null, failed.next)], cause);
}
