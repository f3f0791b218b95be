import { join } from 'node:path';

/** Where everything of a published site lies. All of it on one file system: a rename is what makes each change whole. */
export interface SiteLayout {
  readonly out: string;
  /** `releases/<id>`: complete, read-only, never changed. */
  readonly releases: string;
  /** `versions/<version>`: a relative symbolic link to a release, the pointer. */
  readonly versions: string;
  /** `.state/<version>/<seq>.json`: the journal of each pointer. */
  readonly state: string;
  /** Work in progress, one folder a build. */
  readonly work: string;
  /** What is about to be removed. */
  readonly trash: string;
}

export function siteLayout(out: string): SiteLayout {
  return {
    out,
    releases: join(out, 'releases'),
    versions: join(out, 'versions'),
    state: join(out, '.state'),
    work: join(out, '.tmp'),
    trash: join(out, '.trash'),
  };
}
