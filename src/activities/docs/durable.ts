import { randomUUID } from 'node:crypto';
import { chmod, lstat, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';

/** What survives a power cut: a rename is whole at once, but it is on the disk only when its folder has been synced. */

/** Flushes one file or folder. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes every file of a folder, then its folders, so that no name outlives what it names. */
export async function flushTree(folder: string): Promise<void> {
  const { files, folders } = await entriesOf(folder);
  const limit = pLimit(AT_ONCE);
  await Promise.all(files.map((file) => limit(() => flush(file))));
  for (const one of folders) await flush(one);
}

/** A file of ours is either the old one or the new one, whole; where it says the same already, it is left alone. */
export async function replaceFile(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await flush(draft);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
  await flush(dirname(path));
}

/** Makes everything below a folder read-only; the folder itself stays writable, because a folder that is not cannot be moved. */
export async function sealTree(folder: string): Promise<void> {
  const { files, folders } = await entriesOf(folder);
  for (const file of files) await chmod(file, 0o444);
  for (const one of folders) if (one !== folder) await chmod(one, 0o555);
}

/** Removes a folder although it was made read-only, and although somebody else removes it as well. */
export async function removeTree(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => null);
  if (found?.isDirectory() === true) await unseal(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function unseal(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o755);
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await unseal(join(folder, entry.name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause; // somebody else was faster
  }
}

interface Entries {
  readonly files: readonly string[];
  /** Deepest first, the folder itself last. */
  readonly folders: readonly string[];
}

async function entriesOf(folder: string): Promise<Entries> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const under = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }));
  const folders = under.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path);
  return {
    files: under.filter(({ entry }) => entry.isFile()).map(({ path }) => path),
    folders: [...folders.sort((a, b) => b.length - a.length), folder],
  };
}

const AT_ONCE = 16;
