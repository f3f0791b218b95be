/**
 * A small part of Todoist's filter language: `#Project`, `##Project and its sub-projects`, `@label`, `today`, `overdue`, `p1` to `p4`,
 * `no date`, `no labels`, `&`, `|`, `!` and parentheses. https://www.todoist.com/help/articles/introduction-to-filters-V98wIH
 */
import { dayOf } from './due.ts';
import { invalidArgument } from './refusal.ts';
import type { Task } from './resources.ts';

export interface FilterContext {
  /** `YYYY-MM-DD` of the user. */
  readonly today: string;
  readonly zone: string;
  /** Ids of projects of that name; with `below`, of their sub-projects too. */
  readonly projectsNamed: (name: string, of: { readonly below: boolean }) => ReadonlySet<string>;
}

export type Test = (task: Task) => boolean;

/** @throws Refusal for what is not of the language. */
export function parseFilter(query: string, context: FilterContext): Test {
  const tokens = tokensOf(query);
  const test = anyOf(tokens, context);
  if (tokens.length > 0) throw notAFilter();
  return test;
}

const notAFilter = () => invalidArgument('query', 'The search query is incorrect');

/** Operators and what stands between them; a backslash takes the meaning from an operator. */
function tokensOf(query: string): string[] {
  const parts = query.match(/[&|!()]|(?:\\.|[^&|!()])+/g) ?? [];
  return parts.map((part) => part.trim().replaceAll(/\\(.)/g, '$1')).filter((part) => part !== '');
}

function anyOf(tokens: string[], context: FilterContext): Test {
  const tests = [allOf(tokens, context)];
  while (tokens[0] === '|') {
    tokens.shift();
    tests.push(allOf(tokens, context));
  }
  return (task) => tests.some((test) => test(task));
}

function allOf(tokens: string[], context: FilterContext): Test {
  const tests = [oneOf(tokens, context)];
  while (tokens[0] === '&') {
    tokens.shift();
    tests.push(oneOf(tokens, context));
  }
  return (task) => tests.every((test) => test(task));
}

function oneOf(tokens: string[], context: FilterContext): Test {
  const token = tokens.shift();
  if (token === undefined || /^[&|)]$/.test(token)) throw notAFilter();
  if (token === '!') {
    const test = oneOf(tokens, context);
    return (task) => !test(task);
  }
  if (token !== '(') return termOf(token, context);
  const test = anyOf(tokens, context);
  if (tokens.shift() !== ')') throw notAFilter();
  return test;
}

function termOf(term: string, context: FilterContext): Test {
  if (term.startsWith('#')) {
    const below = term.startsWith('##');
    const projects = context.projectsNamed(term.replace(/^##?/, ''), { below });
    return (task) => projects.has(task.project_id);
  }
  if (term.startsWith('@')) return (task) => task.labels.some((label) => sameName(label, term.slice(1)));
  const test = WORDS(context)[term.toLowerCase()];
  if (test === undefined) throw notAFilter();
  return test;
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const WORDS = ({ today, zone }: FilterContext): Readonly<Record<string, Test>> => ({
  today: ({ due }) => due !== null && dayOf(due, zone) === today,
  overdue: ({ due }) => due !== null && dayOf(due, zone) < today,
  'no date': ({ due }) => due === null,
  'no labels': ({ labels }) => labels.length === 0,
  p1: ({ priority }) => priority === 4,
  p2: ({ priority }) => priority === 3,
  p3: ({ priority }) => priority === 2,
  p4: ({ priority }) => priority === 1,
});
