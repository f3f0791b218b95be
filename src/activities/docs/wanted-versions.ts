import { randomInt } from 'node:crypto';
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
  readonly config: Pick<Config, 'docs' | 'reach' | 'secrets'>;
  readonly layout: SiteLayout;
}

/** So many new tags are built at once: the newest, and some of the others by chance, since tags that always fail must not keep them away. */
const MOST_AT_ONCE = { newest: 5, others: 5 };

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
  return [latest, ...someOf(fresh).map((version) => ({ version, ref: `refs/tags/${version}` }))];
}

function someOf(tags: readonly string[]): readonly string[] {
  const newestFirst = [...tags].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const newest = newestFirst.splice(0, MOST_AT_ONCE.newest);
  for (let free = MOST_AT_ONCE.others; free > 0 && newestFirst.length > 0; free -= 1)
    newest.push(...newestFirst.splice(randomInt(newestFirst.length), 1));
  return newest;
}

/** A tag whose name is no name of a folder is left to whoever names a version for it. */
const isVersion = (tag: string): boolean => readVersionName(tag).kind === 'ok';
