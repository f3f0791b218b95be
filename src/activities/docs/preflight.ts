import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readdir, rename, stat, statfs, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../policies/failures.ts';
import { removeTree } from './durable.ts';
import { siteLayout, type SiteLayout } from './site-layout.ts';
import { openWorkspace } from './workspace.ts';

/**
 * Everything that publishing needs of a folder, asked before a build begins: what is missing is said at once, and not after ten minutes.
 *
 * @throws failure `Refused` with what to do: the folder holds other things, cannot be written to, spans file systems, lacks space, or is on
 * a file system without links.
 */
export async function preflight(out: string, { spaceBytes }: { readonly spaceBytes: number }): Promise<SiteLayout> {
  const layout = siteLayout(out);
  await mustBeOurs(layout);
  await inWords(out, async () => {
    for (const folder of [layout.state, layout.releases, layout.versions, layout.work])
      await mkdir(folder, { recursive: true });
  });
  await mustBeOneDevice([layout.state, layout.releases, layout.versions, layout.work]);
  await mustHaveSpace(out, spaceBytes);
  await mustLink(layout);
  return layout;
}

/** @throws failure `Refused`: what somebody else keeps there is not ours to publish into. */
async function mustBeOurs({ out, state }: SiteLayout): Promise<void> {
  const found = await stat(out).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory()) throw refused(`${out} is not a folder.`, 'Choose another --out.');
  if ((await lstat(state).catch(() => null))?.isDirectory() === true) return;
  if ((await inWords(out, () => readdir(out))).length > 0)
    throw refused(
      `${out} holds things that this program did not put there.`,
      'Choose an empty folder, or one that does not exist, or add --flat where it is a flat site of this program.',
    );
}

/** @throws failure `Refused` where a rename between them would not be one. */
export async function mustBeOneDevice(folders: readonly string[]): Promise<void> {
  const [first, ...others] = await Promise.all(
    folders.map(async (folder) => ({ folder, dev: (await stat(folder)).dev })),
  );
  const apart = others.find(({ dev }) => dev !== first?.dev);
  if (apart === undefined) return;
  throw refused(
    `${apart.folder} is on another file system than ${first?.folder ?? ''}, so nothing can be moved there at once.`,
    'Mount one file system under the whole folder.',
  );
}

/** @throws failure `Refused` where fewer bytes are free than a build may need. */
export async function mustHaveSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw refused(
    `${folder} has ${megabytes(free)} MB free, and a build may need ${megabytes(bytes)} MB.`,
    'Free some space (docs gc removes old releases), then run this again.',
  );
}

/** Links and renames are tried, not assumed: some network and container file systems have none, or not over a name that is taken. */
async function mustLink(layout: SiteLayout): Promise<void> {
  const { path, close } = await openWorkspace(layout.work);
  try {
    await inWords(layout.out, async () => {
      await writeFile(join(path, 'file'), '');
      await link(join(path, 'file'), join(path, 'hard'));
      await symlink('file', join(path, 'old'));
      await symlink('hard', join(path, 'new'));
      await rename(join(path, 'new'), join(path, 'old'));
      const probe = join(layout.versions, `.probe-${randomUUID()}`);
      await mkdir(probe, { recursive: true });
      await removeTree(probe);
    });
  } finally {
    await close();
  }
}

/** What a file system refuses, as a sentence with what to do. */
export async function inWords<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const [what, next] = WORDS[code ?? ''] ?? [];
    if (what === undefined) throw cause;
    throw refused(`${folder} ${what} (${code ?? ''}).`, next ?? '', cause as Error);
  }
}

const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['cannot be written to', 'Give this user the right to write there, or choose another --out.'],
  EPERM: [
    'is on a file system that refuses links, or may not be changed by this user',
    'Choose a folder on a local file system, or --flat, which needs no links.',
  ],
  EROFS: ['is read-only', 'Mount it writable, or choose another --out.'],
  ENOTSUP: ['is on a file system without links', 'Choose another file system, or --flat, which needs no links.'],
  ENOTDIR: ['lies below something that is not a folder', 'Choose another --out.'],
  ENOSPC: ['is full', 'Free some space (docs gc removes old releases), then run this again.'],
  EDQUOT: ['is over its quota', 'Free some space (docs gc removes old releases), then run this again.'],
  EXDEV: ['spans two file systems', 'Mount one file system under the whole folder.'],
  EBUSY: ['is in use as a mount point', 'Choose a folder inside of the mount.'],
};

const refused = (sentence: string, next: string, cause?: Error) =>
  failure('Refused', sentence, { next, ...(cause === undefined ? {} : { cause }) });
const megabytes = (bytes: number): number => Math.floor(bytes / 1_000_000);
