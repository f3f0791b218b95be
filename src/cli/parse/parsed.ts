import type { Problem } from '../stop.ts';

/** A value, or every reason why it is none: problems are collected, so that all are reported at once (A2). */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const rejected = (...problems: readonly Problem[]): Parsed<never> => ({ ok: false, problems });

/** Keeps the problems of several inputs until all have been looked at. */
export interface Findings {
  /** The value, or `fallback` and its problems noted. */
  take<T>(from: Parsed<T>, fallback: T): T;
  note(...problems: readonly Problem[]): void;
  readonly problems: readonly Problem[];
}

export function startFindings(): Findings {
  const problems: Problem[] = [];
  return {
    problems,
    note: (...more) => void problems.push(...more),
    take: (from, fallback) => {
      if (from.ok) return from.value;
      problems.push(...from.problems);
      return fallback;
    },
  };
}

/** How foreign text is shown inside a sentence: cut, and without anything that moves a cursor. */
export function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
