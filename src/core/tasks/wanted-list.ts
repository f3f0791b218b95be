import { assertNever } from '../assert-never.ts';
import type { TodoList } from './model.ts';
import type { WantedList } from './plan.ts';

/** Where copies belong: all in the default list, all in one with a name, or each in the list of its project, made where it is missing. */
export type ListPolicy =
  { readonly kind: 'default' } | { readonly kind: 'named'; readonly name: string } | { readonly kind: 'per-project' };

/** Finds the wanted list of a task by the name of its project. Of several lists with one name always the same is taken, an own one first. */
export function wantedLists(policy: ListPolicy, lists: readonly TodoList[]): (project: string) => WantedList {
  const byName = new Map<string, string>();
  for (const { id, name } of [...lists].sort(bestLast)) byName.set(name.trim(), id);
  const named = (name: string): WantedList => ({ key: `list:${name}`, name, id: byName.get(name) ?? null });
  switch (policy.kind) {
    case 'default': {
      const id = lists.find((list) => list.isDefault)?.id ?? null;
      return () => ({ key: 'default', name: null, id });
    }
    case 'named': {
      const list = named(policy.name.trim());
      return () => list;
    }
    case 'per-project':
      return (project) => named(project.trim() === '' ? 'Todoist' : project.trim());
    default:
      return assertNever(policy);
  }
}

function bestLast(a: TodoList, b: TodoList): number {
  return Number(b.shared === 'with-me') - Number(a.shared === 'with-me') || (a.id < b.id ? 1 : -1);
}
