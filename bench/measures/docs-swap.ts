import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../src/activities/docs/durable.ts';
import type { DocsTools } from '../../src/activities/docs/make-pages.ts';
import { publishDocs } from '../../src/activities/docs/publish-docs.ts';
import { publish } from '../../src/activities/docs/release-store.ts';
import { serveSite } from '../../src/activities/docs/serve-site.ts';
import { siteLayout, type SiteLayout } from '../../src/activities/docs/site-layout.ts';
import { verifySite } from '../../src/activities/docs/verify-site.ts';
import { DEFAULT_BUILD_LIMITS, DEFAULT_TYPEDOC, NO_GATES } from '../../src/contracts/docs.ts';
import { startReaders } from '../docs-readers.ts';
import type { Measure, Row } from '../measure.ts';
import { largest, median } from '../statistics.ts';

const ACTIVATION_MS = 50;
const READERS = 50;

/** The move of a pointer: how long it takes, and what readers notice of it. */
export const docsSwap: Measure = {
  name: 'docs-swap',
  doing: 'releases are made to stand in turn, under readers (about 3 min)',
  run: async ({ quick }) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-bench-docs-')));
    try {
      const many = await twoReleases(join(folder, 'many'), 1_000);
      const few = await twoReleases(join(folder, 'few'), 10);
      return [await activation(many, quick ? 10 : 50), await underReaders(few, quick ? 300 : 3_000)];
    } finally {
      await removeTree(folder);
    }
  },
};

/** A site, and the releases that take turns in it. */
interface Site {
  readonly layout: SiteLayout;
  readonly releases: readonly string[];
}

async function twoReleases(folder: string, files: number): Promise<Site> {
  const source = join(folder, 'source');
  await mkdir(source, { recursive: true });
  const layout = siteLayout(join(folder, 'site'));
  const releases: string[] = [];
  for (const name of ['one', 'other']) {
    await writeFile(join(source, 'index.ts'), name);
    releases.push(await release({ layout, source, name, files }));
  }
  return { layout, releases };
}

interface Making {
  readonly layout: SiteLayout;
  readonly source: string;
  readonly name: string;
  readonly files: number;
}

async function release({ layout, source, name, files }: Making): Promise<string> {
  const terms = { trusted: true, limits: DEFAULT_BUILD_LIMITS, gates: NO_GATES, baseUrl: null };
  const ask = {
    source,
    version: 'latest',
    generator: { kind: 'typedoc' as const, options: DEFAULT_TYPEDOC },
    ...terms,
  };
  const watch = { signal: new AbortController().signal, stage: () => undefined };
  const { manifest } = await publishDocs({ ask, tools: writing(name, files), out: layout.out, by: 'bench' }, watch);
  return manifest.release;
}

/** Instead of TypeDoc, which is measured elsewhere: pages of 20 kB that say whose they are. */
function writing(name: string, files: number): DocsTools {
  const generator = { name: 'typedoc', version: 'none', typescript: 'none' } as const;
  const page = `${name}\n${'<p>What a page has to say.</p>\n'.repeat(650)}${name}\n`;
  return {
    revisionOf: () => Promise.resolve(null),
    versionOf: () => Promise.resolve(generator),
    generate: async ({ out }) => {
      for (let at = 1; at < files; at++) await writeFile(join(out, `page-${at}.html`), page);
      await writeFile(join(out, 'index.html'), page);
      return { generator, diagnostics: { errors: 0, warnings: 0, shown: [], warningKeys: [] } };
    },
    verify: verifySite,
  };
}

async function activation(site: Site, times: number): Promise<Row> {
  const took = await inTurn(site, times);
  return {
    measure: 'a release of 1,000 files made to stand',
    goal: `${ACTIVATION_MS} ms`,
    reached: `${median(took).toFixed(0)} ms, at most ${largest(took).toFixed(0)} ms (${times})`,
    yardstick: 'every file compared with its manifest, journal and pointer flushed to the disk',
    ok: median(took) <= ACTIVATION_MS,
  };
}

async function underReaders(site: Site, swaps: number): Promise<Row> {
  const server = await serveSite(site.layout.out, { port: 0, consistent: false });
  const { port } = server.address() as AddressInfo;
  try {
    const readers = await startReaders(`http://127.0.0.1:${port}/versions/latest/page-1.html`, READERS);
    await inTurn(site, swaps);
    const { reads, misses } = await readers.stop();
    return {
      measure: `${swaps} swaps under ${READERS} readers`,
      goal: '0 misses',
      reached: `${misses} of ${reads} reads`,
      yardstick: 'a link removed and made anew: 5,784 of 8,634 reads',
      ok: misses === 0 && reads > 0,
    };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Milliseconds of each move. @throws where one was not made. */
async function inTurn({ layout, releases }: Site, times: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let time = 0; time < times; time++) {
    const release = releases[time % 2] ?? '';
    const began = performance.now();
    const asked = { version: 'latest', release, by: 'bench', askedAt: new Date().toISOString() };
    const { kind } = await publish(layout, asked);
    took.push(performance.now() - began);
    if (kind !== 'move') throw new Error(`release ${release} was to stand: ${kind}`);
  }
  return took;
}
