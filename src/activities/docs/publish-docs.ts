import { join } from 'node:path';
import type { GateFinding, Manifest } from '../../contracts/docs.ts';
import * as says from '../../contracts/docs-words.ts';
import { outcomeOfMove } from '../../core/docs/outcome-of-move.ts';
import { spaceNeeded } from '../../core/docs/space-needed.ts';
import { buildPages, readSource, stage, type DocsAsk, type DocsWatch, type ReadSource } from './build-pages.ts';
import { flatSite, prepareFlat, replaceFlat } from './flat-site.ts';
import { judgeRelease, standingRelease } from './judge-release.ts';
import type { DocsTools } from './make-pages.ts';
import { standsAt } from './pointer.ts';
import { preflight } from './preflight.ts';
import { mustBeWhole, readManifest, readReleases } from './read-manifest.ts';
import { convergeSite, publish } from './release-store.ts';
import { siteLayout, type SiteLayout } from './site-layout.ts';
import { stageRelease } from './stage-release.ts';
import { openWorkspace, sweepWorkspaces } from './workspace.ts';

export interface Publication {
  readonly ask: DocsAsk;
  readonly tools: DocsTools;
  /** Absolute, without links above it. */
  readonly out: string;
  readonly by: string;
}

export interface FolderReport {
  readonly outcome: 'published' | 'unchanged' | 'not-published' | 'gates-failed';
  /** Why it was not published. */
  readonly why: string | null;
  /** True: no build was needed, a release of the same source was there. */
  readonly reused: boolean;
  readonly manifest: Manifest;
  readonly findings: readonly GateFinding[];
  /** The release that stands now; null: none. */
  readonly stands: string | null;
}

/**
 * Builds documentation and publishes it as a release of a site; an unchanged source costs a look.
 *
 * P2 Everything before the last stage leaves what is published alone, and the last one is a move of a pointer.
 *
 * @throws failure of the stage that failed.
 */
export async function publishDocs(publication: Publication, watch: DocsWatch): Promise<FolderReport> {
  const { ask, tools, out, by } = publication;
  const askedAt = new Date().toISOString();
  const layout = await stage(watch, ['preparing', leftoverWords], () => prepareSite(out, ask.version));
  const source = await stage(watch, ['reading', ({ facts }) => says.tree({ ...facts, trusted: ask.trusted })], () =>
    readSource(ask, tools, [out]),
  );
  const known = await stage(watch, ['looking', (found) => says.known(found && { id: found.release })], () =>
    findRelease(layout, source.key),
  );
  const manifest = known ?? (await buildRelease({ ask, tools, layout }, source, watch));
  const { release } = manifest;
  const { findings, stands } = await stage(watch, ['judging', says.findings], () =>
    judgeRelease(layout, { ...ask, release }),
  );
  const built = { manifest, reused: known !== null, findings };
  if (findings.some(({ passed }) => !passed)) return gatesFailed(built, stands);
  const asked = { version: ask.version, release, askedAt, by };
  const decision = await stage(watch, ['activating', says.decision], () => publish(layout, asked));
  return { ...built, ...outcomeOfMove(decision, { release, reused: built.reused }) };
}

/** The same into one plain folder, that has no releases to go back to. */
export async function publishFlat({ ask, tools, out }: Publication, watch: DocsWatch): Promise<FolderReport> {
  const site = flatSite(out);
  const before = await readManifest(out);
  await stage(watch, ['preparing', () => out], async () => {
    await prepareFlat(site, { spaceBytes: spaceNeeded(before === null ? [] : [before.site]) });
    await sweepWorkspaces(site.work);
  });
  const source = await stage(watch, ['reading', ({ facts }) => says.tree({ ...facts, trusted: ask.trusted })], () =>
    readSource(ask, tools, [site.out, site.beside]),
  );
  const stands = await wholeOrNull(out);
  if (stands?.buildKey === source.key) {
    const { release, gates: findings } = stands;
    return { outcome: 'unchanged', why: null, reused: true, manifest: stands, findings, stands: release };
  }
  const { path: work, close } = await openWorkspace(site.work);
  try {
    const standing = stands && { manifest: stands, folder: out };
    const { site: pages, manifest } = await buildPages({ ask, tools, work, standing }, source, watch);
    const built = { manifest, reused: false, findings: manifest.gates };
    if (built.findings.some(({ passed }) => !passed)) return gatesFailed(built, stands?.release ?? null);
    await stage(watch, ['swapping', () => out], () => replaceFlat(site, pages, manifest));
    return { ...built, outcome: 'published', why: null, stands: manifest.release };
  } finally {
    await close();
  }
}

export interface Prepared extends SiteLayout {
  readonly swept: number;
}

/** Everything that a build of a version needs of the folder of a site, and what killed builds left is put right. @throws failure `Refused`. */
export async function prepareSite(out: string, version: string): Promise<Prepared> {
  const releases = await readReleases(siteLayout(out));
  const sites = releases.flatMap(({ manifest }) => manifest?.site ?? []);
  const layout = await preflight(out, { spaceBytes: spaceNeeded(sites) });
  const swept = await sweepWorkspaces(layout.work);
  await convergeSite(layout);
  await standsAt(layout, version); // refused now, and not after ten minutes of building
  return { ...layout, swept };
}

const leftoverWords = ({ out, swept }: Prepared): string =>
  swept === 0 ? out : `${out}, cleared away what ${swept} killed builds left`;

/** The newest whole release of the same source; one that is damaged is as good as none. */
export async function findRelease(layout: SiteLayout, key: string): Promise<Manifest | null> {
  for (const { id, manifest } of await readReleases(layout)) {
    const whole = manifest?.buildKey === key ? await wholeOrNull(join(layout.releases, id)) : null;
    if (whole !== null) return whole;
  }
  return null;
}

const wholeOrNull = (folder: string): Promise<Manifest | null> => mustBeWhole(folder).catch(() => null);

type Build = Pick<Publication, 'ask' | 'tools'> & { readonly layout: SiteLayout };

async function buildRelease({ ask, tools, layout }: Build, source: ReadSource, watch: DocsWatch) {
  const { path: work, close } = await openWorkspace(layout.work);
  try {
    const standing = await standingRelease(layout, ask.version);
    const { site, manifest } = await buildPages({ ask, tools, work, standing }, source, watch);
    await stage(watch, ['staging', () => manifest.release], () => stageRelease(layout, site, manifest));
    return manifest;
  } finally {
    await close();
  }
}

type Built = Pick<FolderReport, 'manifest' | 'reused' | 'findings'>;

function gatesFailed(built: Built, stands: string | null): FolderReport {
  const failed = built.findings.filter(({ passed }) => !passed);
  const why = failed.map(({ sentence }) => sentence).join(' ');
  return { ...built, outcome: 'gates-failed', why, stands };
}
