import type { ApiExport } from './read-api.ts';

/** How much of what is exported has a comment. */
export interface DocCoverage {
  readonly expected: number;
  readonly documented: number;
  /** With one decimal, rounded down: 100 means all. Of nothing everything is documented. */
  readonly percent: number;
  /** The first hundred, by name. */
  readonly undocumented: readonly string[];
}

export function docCoverage(api: readonly ApiExport[]): DocCoverage {
  const without = api.filter(({ documented }) => !documented).map(({ name }) => name);
  const documented = api.length - without.length;
  return {
    expected: api.length,
    documented,
    percent: api.length === 0 ? 100 : Math.floor((documented * 1_000) / api.length) / 10,
    undocumented: without.sort().slice(0, MOST_NAMED),
  };
}

const MOST_NAMED = 100;
