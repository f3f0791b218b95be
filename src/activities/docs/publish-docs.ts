import { join } from 'node:path';
import type { GateFinding, Manifest } from '../../contracts/docs.ts';
import type { Judgement } from '../../contracts/docs-activities.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { Decision } from '../../core/docs/pointer-move.ts';
import { spaceNeeded } from '../../core/docs/space-needed.ts';
import { buildPages, readSource, stage, treeWords, type DocsAsk, type DocsWatch } from './build-docs.ts';
import { flatSite, prepareFlat, replaceFlat } from './flat-site.ts';
import { judgeRelease, standingRelease } from './judge-release.ts';
import type { DocsTools } from './make-pages.ts';
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

export interface DocsReport {
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
export async function publishDocs(publication: Publication, watch: DocsWatch): Promise<DocsReport> {
  const { ask, tools, out, by } = publication;
  const askedAt = new Date().toISOString();
  const layout = await stage(watch, ['preparing', leftoverWords], () => prepareSite(out));
  const source = await stage(watch, ['reading', treeWords], () => readSource(ask, tools, [out]));
  const known = await stage(watch, ['looking', (found) => found?.release ?? 'no release of this source yet'], () =>
    findRelease(layout, source.key),
  );
  const manifest = known ?? (await buildRelease({ ask, tools, layout }, source, watch));
  const { release } = manifest;
  const { findings, stands } = await stage(watch, ['judging', findingWords], () =>
    judgeRelease(layout, { ...ask, release }),
  );
  const built = { manifest, reused: known !== null, findings };
  if (findings.some(({ passed }) => !passed)) return gatesFailed(built, stands);
  const asked = { version: ask.version, release, askedAt, by };
  const decision = await stage(watch, ['activating', ({ kind }) => ACTIVATED[kind]], () => publish(layout, asked));
  return reportOf(decision, built);
}

const findingWords = ({ findings }: Judgement): string =>
  findings.length === 0 ? 'no gate was asked for' : findings.map(({ sentence }) => sentence).join(' ');

/** The same into one plain folder, that has no releases to go back to. */
export async function publishFlat({ ask, tools, out }: Publication, watch: DocsWatch): Promise<DocsReport> {
  const site = flatSite(out);
  const before = await readManifest(out);
  await stage(watch, ['preparing', () => out], async () => {
    await prepareFlat(site, { spaceBytes: spaceNeeded(before === null ? [] : [before.site]) });
    await sweepWorkspaces(site.work);
  });
  const source = await stage(watch, ['reading', treeWords], () => readSource(ask, tools, [site.out, site.beside]));
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

/** Everything that a build needs of the folder of a site, and what killed builds left is put right. @throws failure `Refused`. */
export async function prepareSite(out: string): Promise<Prepared> {
  const releases = await readReleases(siteLayout(out));
  const sites = releases.flatMap(({ manifest }) => manifest?.site ?? []);
  const layout = await preflight(out, { spaceBytes: spaceNeeded(sites) });
  const swept = await sweepWorkspaces(layout.work);
  await convergeSite(layout);
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

async function buildRelease({ ask, tools, layout }: Build, source: Parameters<typeof buildPages>[1], watch: DocsWatch) {
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

const ACTIVATED: Readonly<Record<Decision['kind'], string>> = {
  move: 'the pointer was moved and read back',
  already: 'it stands already',
  pinned: 'left, the version is pinned',
  overtaken: 'left, a newer one stands',
  refused: 'left',
};

type Built = Pick<DocsReport, 'manifest' | 'reused' | 'findings'>;

function gatesFailed(built: Built, stands: string | null): DocsReport {
  const failed = built.findings.filter(({ passed }) => !passed);
  const why = failed.map(({ sentence }) => sentence).join(' ');
  return { ...built, outcome: 'gates-failed', why, stands };
}

function reportOf(decision: Decision, built: Built): DocsReport {
  const { release } = built.manifest;
  switch (decision.kind) {
    case 'move':
      return { ...built, outcome: 'published', why: null, stands: release };
    case 'already':
      return { ...built, outcome: built.reused ? 'unchanged' : 'published', why: null, stands: release };
    case 'pinned':
      return notPublished(
        `pinned since ${decision.stands.pinnedSince ?? ''} by ${decision.stands.by}`,
        decision,
        built,
      );
    case 'overtaken':
      return notPublished(`what was asked for later stands already, by ${decision.stands.by}`, decision, built);
    case 'refused':
      return { ...built, outcome: 'not-published', why: decision.reason, stands: null };
    default:
      return assertNever(decision);
  }
}

const notPublished = (why: string, { stands }: { readonly stands: { release: string } }, built: Built): DocsReport => ({
  ...built,
  outcome: 'not-published',
  why,
  stands: stands.release,
});
