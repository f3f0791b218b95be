import { join } from 'node:path';
import type { Manifest, ReleaseFacts } from '../../contracts/docs.ts';
import type { DocsListing } from '../../contracts/docs-runs.ts';
import type { SiteState } from './release-store.ts';
import type { SiteLayout } from './site-layout.ts';

/** A release in numbers, out of its manifest, which may list thousands of files. */
export function releaseFacts({ releases }: Pick<SiteLayout, 'releases'>, manifest: Manifest): ReleaseFacts {
  const { release: id, version, source, generator, finishedAt, site, diagnostics, coverage, changes } = manifest;
  return {
    id,
    folder: join(releases, id),
    version,
    revision: source.revision,
    generator,
    finishedAt,
    pages: site.pages,
    files: site.files,
    bytes: site.bytes,
    warnings: diagnostics.warnings,
    brokenLinks: site.brokenLinkCount,
    coverage: coverage?.percent ?? null,
    changes,
  };
}

/** What stands in a site, without the lists of files. */
export function listingOf(layout: SiteLayout, { versions, releases }: SiteState): DocsListing {
  return {
    out: layout.out,
    versions,
    releases: releases.map(({ id, manifest }) => ({ id, facts: manifest && releaseFacts(layout, manifest) })),
  };
}
