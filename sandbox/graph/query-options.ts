/** What To Do understands of OData, which is less than its documentation says. */
import { invalid, unreadableQuery } from './refusal.ts';
import { extensionName } from './task-entity.ts';
import type { Task } from './task.ts';

/** @throws Refusal 400 for options that the resource does not take; `$count` is ignored. */
export function allowOptions(query: URLSearchParams, ...allowed: readonly string[]): void {
  for (const name of query.keys()) {
    if (allowed.includes(name) || name === '$count' || !name.startsWith('$')) continue;
    throw unreadableQuery(`Could not find a property or option for '${name}'.`);
  }
}

export interface Expansion {
  readonly linkedResources: boolean;
  /** The one extension that is asked for by its name; null: none is returned. */
  readonly extension: string | null;
}

/** A plain `extensions` is taken, and returns nothing. @throws Refusal 400 for what cannot be expanded. */
export function expansionOf(query: URLSearchParams): Expansion {
  let expansion: Expansion = { linkedResources: false, extension: null };
  for (const part of (query.get('$expand') ?? '').split(/,(?![^(]*\))/).map((each) => each.trim())) {
    const filtered = /^extensions\(\s*\$filter\s*=\s*id eq '([^']+)'\s*\)$/.exec(part)?.[1];
    if (filtered !== undefined) expansion = { ...expansion, extension: extensionName(filtered) };
    else if (part === 'linkedResources') expansion = { ...expansion, linkedResources: true };
    else if (!['', 'extensions', 'checklistItems'].includes(part))
      throw unreadableQuery(`Parsing OData Select and Expand failed: '${part}'.`);
  }
  return expansion;
}

/** Clauses joined by `and`. @throws Refusal 400 invalidRequest for anything else, `extensions/any(...)` included. */
export function filterOf(text: string | null): (task: Task) => boolean {
  if (text === null) return () => true;
  const clauses = text.split(/\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)/).map((each) => clauseOf(each.trim()));
  return (task) => clauses.every((holds) => holds(task));
}

type Clause = (task: Task) => boolean;

function clauseOf(text: string): Clause {
  const category = /^categories\/any\((\w+):\s*\1 eq '((?:[^']|'')*)'\)$/.exec(text)?.[2];
  if (category !== undefined) return (task) => task.categories.includes(category.replaceAll("''", "'"));
  const [, property = '', operator = '', value = ''] = /^(\w+) (eq|ne|gt|ge|lt|le) (.+)$/.exec(text) ?? [];
  const read = PROPERTIES[property];
  const compare = COMPARISONS[operator];
  const wanted = literalOf(property, value);
  if (read === undefined || compare === undefined || wanted === undefined) throw invalid('Invalid filter clause');
  return (task) => compare(read(task), wanted);
}

type Comparable = string | number;

const PROPERTIES: Readonly<Record<string, (task: Task) => Comparable>> = {
  status: (task) => task.status,
  importance: (task) => task.importance,
  title: (task) => task.title,
  createdDateTime: (task) => Date.parse(task.createdAt),
  lastModifiedDateTime: (task) => Date.parse(task.modifiedAt),
};

const COMPARISONS: Readonly<Record<string, (a: Comparable, b: Comparable) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

/** Times stand without quotes, everything else in quotes. */
function literalOf(property: string, value: string): Comparable | undefined {
  if (!property.endsWith('DateTime')) return /^'((?:[^']|'')*)'$/.exec(value)?.[1]?.replaceAll("''", "'");
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value)) return undefined;
  return Date.parse(value);
}

/** @throws Refusal 400 for what cannot be sorted by. */
export function inOrder(tasks: readonly Task[], orderBy: string | null): readonly Task[] {
  if (orderBy === null) return tasks;
  const [, property = '', direction] = /^(\w+)(?: (asc|desc))?$/.exec(orderBy) ?? [];
  const read = PROPERTIES[property];
  if (read === undefined) throw invalid('Invalid orderby clause');
  const sign = direction === 'desc' ? -1 : 1;
  return tasks.toSorted((a, b) => (read(a) < read(b) ? -sign : read(a) > read(b) ? sign : 0));
}
