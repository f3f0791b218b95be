import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { planCollection, type Collection } from '../../core/docs/plan-collection.ts';
import { removeTree } from './durable.ts';
import { failure } from '../../policies/failures.ts';
import { versionsOf } from './pointer-journal.ts';
import { convergeSite, isWanted, readSite, readVersions, untrash, type SiteState } from './release-store.ts';
import type { SiteLayout } from './site-layout.ts';
import { sweepWorkspaces } from './workspace.ts';

export interface Retention {
  readonly keep: number;
  readonly graceMs: number;
}

/**
 * Removes releases that nothing needs: each by a rename first, so that it is gone as a whole, and back again where somebody has pointed at
 * it in that very moment. What a killed process began is finished first.
 *
 * @throws failure `NotFound` where there is no site.
 */
export async function collectReleases(layout: SiteLayout, retention: Retention): Promise<Collection> {
  if ((await versionsOf(layout)).length === 0)
    throw failure('NotFound', `${layout.out} is no site of this program.`, {
      next: 'Name the folder of one with --out.',
    });
  await convergeSite(layout);
  await sweepWorkspaces(layout.work);
  await mkdir(layout.trash, { recursive: true });
  const planned = plan(await readSite(layout), retention);
  const collect: string[] = [];
  for (const id of planned.collect) if (await collectOne(layout, id)) collect.push(id);
  const versions = await readVersions(layout);
  for (const name of await readdir(layout.trash))
    if (!isWanted(versions, name.split('.')[0] ?? '')) await removeTree(join(layout.trash, name));
  return { ...planned, collect };
}

/** False where somebody needs it after all. */
async function collectOne(layout: SiteLayout, id: string): Promise<boolean> {
  if (isWanted(await readVersions(layout), id)) return false;
  const name = `${id}.${randomUUID().slice(0, 8)}`;
  if (!(await toTrash(layout, id, name))) return false; // somebody else collects as well
  if (!isWanted(await readVersions(layout), id)) return true;
  await untrash(layout, name);
  return false;
}

async function toTrash({ releases, trash }: SiteLayout, id: string, name: string): Promise<boolean> {
  try {
    await chmod(join(releases, id), 0o755); // a folder that is read-only cannot be moved
    await rename(join(releases, id), join(trash, name));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}

function plan({ releases, journals, versions }: SiteState, { keep, graceMs }: Retention): Collection {
  return planCollection({
    releases: releases.map(({ id, manifest }) => ({
      id,
      built: manifest === null ? null : { version: manifest.version, finishedAt: manifest.finishedAt },
    })),
    journals,
    pointed: new Set(versions.flatMap(({ pointsAt }) => pointsAt ?? [])),
    keep,
    graceMs,
    now: new Date().toISOString(),
  });
}
