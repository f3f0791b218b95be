import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { DocsWatch } from '../../../src/activities/docs/build-pages.ts';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import type { DocsTools } from '../../../src/activities/docs/make-pages.ts';
import { publishDocs, type FolderReport, type Publication } from '../../../src/activities/docs/publish-docs.ts';
import { siteLayout, type SiteLayout } from '../../../src/activities/docs/site-layout.ts';
import { DEFAULT_BUILD_LIMITS, DEFAULT_TYPEDOC, NO_GATES } from '../../../src/contracts/docs.ts';

export const PAGES = ['index.html', 'a.html', 'sub/b.html', 'search.js'];

/** A generator that writes what the source says into every page, so that a mixture of two releases shows. */
export function fakeTools(over: Partial<DocsTools> = {}): DocsTools {
  const generator = { name: 'typedoc', version: '0.28.20', typescript: '6.0.3' } as const;
  return {
    revisionOf: () => Promise.resolve(null),
    versionOf: () => Promise.resolve(generator),
    generate: async ({ tree, out, json }) => {
      const text = await readFile(join(tree, 'index.ts'), 'utf8');
      await mkdir(join(out, 'sub'));
      for (const page of PAGES) await writeFile(join(out, page), `${text}${'.'.repeat(5_000)}${text}`);
      await writeFile(json, JSON.stringify({ text }));
      return { generator, diagnostics: { errors: 0, warnings: 0, shown: [], warningKeys: [] } };
    },
    verify: async (folder) => {
      const files = await hashesOf(folder);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const facts = {
        pages: 3,
        reachable: 3,
        files: files.length,
        bytes,
        brokenLinks: [],
        brokenLinkCount: 0,
        brokenLinkKeys: [],
      };
      return { facts, files };
    },
    ...over,
  };
}

async function hashesOf(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path),
      bytes: (await stat(path)).size,
      sha256: createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    })),
  );
}

export interface Scene {
  readonly folder: string;
  readonly source: string;
  readonly layout: SiteLayout;
  readonly says: (text: string) => Promise<void>;
  readonly publication: (tools?: DocsTools) => Publication;
  readonly build: (tools?: DocsTools) => Promise<FolderReport>;
  readonly close: () => Promise<void>;
}

/** A source and a place for a site. */
export async function openScene(): Promise<Scene> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-site-')));
  const source = join(folder, 'source');
  const layout = siteLayout(join(folder, 'site'));
  await mkdir(source);
  const generator = { kind: 'typedoc' as const, options: DEFAULT_TYPEDOC };
  const terms = { trusted: true, limits: DEFAULT_BUILD_LIMITS, gates: NO_GATES, baseUrl: null };
  const ask = { source, version: 'latest', generator, ...terms };
  const publication = (tools = fakeTools()): Publication => ({ ask, tools, out: layout.out, by: 'me' });
  return {
    folder,
    source,
    layout,
    says: (text) => writeFile(join(source, 'index.ts'), text),
    publication,
    build: (tools) => publishDocs(publication(tools), quiet()),
    close: () => removeTree(folder),
  };
}

export const quiet = (): DocsWatch => ({ signal: new AbortController().signal, stage: () => undefined });

/** Every page of a version, as a reader gets them one after the other. */
export const readVersion = (layout: SiteLayout, version = 'latest'): Promise<readonly string[]> =>
  Promise.all(PAGES.map((page) => readFile(join(layout.versions, version, page), 'utf8')));

/** Everything below a folder that is published: names and contents. */
export async function published(out: string): Promise<Readonly<Record<string, string>>> {
  const files = (await hashesOf(out)).filter(({ path }) => !path.startsWith('.'));
  return Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
}
