import type { SiteSpec } from '../contracts/docs-runs.ts';
import { isTagVersion } from '../core/docs/tag-version.ts';
import type { Wish } from './hook.ts';

/** What a push has moved. */
export interface Pushed {
  /** The addresses under which the repository is known. */
  readonly urls: readonly string[];
  /** `refs/heads/main`. */
  readonly ref: string;
  /** Where it stands now. */
  readonly commit: string;
}

/**
 * The builds that a push asks for: of every site of that repository, the version that is built from that branch or tag. The branch itself
 * is built, as it stands then: a push that is told late must not bring an older commit back.
 */
export function buildsOf({ urls, ref, commit }: Pushed, sites: readonly SiteSpec[]): readonly Wish[] {
  const known = new Set(urls.map(bare));
  return sites.flatMap((spec): readonly Wish[] => {
    if (spec.source.kind !== 'git' || !known.has(bare(spec.source.url))) return [];
    const version = versionOf(spec, spec.source.ref, ref);
    if (version === null) return [];
    return [{ kind: 'build', site: spec.site, version, ref: version === 'latest' ? null : ref, commit }];
  });
}

function versionOf({ tags }: SiteSpec, latest: string, ref: string): string | null {
  if (ref === latest || ref === `refs/heads/${latest}`) return 'latest';
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  return tag !== undefined && tags !== null && isTagVersion(tag, tags) ? tag : null;
}

/** `https://host/a/b.git`, `git@host:a/b.git` and `https://host/a/b` are one repository. */
function bare(url: string): string {
  const [, host, path] = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^/:]+(?::\d+(?=\/))?)[:/](.*)$/i.exec(url.trim()) ?? [];
  return host === undefined || path === undefined
    ? url
    : `${host.toLowerCase()}/${path.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}
