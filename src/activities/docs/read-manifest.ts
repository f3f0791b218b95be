import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { FileHash, Manifest } from '../../contracts/docs.ts';
import { isReleaseId } from '../../core/docs/release-id.ts';
import { failure } from '../../policies/failures.ts';
import type { SiteLayout } from './site-layout.ts';

export const MANIFEST = 'manifest.json';

/** The manifest of a folder; null where there is none that this program wrote. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const value = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Partial<Manifest>;
    const ours = value.schemaVersion === 1 && isReleaseId(value.release ?? '') && Array.isArray(value.files);
    return ours ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

/** A release that stands, and where it lies. */
export interface Standing {
  readonly manifest: Manifest;
  readonly folder: string;
}

export interface StoredRelease {
  readonly id: string;
  /** Null: it cannot be read. */
  readonly manifest: Manifest | null;
}

/** Every release of a site, the newest first. */
export async function readReleases(layout: SiteLayout): Promise<readonly StoredRelease[]> {
  const ids = (await readdir(layout.releases).catch(() => [])).filter(isReleaseId).sort().reverse();
  const limit = pLimit(8);
  return Promise.all(
    ids.map((id) => limit(async () => ({ id, manifest: await readManifest(join(layout.releases, id)) }))),
  );
}

/**
 * Reads every file of a release again and compares it with its manifest: what is damaged is never pointed at.
 *
 * @throws failure `Invalid` that names the first file that differs.
 */
export async function mustBeWhole(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (manifest === null) throw damaged(folder, `${MANIFEST} cannot be read`);
  const limit = pLimit(16);
  const found = await Promise.all(manifest.files.map((file) => limit(() => differs(folder, file))));
  const [bad] = found.filter((path) => path !== null);
  if (bad !== undefined) throw damaged(folder, `${bad} is not what its manifest says`);
  return manifest;
}

async function differs(folder: string, { path, sha256 }: FileHash): Promise<string | null> {
  const bytes = await readFile(join(folder, path)).catch(() => null);
  return bytes !== null && createHash('sha256').update(bytes).digest('hex') === sha256 ? null : path;
}

const damaged = (folder: string, what: string) =>
  failure('Invalid', `The release at ${folder} is damaged: ${what}.`, {
    next: 'Nothing was published. Remove that folder and build again, or go back to another release (docs list).',
  });
