import { chmod, lstat, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../contracts/docs.ts';
import { flush, flushTree, sealTree } from './durable.ts';
import { MANIFEST } from './read-manifest.ts';
import type { SiteLayout } from './site-layout.ts';

/**
 * Makes a release of a folder that was built on the same file system: everything flushed, the manifest last, then one rename. Whatever has a
 * name under `releases/` is complete; what a killed process leaves lies elsewhere (P2).
 *
 * A release of the same name is there already where the same build was staged before: then that one stays.
 */
export async function stageRelease(layout: SiteLayout, site: string, manifest: Manifest): Promise<void> {
  const release = join(layout.releases, manifest.release);
  await completeSite(site, manifest);
  await sealTree(site);
  try {
    await rename(site, release);
  } catch (cause) {
    if (!TAKEN.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    await lstat(join(release, MANIFEST)); // a folder without one is not a release that somebody staged
    return;
  }
  await flush(layout.releases);
  await chmod(release, 0o555); // only now: a folder that is read-only cannot be moved
}

/** Flushes the files, then writes the manifest: a folder with a manifest has everything that it lists. */
export async function completeSite(site: string, manifest: Manifest): Promise<void> {
  await flushTree(site);
  await writeFile(join(site, MANIFEST), `${JSON.stringify(manifest)}\n`);
  await flush(join(site, MANIFEST));
  await flush(site);
}

const TAKEN: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST']);
