import type { PointerMove } from './pointer-move.ts';

/** The files at the root of a site, made from where its pointers stand and from nothing else, so that they can be made anew at any time. */
export interface RootFiles {
  readonly 'versions.json': string;
  readonly 'index.html': string;
  readonly 'robots.txt': string;
}

/** `standing`: the newest move of each version, in any order; at least one. */
export function rootFiles(standing: readonly PointerMove[]): RootFiles {
  const first = defaultVersion(standing);
  const versions = [...standing]
    .sort((a, b) => (a.version < b.version ? -1 : 1))
    .map(({ version, release, at, pinnedSince }) => ({ version, release, publishedAt: at, pinnedSince }));
  return {
    'versions.json': `${JSON.stringify({ schemaVersion: 1, default: first, versions }, null, 2)}\n`,
    'index.html': page(`versions/${first}/`),
    'robots.txt': robots(first, versions),
  };
}

/** `latest` where there is one, else the version that was moved last. */
function defaultVersion(standing: readonly PointerMove[]): string {
  if (standing.some(({ version }) => version === 'latest')) return 'latest';
  return [...standing].sort((a, b) => (a.at < b.at ? 1 : -1))[0]?.version ?? 'latest';
}

/** Names of versions need no escaping: they are letters, digits, dots and dashes. */
const page = (to: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Documentation</title>
<meta http-equiv="refresh" content="0; url=${to}">
<link rel="canonical" href="${to}">
<p>The documentation is at <a href="${to}">${to}</a>.</p>
</html>
`;

/** Search engines are to show one version, and never a release by its own address: that one goes away. */
function robots(first: string, versions: readonly { readonly version: string }[]): string {
  const others = versions
    .filter(({ version }) => version !== first)
    .map(({ version }) => `Disallow: /versions/${version}/`);
  return ['User-agent: *', 'Disallow: /releases/', ...others, ''].join('\n');
}
