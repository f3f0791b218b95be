import type { PointerMove } from './pointer-move.ts';

/** The files at the root of a site, made from where its pointers stand and from nothing else, so that they can be made anew at any time. */
export interface RootFiles {
  readonly 'versions.json': string;
  readonly 'index.html': string;
  readonly 'robots.txt': string;
  /** Where the address of the site is known. */
  readonly 'sitemap.xml'?: string;
}

/** What the default version shows. */
export interface ShownSite {
  /** Without a final slash. */
  readonly baseUrl: string;
  /** Relative to its release, with `/`. */
  readonly pages: readonly string[];
}

/**
 * @param standing The newest move of each version, in any order; at least one.
 * @param shown Null: the address of the site is not known.
 */
export function rootFiles(standing: readonly PointerMove[], shown: ShownSite | null): RootFiles {
  const first = defaultVersion(standing);
  const versions = [...standing]
    .sort((a, b) => (a.version < b.version ? -1 : 1))
    .map(({ version, release, at, pinnedSince }) => ({ version, release, publishedAt: at, pinnedSince }));
  return {
    'versions.json': `${JSON.stringify({ schemaVersion: 1, default: first, versions }, null, 2)}\n`,
    'index.html': page(`versions/${first}/`),
    'robots.txt': robots(first, { versions, shown }),
    ...(shown === null ? {} : { 'sitemap.xml': siteMap(shown, first) }),
  };
}

/** `latest` where there is one, else the version that was moved last. */
export function defaultVersion(standing: readonly PointerMove[]): string {
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
function robots(first: string, { versions, shown }: Robots): string {
  const others = versions
    .filter(({ version }) => version !== first)
    .map(({ version }) => `Disallow: /versions/${version}/`);
  const map = shown === null ? [] : [`Sitemap: ${shown.baseUrl}/sitemap.xml`];
  return ['User-agent: *', 'Disallow: /releases/', ...others, ...map, ''].join('\n');
}

interface Robots {
  readonly versions: readonly { readonly version: string }[];
  readonly shown: ShownSite | null;
}

/** Of more than these a file says nothing: https://www.sitemaps.org/protocol.html */
const MOST_ADDRESSES = 50_000;

function siteMap({ baseUrl, pages }: ShownSite, first: string): string {
  const addresses = pages
    .map((page) => page.replace(/(^|\/)index\.html$/, '$1'))
    .sort()
    .slice(0, MOST_ADDRESSES)
    .map((page) => `  <url><loc>${escapeXml(`${baseUrl}/versions/${first}/${encodeURI(page)}`)}</loc></url>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...addresses,
    '</urlset>',
    '',
  ].join('\n');
}

const escapeXml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/'/g, '&apos;');
