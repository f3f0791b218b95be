import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import pLimit from 'p-limit';
import type { BrokenLink, BuildLimits, FileHash, SiteFacts } from '../../contracts/docs.ts';
import { findLink } from '../../core/docs/find-link.ts';
import { failure } from '../../policies/failures.ts';
import { MANIFEST } from './read-manifest.ts';
import { readPage, type Page } from './read-page.ts';

export interface VerifiedSite {
  readonly facts: SiteFacts;
  readonly files: readonly FileHash[];
}

/**
 * Looks at what a generator left, whichever it was: that it is a site, within its limits, of plain files, and where its links lead.
 *
 * Reachable is a page to which a way of links in HTML leads from index.html; what only a script finds is not. A link out of the site counts
 * as broken.
 *
 * @throws failure `Invalid` without an index.html, `Refused` for what is neither file nor folder, or over a limit.
 */
export async function verifySite(folder: string, limits: BuildLimits): Promise<VerifiedSite> {
  const paths = await plainFiles(folder, limits.files);
  if (!paths.includes('index.html'))
    throw failure('Invalid', 'The generator left no index.html.', { next: 'Look at what it says.' });
  if (paths.includes(MANIFEST))
    throw failure('Invalid', `The generator left a ${MANIFEST}, where every release has the list of its files.`, {
      next: 'Give that file another name, such as site.webmanifest.',
    });
  const limit = pLimit(16);
  const read = await Promise.all(paths.map((path) => limit(() => readSiteFile(folder, path))));
  const bytes = read.reduce((sum, { file }) => sum + file.bytes, 0);
  if (bytes > limits.bytes) throw tooMuch(`${bytes} bytes`, `${limits.bytes}`);
  const site = new Map(read.map(({ file, page }) => [file.path, page]));
  const { brokenLinks, ways } = followLinks(site);
  const facts: SiteFacts = {
    pages: read.filter(({ page }) => page !== null).length,
    reachable: reachableFrom('index.html', ways).size,
    files: paths.length,
    bytes,
    brokenLinks: brokenLinks.slice(0, MOST_BROKEN),
    brokenLinkCount: brokenLinks.length,
    brokenLinkKeys: brokenLinks.slice(0, MOST_KEYS).map(keyOf),
  };
  return { facts, files: read.map(({ file }) => file) };
}

const MOST_BROKEN = 100;
const MOST_KEYS = 5_000;

const keyOf = ({ from, to }: BrokenLink): string =>
  createHash('sha256')
    .update(JSON.stringify([from, to]))
    .digest('hex')
    .slice(0, 12);

/** @throws failure `Refused` at the first thing that is neither a file nor a folder. */
async function plainFiles(folder: string, most: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isFile()) paths.push(path);
    else if (!entry.isDirectory())
      throw failure('Refused', `The generator left ${path}, which is neither a file nor a folder.`, {
        next: 'Nothing but files is published: a link may lead anywhere.',
      });
  }
  if (paths.length > most) throw tooMuch(`${paths.length} files`, `${most}`);
  return paths.sort();
}

const tooMuch = (found: string, allowed: string) =>
  failure('Refused', `The site has ${found}, and ${allowed} are allowed.`, { next: 'Make it smaller.' });

interface SiteFile {
  readonly file: FileHash;
  /** Null: it is no page. */
  readonly page: Page | null;
}

async function readSiteFile(folder: string, path: string): Promise<SiteFile> {
  const content = await readFile(join(folder, path));
  const sha256 = createHash('sha256').update(content).digest('hex');
  const page = path.endsWith('.html') ? readPage(content.toString('utf8')) : null;
  return { file: { path, bytes: content.length, sha256 }, page };
}

type Site = ReadonlyMap<string, Page | null>;
/** Pages that each page leads to. */
type Ways = ReadonlyMap<string, readonly string[]>;

function followLinks(site: Site): { readonly brokenLinks: readonly BrokenLink[]; readonly ways: Ways } {
  const brokenLinks: BrokenLink[] = [];
  const ways = new Map<string, string[]>();
  for (const [from, page] of site) {
    const leads: string[] = [];
    for (const link of page?.links ?? []) {
      const led = follow(site, { from, page, link });
      if (led.kind === 'there') leads.push(led.path);
      if (led.kind === 'broken') brokenLinks.push({ from, to: link.slice(0, LONGEST_LINK) });
    }
    ways.set(from, leads);
  }
  return { brokenLinks, ways };
}

const LONGEST_LINK = 300;

interface Following {
  readonly from: string;
  readonly page: Page | null;
  readonly link: string;
}

type Led = { readonly kind: 'there'; readonly path: string } | { readonly kind: 'broken' | 'elsewhere' };

function follow(site: Site, { from, page, link }: Following): Led {
  const start = page?.base == null ? null : findLink(from, page.base);
  if (start !== null && start.kind !== 'file') return { kind: start.kind === 'outside' ? 'broken' : 'elsewhere' };
  const target = findLink(start?.path ?? from, link);
  if (target.kind !== 'file') return { kind: target.kind === 'outside' ? 'broken' : 'elsewhere' };
  const path = [target.path, `${target.path}/index.html`, `${target.path}index.html`].find((one) => site.has(one));
  if (path === undefined) return { kind: 'broken' };
  const { fragment } = target;
  const isThere = fragment === '' || fragment === 'top' || (site.get(path)?.ids.has(fragment) ?? true);
  return isThere ? { kind: 'there', path } : { kind: 'broken' };
}

function reachableFrom(first: string, ways: Ways): ReadonlySet<string> {
  const found = new Set([first]);
  for (const page of found) for (const to of ways.get(page) ?? []) if (to.endsWith('.html')) found.add(to);
  return found;
}
