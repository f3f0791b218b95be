import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT } from './exit-codes.ts';
import { quoted } from './parse/parsed.ts';
import { problem, Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** The folder as it really is: one folder under two names would be two sites. What is not there yet has one name. @throws Stop with exit 2. */
export function docsFolder({ cwd }: Pick<Terminal, 'cwd'>, out: string): string {
  const path = resolve(cwd, out);
  if (path === dirname(path))
    throw new Stop(EXIT.usage, [
      problem(`--out: ${quoted(out)} is the root of the file system`, 'a folder of its own'),
    ]);
  return realOf(path) ?? join(realOf(dirname(path)) ?? dirname(path), basename(path));
}

/** @throws Stop with exit 2 where there is no such folder. */
export function sourceFolder({ cwd }: Pick<Terminal, 'cwd'>, source: string): string {
  const path = realOf(resolve(cwd, source));
  if (path !== null && statSync(path).isDirectory()) return path;
  throw new Stop(EXIT.usage, [
    problem(`--source: ${quoted(source)} is no folder`, 'the folder of the tree to document'),
  ]);
}

/** @throws Stop with exit 2 where the site would hold its own source. */
export function mustBeApart(out: string, source: string): void {
  if (!`${source}/`.startsWith(`${out}/`)) return;
  throw new Stop(EXIT.usage, [
    problem('--out is the source, or holds it', 'a folder of its own, inside the source or elsewhere'),
  ]);
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
