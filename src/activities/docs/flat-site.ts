import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Manifest } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';
import { flush, removeTree } from './durable.ts';
import { isThere } from './is-there.ts';
import { inWords, mustBeOneDevice, mustHaveSpace } from './preflight.ts';
import { readManifest } from './read-manifest.ts';
import { completeSite } from './stage-release.ts';

/**
 * A site as one plain folder, for GitHub Pages or a bucket: no links, no releases, no way back.
 *
 * P2 is kept; P1 only nearly: a folder cannot be replaced by one rename, so there are two, and between them, for less than a millisecond, the
 * name is missing. A process that is killed right there leaves the old site beside, and the next build puts it back first.
 */
export interface FlatSite {
  readonly out: string;
  /** `.<name>.switchyard` beside the folder: on the same file system, and never published with it. */
  readonly beside: string;
  readonly work: string;
  /** The old site, between the two renames. */
  readonly before: string;
}

export function flatSite(out: string): FlatSite {
  const beside = join(dirname(out), `.${basename(out)}.switchyard`);
  return { out, beside, work: join(beside, 'work'), before: join(beside, 'before') };
}

/**
 * Finishes what a killed process began, and asks for all that is needed, before a build.
 *
 * @throws failure `Refused` with what to do: the folder holds something else, cannot be written to, lacks space, or is a mount point.
 */
export async function prepareFlat(site: FlatSite, { spaceBytes }: { readonly spaceBytes: number }): Promise<void> {
  await recoverFlat(site);
  await mustBeFlat(site.out);
  await inWords(site.out, () => mkdir(site.work, { recursive: true }));
  if (await isThere(site.out)) await mustBeOneDevice([site.beside, site.out]);
  await mustHaveSpace(site.beside, spaceBytes);
}

/** Two renames, the old site set aside by the first. */
export async function replaceFlat(site: FlatSite, built: string, manifest: Manifest): Promise<void> {
  await completeSite(built, manifest);
  await inWords(site.out, async () => {
    try {
      if (await isThere(site.out)) await rename(site.out, site.before);
      await rename(built, site.out);
    } catch (cause) {
      await recoverFlat(site).catch(() => undefined); // the reason counts that it was not replaced
      throw unlessContended(site, cause);
    }
  });
  await flush(dirname(site.out));
  await removeTree(site.before);
}

/** Two builds that end at once get into each other's way between the two renames. */
function unlessContended({ out }: FlatSite, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') return cause;
  return failure('Refused', `Another build replaces ${out} right now.`, {
    next: 'Run this again when it has ended.',
    cause: cause as Error,
  });
}

/** Puts the old site back where a process was killed between the two renames. */
async function recoverFlat({ out, before }: FlatSite): Promise<void> {
  if (!(await isThere(before))) return;
  if (await isThere(out)) await removeTree(before);
  else await rename(before, out);
}

async function mustBeFlat(out: string): Promise<void> {
  const found = await stat(out).catch(() => null);
  if (found === null) return;
  const names = found.isDirectory() ? await inWords(out, () => readdir(out)) : ['a file'];
  if (names.length === 0 || (!names.includes('.state') && (await readManifest(out)) !== null)) return;
  throw failure(
    'Refused',
    names.includes('.state')
      ? `${out} is a site with releases, and --flat would replace all of it.`
      : `${out} holds things that this program did not put there, and --flat would replace all of it.`,
    { next: 'Choose another --out.' },
  );
}
