import type { z } from 'zod';
import { quoted } from './parse/parsed.ts';
import { problem, type Problem } from './stop.ts';

/** One thing that is wrong with `switchyard.yaml`: what was found, what is accepted, and where (A2). */
export function fileProblem(issue: z.core.$ZodIssue, place: string): Problem {
  const [said, accepted] = issue.message.split('; accepted: ');
  const keys = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  return problem(`${place}: ${keys}${foundWords(issue, said ?? issue.message)}`, accepted ?? null);
}

/** What a schema says of kinds and bounds where it has no words of its own. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') return `not ${kindWords(issue.expected)}; accepted: ${kindWords(issue.expected)}`;
  if (issue.code === 'invalid_value') return `no such choice; accepted: ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small')
    return `too ${SIZES[issue.origin]?.small ?? 'small'}; accepted: at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `too ${SIZES[issue.origin]?.big ?? 'big'}; accepted: at most ${issue.maximum}`;
  return undefined;
};

const SIZES: Readonly<Record<string, { readonly small: string; readonly big: string }>> = {
  string: { small: 'short', big: 'long' },
  array: { small: 'few', big: 'many' },
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  record: 'a mapping',
  object: 'a mapping',
};

const kindWords = (kind: string): string => KINDS[kind] ?? kind;

/** `"5x" is no duration`: the value, where it can be shown, before what is said of it. */
function foundWords(issue: z.core.$ZodIssue, said: string): string {
  if (!/^(no|not|too) /.test(said)) return said;
  if (issue.input === undefined) return 'it is missing';
  return `${shown(issue)} is ${said}`;
}

/** What stands where a secret belongs may be one (A1), and what is of another kind says enough by that. */
function shown({ code, input, path }: z.core.$ZodIssue): string {
  if (typeof input === 'object')
    return input === null ? 'nothing' : Array.isArray(input) ? 'this list' : 'this mapping';
  const mayBeSecret = code === 'invalid_type' || path.includes('secret') || path.includes('headers');
  if (mayBeSecret || typeof input === 'bigint') return typeof input === 'string' ? 'this text' : `this ${typeof input}`;
  return typeof input === 'string' ? quoted(input) : JSON.stringify(input);
}
