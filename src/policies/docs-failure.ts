import type { DocsFailure } from '../contracts/docs-runs.ts';
import type { Said } from './as-temporal-failure.ts';

const MOST_SHOWN = 50;

/** What a failure of a build says, with the first of what its generator said. */
export const docsFailureOf = ({ type, sentence, next, facts }: Said): DocsFailure => ({
  type,
  sentence,
  next,
  shown: shownIn(facts),
});

function shownIn(facts: unknown): readonly string[] {
  if (typeof facts !== 'object' || facts === null || !('shown' in facts) || !Array.isArray(facts.shown)) return [];
  return facts.shown.filter((line): line is string => typeof line === 'string').slice(0, MOST_SHOWN);
}
