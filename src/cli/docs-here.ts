import type { Server } from 'node:http';
import type { DocsAsk, DocsWatch } from '../activities/docs/build-pages.ts';
import { collectReleases, type Retention } from '../activities/docs/collect-releases.ts';
import { detectGenerator } from '../activities/docs/detect-generator.ts';
import { docsTools } from '../activities/docs/docs-tools.ts';
import { inWords } from '../activities/docs/preflight.ts';
import { publishDocs, publishFlat, type FolderReport, type Publication } from '../activities/docs/publish-docs.ts';
import { listingOf } from '../activities/docs/release-facts.ts';
import { moveVersion, readSite } from '../activities/docs/release-store.ts';
import { serveSite, type ServeOptions } from '../activities/docs/serve-site.ts';
import { siteLayout } from '../activities/docs/site-layout.ts';
import type { DocsConfig } from '../config.ts';
import type { Generator } from '../contracts/docs.ts';
import type { DocsCollection, DocsDecision, DocsListing, DocsMove } from '../contracts/docs-runs.ts';
import { stopOf } from './docs-stop.ts';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';

/** Documentation on this machine, in this process: no Temporal, no file. */

export interface DocsOrder extends Pick<Publication, 'out' | 'by'> {
  /** Null: as the tree shows. */
  readonly ask: Omit<DocsAsk, 'generator'> & { readonly generator: Generator | null };
  readonly flat: boolean;
}

/** @throws what the stage that failed says. */
export async function buildHere(
  { flat, ask, ...order }: DocsOrder,
  config: DocsConfig,
  watch: DocsWatch,
): Promise<FolderReport> {
  const generator = ask.generator ?? (await detectGenerator(ask.source));
  const publication = { ...order, ask: { ...ask, generator }, tools: docsTools(config) };
  return inWords(order.out, () => (flat ? publishFlat : publishDocs)(publication, watch));
}

/** @throws Stop with exit 3 where it cannot be read. */
export async function listHere(out: string): Promise<DocsListing> {
  const layout = siteLayout(out);
  return listingOf(layout, await orStop(readSite(layout)));
}

/** @throws Stop with exit 3: nothing was moved. */
export const moveHere = (out: string, asked: Omit<DocsMove, 'spec'>): Promise<DocsDecision> =>
  orStop(inWords(out, () => moveVersion(siteLayout(out), asked)));

/** @throws Stop with exit 3: nothing more was removed. */
export const collectHere = (out: string, retention: Retention): Promise<DocsCollection> =>
  orStop(inWords(out, () => collectReleases(siteLayout(out), retention)));

/** @throws Stop with exit 3 where the port is not to be had. */
export async function serveHere(out: string, options: ServeOptions): Promise<Server> {
  try {
    return await serveSite(out, options);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    const found = `--port: ${options.port} cannot be listened on (${code})`;
    throw new Stop(EXIT.refused, [problem(found, 'another port, or 0 for any free one')], cause);
  }
}

async function orStop<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw stopOf(cause);
  }
}
