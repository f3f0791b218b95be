import type { Server } from 'node:http';
import { collectReleases, type Retention } from '../activities/docs/collect-releases.ts';
import type { DocsTools, DocsWatch } from '../activities/docs/build-docs.ts';
import { generateTypedoc } from '../activities/docs/generate-typedoc.ts';
import { publishDocs, publishFlat, type DocsReport, type Publication } from '../activities/docs/publish-docs.ts';
import {
  convergeSite,
  readSite,
  rollBack,
  unpin,
  type Asked,
  type SiteState,
} from '../activities/docs/release-store.ts';
import { serveSite, type ServeOptions } from '../activities/docs/serve-site.ts';
import { siteLayout } from '../activities/docs/site-layout.ts';
import { typedocVersion } from '../activities/docs/typedoc-version.ts';
import { verifySite } from '../activities/docs/verify-site.ts';
import { inWords } from '../activities/docs/preflight.ts';
import type { Decision } from '../core/docs/pointer-move.ts';
import type { Collection } from '../core/docs/plan-collection.ts';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';
import { stopOf } from './docs-stop.ts';

/** Documentation on this machine, in this process: no Temporal, no file. */

export type DocsOrder = Omit<Publication, 'tools'> & { readonly flat: boolean };

/** @throws what the stage that failed says. */
export function buildHere({ flat, ...order }: DocsOrder, watch: DocsWatch): Promise<DocsReport> {
  const tools: DocsTools = { generator: typedocVersion(), generate: generateTypedoc, verify: verifySite };
  return (flat ? publishFlat : publishDocs)({ ...order, tools }, watch);
}

/** @throws Stop with exit 3 where it cannot be read. */
export const listHere = (out: string): Promise<SiteState> => orStop(readSite(siteLayout(out)));

/** @throws Stop with exit 3: nothing was moved. */
export const rollBackHere = (out: string, asked: Asked & { readonly to: string | null }): Promise<Decision> =>
  orStop(inWords(out, () => rollBack(siteLayout(out), asked)));

/** @throws Stop with exit 3: nothing was changed. */
export const unpinHere = (out: string, asked: Asked): Promise<Decision> =>
  orStop(inWords(out, () => unpin(siteLayout(out), asked)));

/** @throws Stop with exit 3: nothing more was removed. */
export const collectHere = (out: string, retention: Retention): Promise<Collection> =>
  orStop(
    inWords(out, async () => {
      await convergeSite(siteLayout(out));
      return collectReleases(siteLayout(out), retention);
    }),
  );

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
