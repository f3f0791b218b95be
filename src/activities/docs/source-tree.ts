import { createHash } from 'node:crypto';
import { constants, createReadStream, type Dirent } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, readlink, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { MANIFEST, readManifest } from './read-manifest.ts';
import { DEFAULT_BUILD_LIMITS, type BuildLimits } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';

/** A tree of sources, and what in it is none of it: the site itself, where it is built into the tree. */
export interface SourceTree {
  /** Without links. */
  readonly root: string;
  readonly apart: readonly string[];
}

export interface TreeFacts {
  readonly hash: string;
  readonly files: number;
  readonly bytes: number;
  /** False: it leads to folders that were not looked into, so that an equal hash proves nothing. */
  readonly comparable: boolean;
}

/**
 * The hash of a tree's files: names and bytes, not times. Without `.git`, `.cache`, sites of this program, and `node_modules`, of which
 * `dependenciesOf` tells.
 * A link to a folder outside is not looked into, and makes the tree one that is always built.
 */
export async function hashTree(tree: SourceTree, limits: TreeLimits = DEFAULT_BUILD_LIMITS): Promise<TreeFacts> {
  const hash = createHash('sha256');
  let [files, bytes, comparable] = [0, 0, true];
  for await (const [name, content] of contentsOf(tree)) {
    comparable &&= content !== UNSEEN;
    files += 1;
    bytes += content.length;
    mustFit({ files, bytes }, limits);
    hash.update(`${JSON.stringify(name)} ${content.length} `);
    if ('path' in content) for await (const part of createReadStream(content.path)) hash.update(part as Buffer);
    else hash.update(content);
  }
  return { hash: hash.digest('hex'), files, bytes, comparable };
}

export type TreeLimits = Pick<BuildLimits, 'files' | 'bytes'>;

/** @throws failure `Refused` with the first number that is too large. */
function mustFit(found: TreeLimits, allowed: TreeLimits): void {
  const [many, much] = [found.files > allowed.files, found.bytes > allowed.bytes];
  if (!many && !much) return;
  const words = many ? `more than ${allowed.files} files` : `more than ${allowed.bytes} bytes`;
  throw failure('Refused', `The source has ${words}.`, { next: 'Make it smaller.' });
}

/** In the order of their names, and several read at once. */
async function* contentsOf(tree: SourceTree): AsyncGenerator<readonly [string, Content]> {
  const read = async ({ name, path, isLink }: Entry) =>
    [name, await readable(name, () => (isLink ? linkFacts(tree.root, path) : contentOf(path)))] as const;
  let few: Entry[] = [];
  for await (const entry of entriesOf(tree, isOutsideHash)) {
    few.push(entry);
    if (few.length < READ_AT_ONCE) continue;
    yield* await Promise.all(few.map(read));
    few = [];
  }
  yield* await Promise.all(few.map(read));
}

const READ_AT_ONCE = 32;

/** What a file says; of a large one where it is, to be read piece by piece. */
type Content = Buffer | { readonly length: number; readonly path: string };
const LARGE = 4_000_000;

async function contentOf(path: string): Promise<Content> {
  const { size } = await stat(path);
  return size > LARGE ? { length: size, path } : readFile(path);
}

/** @throws failure `Refused` that names the file: also one whose name is no UTF-8, which cannot be asked for by it. */
async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    const why = name.includes('\ufffd') ? 'its name is no UTF-8' : code;
    throw failure('Refused', `${JSON.stringify(name.slice(0, 200))} of the source cannot be read (${why}).`, {
      next: 'Correct its name or its permissions, or take it out of the source.',
      cause: cause as Error,
    });
  }
}

/** What the package managers left of what they installed; null where nothing is installed. */
export async function dependenciesOf({ root }: SourceTree): Promise<string | null> {
  const folder = join(root, 'node_modules');
  if ((await stat(folder).catch(() => null)) === null) return null;
  const hash = createHash('sha256');
  for (const name of INSTALLED) hash.update(name).update(await readFile(join(folder, name)).catch(() => ''));
  return hash.digest('hex');
}

/**
 * Copies a tree of somebody else (P4): without `.git`, whose configuration names programs that git runs; of `node_modules` only the
 * declarations and the JSON, which are all that types need, so that there is no code to run and no file that is one with the original, as a
 * hard link would be. Links that stay inside stay links.
 *
 * @throws failure `Refused` for a link that leads out of the tree.
 */
export async function copyTree(tree: SourceTree, to: string, limits: TreeLimits = DEFAULT_BUILD_LIMITS): Promise<void> {
  const { root } = tree;
  let [files, bytes] = [0, 0];
  await mkdir(to, { recursive: true });
  for await (const { name, path, isLink } of entriesOf(tree, isOutsideCopy)) {
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true });
    files += 1;
    if (isLink) await copyLink({ root, path, name }, target);
    else if (isWanted(name)) bytes += await readable(name, () => copyNoLink(path, target));
    mustFit({ files, bytes }, limits);
  }
}

const INSTALLED = ['.package-lock.json', '.pnpm/lock.yaml', '.yarn-integrity', '.yarn-state.yml'];
const inModules = (name: string): boolean => name.split('/').includes('node_modules');
const isWanted = (name: string): boolean => !inModules(name) || /\.([cm]?tsx?|json)$/.test(name);
const isBeside = (name: string): boolean => /^\..+\.switchyard$/.test(name);
const isOutsideHash = (name: string): boolean => ['.git', '.cache', 'node_modules'].includes(name) || isBeside(name);
const isOutsideCopy = (name: string): boolean => ['.git', '.cache', '.bin'].includes(name) || isBeside(name);

interface Entry {
  /** Relative, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly isLink: boolean;
}

/** Files and links in the order of their names, so that the hash of a tree is one. */
async function* entriesOf({ root, apart }: SourceTree, skip: (name: string) => boolean): AsyncGenerator<Entry> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    if (folder !== root && (await isSite(folder, entries))) continue;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (skip(entry.name) || apart.includes(path)) continue;
      if (entry.isDirectory()) folders.push(path);
      const name = relative(root, path).split(sep).join('/');
      if (entry.isSymbolicLink() || entry.isFile()) yield { name, path, isLink: entry.isSymbolicLink() };
    }
  }
}

/** Any site of this program, not only the one that is built: of two in one source each would change what the other is built from. */
async function isSite(folder: string, entries: readonly Dirent[]): Promise<boolean> {
  const has = (name: string): boolean => entries.some((entry) => entry.name === name);
  if (has('.state') && has('releases') && has('versions')) return true;
  return has(MANIFEST) && (await readManifest(folder)) !== null;
}

/** What a link stands for in a hash: where it leads, or the bytes of a file that lies outside. */
async function linkFacts(root: string, path: string): Promise<Content> {
  const to = await realpath(path).catch(() => null);
  if (to === null || isInside(root, to)) return Buffer.from(`-> ${await readlink(path)}`);
  return (await stat(to)).isFile() ? contentOf(to) : UNSEEN;
}

const UNSEEN = Buffer.from('a folder that is not looked into');

async function copyLink({ root, path, name }: { root: string; path: string; name: string }, target: string) {
  const to = await realpath(path).catch(() => null);
  if (to === null) return; // it leads nowhere
  if (!isInside(root, to))
    throw failure('Refused', `${name} is a link that leads out of the source.`, {
      next: 'Put the file itself there, or build without --untrusted where you trust the source.',
    });
  const isFolder = (await lstat(to)).isDirectory();
  if (!isFolder && !isWanted(name)) return;
  await symlink(relative(await realpath(dirname(path)), to), target);
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Not through a link: what was a file a moment ago may be one now. Returns its bytes. */
async function copyNoLink(path: string, target: string): Promise<number> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await handle.stat();
    await writeFile(target, handle.createReadStream({ autoClose: false }), { flag: 'wx' });
    return size;
  } finally {
    await handle.close();
  }
}
