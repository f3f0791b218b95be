import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A sentence where the files below a folder are more than so many bytes; null where they are not. */
export async function outgrows(folder: string, most: number): Promise<string | null> {
  const bytes = await folderBytes(folder);
  return bytes <= most ? null : `${bytes} bytes were written, and ${most} are allowed`;
}

/** Links are not followed. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await lstat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
