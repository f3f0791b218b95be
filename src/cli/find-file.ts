import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from './terminal.ts';

export interface FilePlaces {
  /** `--config`. */
  readonly flag: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
}

/**
 * The `switchyard.yaml` in force: `--config`, else `SWITCHYARD_CONFIG`, else the nearest one from the working directory up to
 * the git root (outside a clone: the working directory alone). Null where there is none.
 */
export function findFile({ flag, env, cwd }: FilePlaces): string | null {
  const named = flag ?? nonEmpty(env['SWITCHYARD_CONFIG']);
  if (named !== undefined) return resolve(cwd, named);
  for (const folder of upToGitRoot(cwd)) {
    const path = join(folder, 'switchyard.yaml');
    if (existsSync(path)) return path;
  }
  return null;
}

function upToGitRoot(cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git'))) return folders;
    if (dirname(folder) === folder) return [resolve(cwd)];
  }
}

/** An empty variable means the same as none. */
export const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
