import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readVersions } from '../activities/docs/release-store.ts';
import { siteLayout } from '../activities/docs/site-layout.ts';
import type { Seen } from './gauges.ts';

/** When what each version shows was published, in seconds since the epoch, by the pointers on this worker's disk. */
export async function seeSites(publishRoot: string): Promise<readonly Seen<{ site: string; version: string }>[]> {
  const sites = await readdir(publishRoot).catch(() => []);
  const seen = await Promise.all(
    sites.map(async (site) =>
      (await readVersions(siteLayout(join(publishRoot, site)))).map(({ version, stands }) => ({
        labels: { site, version },
        value: Date.parse(stands.at) / 1_000,
      })),
    ),
  );
  return seen.flat();
}
