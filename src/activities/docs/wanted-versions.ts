import type { Config } from '../../config.ts';
import type { WantedVersion } from '../../contracts/docs-activities.ts';
import type { SiteSpec } from '../../contracts/docs-runs.ts';
import { isTagVersion } from '../../core/docs/tag-version.ts';
import { readVersionName } from '../../core/docs/version-name.ts';
import { openRemote } from './git-remote.ts';
import { versionsOf } from './pointer-journal.ts';
import { listTags } from './resolve-ref.ts';
import type { SiteLayout } from './site-layout.ts';

export interface WantedDeps {
  readonly config: Pick<Config, 'docs' | 'secrets'>;
  readonly layout: SiteLayout;
}

/** So many new tags are built at once; the others come with the next looks. */
const MOST_AT_ONCE = 10;

/** `latest`, whose source may have moved, and tags that are no versions yet: a tag that was published once is not looked at again. */
export async function wantedVersions(
  { config, layout }: WantedDeps,
  { source, tags }: SiteSpec,
  signal: AbortSignal,
): Promise<readonly WantedVersion[]> {
  const latest = { version: 'latest', ref: null };
  if (source.kind === 'folder' || tags === null) return [latest];
  const published = new Set(await versionsOf(layout));
  const found = await listTags(config.docs.programs, await openRemote(config, source), signal);
  const fresh = found.filter((tag) => isTagVersion(tag, tags) && isVersion(tag) && !published.has(tag));
  const newestFirst = fresh.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).slice(0, MOST_AT_ONCE);
  return [latest, ...newestFirst.map((version) => ({ version, ref: `refs/tags/${version}` }))];
}

/** A tag whose name is no name of a folder is left to whoever names a version for it. */
const isVersion = (tag: string): boolean => readVersionName(tag).kind === 'ok';
