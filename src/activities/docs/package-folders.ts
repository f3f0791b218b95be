import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The folders of an installed package and of all that it depends on, as they are found and without links. @throws Error where one is not installed. */
export function packageFolders(name: string): readonly string[] {
  const [found, read] = [new Set<string>(), new Set<string>()];
  const waiting = [{ name, from: import.meta.url }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [named, folder] = folderOf(next.name, next.from);
    found.add(named);
    if (read.has(folder)) continue;
    read.add(folder);
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    waiting.push(...Object.keys(dependencies).map((each) => ({ name: each, from: join(folder, 'package.json') })));
  }
  return [...found];
}

/** Not by resolving its package.json: many packages do not export theirs. */
function folderOf(name: string, from: string): readonly [named: string, real: string] {
  const places = createRequire(from).resolve.paths(name) ?? [];
  const folder = places.map((place) => join(place, name)).find((one) => existsSync(join(one, 'package.json')));
  if (folder === undefined) throw new Error(`${name} is not installed`);
  return [folder, realpathSync(folder)];
}
