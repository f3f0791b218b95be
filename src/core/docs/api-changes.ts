import type { ApiExport } from './read-api.ts';

export interface NamedExport {
  readonly name: string;
  readonly kind: string;
}

/** What differs between the exports of two releases. A difference of the documentation, no proof of compatibility. */
export interface ApiDifference {
  readonly added: readonly NamedExport[];
  readonly removed: readonly NamedExport[];
  /** Of another type than before. */
  readonly changed: readonly NamedExport[];
}

/** Compares by name and kind: overloads of one name are one export, and what became another kind was removed and added. */
export function apiChanges(before: readonly ApiExport[], after: readonly ApiExport[]): ApiDifference {
  const [was, is] = [byName(before), byName(after)];
  return {
    added: named(is, (key) => !was.has(key)),
    removed: named(was, (key) => !is.has(key)),
    changed: named(is, (key, shape) => was.has(key) && was.get(key)?.shape !== shape),
  };
}

/** `removed function add`, what breaks readers first. */
export function changeWords({ added, removed, changed }: ApiDifference): readonly string[] {
  const say = (verb: string, of: readonly NamedExport[]) => of.map(({ kind, name }) => `${verb} ${kind} ${name}`);
  return [...say('removed', removed), ...say('changed', changed), ...say('added', added)];
}

type ByName = ReadonlyMap<string, NamedExport & { readonly shape: string }>;

function byName(api: readonly ApiExport[]): ByName {
  const found = new Map<string, NamedExport & { shape: string }>();
  for (const { name, kind, shape } of api) {
    const key = `${kind} ${name}`;
    const other = found.get(key);
    if (other === undefined) found.set(key, { name, kind, shape });
    else other.shape += shape;
  }
  return found;
}

function named(api: ByName, wanted: (key: string, shape: string) => boolean): readonly NamedExport[] {
  return [...api]
    .filter(([key, { shape }]) => wanted(key, shape))
    .map(([, { name, kind }]) => ({ name, kind }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
