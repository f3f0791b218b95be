import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { FileHash, Manifest } from '../../contracts/docs.ts';
import { isReleaseId } from '../../core/docs/release-id.ts';
import { failure } from '../../policies/failures.ts';
import type { SiteLayout } from './site-layout.ts';

export const MANIFEST = 'manifest.json';

/** The manifest of a folder; null where there is none that this program wrote. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'));
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether all of it is there that is read without asking again; a disk or a person may have changed what this program wrote. */
function isManifest(value: unknown): value is Manifest {
  const { schemaVersion, release, version, finishedAt, files, source, generator, diagnostics, site } = fieldsOf(value);
  const isOurs = schemaVersion === 1 && areTexts(release, version, finishedAt) && isReleaseId(String(release));
  const isDescribed = areTexts(fieldsOf(generator)['name']) && typeof source === 'object' && source !== null;
  const { pages, files: count, bytes, brokenLinkCount } = fieldsOf(site);
  const isCounted = [pages, count, bytes, brokenLinkCount, fieldsOf(diagnostics)['warnings']].every(Number.isFinite);
  return isOurs && isDescribed && isCounted && Array.isArray(files) && files.every(isFileHash);
}

function isFileHash(value: unknown): boolean {
  const { path, sha256 } = fieldsOf(value);
  return areTexts(path, sha256);
}

const areTexts = (...values: readonly unknown[]): boolean => values.every((value) => typeof value === 'string');

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

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
  for (const [at, file] of manifest.files.entries()) {
    if (at % SLICE === 0) await setImmediate(); // everything else has its turn
    if (!isWhole(folder, file)) throw damaged(folder, `${file.path} is not what its manifest says`);
  }
  return manifest;
}

const SLICE = 50;

/** Synchronous, since it is asked of a thousand small files: each way through the thread pool takes longer than to read and hash one. */
function isWhole(folder: string, { path, sha256 }: FileHash): boolean {
  try {
    return (
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex') === sha256
    );
  } catch {
    return false;
  }
}

const damaged = (folder: string, what: string) =>
  failure('Invalid', `The release at ${folder} is damaged: ${what}.`, {
    next: 'Nothing was published. Remove that folder and build again, or go back to another release (docs list).',
  });
