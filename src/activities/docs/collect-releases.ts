import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { planCollection, type Collection } from '../../core/docs/plan-collection.ts';
import { removeTree } from './durable.ts';
import { failure } from '../../policies/failures.ts';
import { versionsOf } from './pointer-journal.ts';
import { convergeSite, readSite, readVersions, type SiteState, type StandingVersion } from './release-store.ts';
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
  for (const name of await readdir(layout.trash)) await removeTree(join(layout.trash, name));
  return { ...planned, collect };
}

/** False where somebody needs it after all. */
async function collectOne(layout: SiteLayout, id: string): Promise<boolean> {
  if (isWanted(await readVersions(layout), id)) return false;
  const release = join(layout.releases, id);
  const trash = join(layout.trash, `${id}.${randomUUID().slice(0, 8)}`);
  await chmod(release, 0o755); // a folder that is read-only cannot be moved
  await rename(release, trash);
  if (!isWanted(await readVersions(layout), id)) return true;
  await rename(trash, release);
  await chmod(release, 0o555);
  return false;
}

const isWanted = (versions: readonly StandingVersion[], id: string): boolean =>
  versions.some(({ stands, pointsAt }) => stands.release === id || pointsAt === id);

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
