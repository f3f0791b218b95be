import { join } from 'node:path';
import type { Gates, Manifest } from '../../contracts/docs.ts';
import type { Judgement } from '../../contracts/docs-activities.ts';
import { judgeGates, type GateFacts } from '../../core/docs/judge-gates.ts';
import { failure } from '../../policies/failures.ts';
import { newestMove } from './pointer-journal.ts';
import { readManifest, type Standing } from './read-manifest.ts';
import type { SiteLayout } from './site-layout.ts';

export interface GateQuestion {
  readonly version: string;
  readonly release: string;
  readonly gates: Gates;
}

/**
 * Judges a release against what the version shows now: also one that was built long ago, with other gates.
 *
 * @throws failure `NotFound` where its manifest cannot be read.
 */
export async function judgeRelease(layout: SiteLayout, { version, release, gates }: GateQuestion): Promise<Judgement> {
  const built = await readManifest(join(layout.releases, release));
  if (built === null)
    throw failure('NotFound', `Release ${release} has no manifest that can be read.`, { next: 'Build it again.' });
  const standing = await standingRelease(layout, version);
  const stands = standing?.manifest.release ?? null;
  if (stands === release) return { findings: [], stands }; // it was judged before it was published
  return { findings: judgeGates(gates, gateFacts(built), standing && gateFacts(standing.manifest)), stands };
}

/** The release that a version shows; null where it shows none, or one whose manifest cannot be read. */
export async function standingRelease(layout: SiteLayout, version: string): Promise<Standing | null> {
  const release = (await newestMove(layout, version))?.release;
  const folder = join(layout.releases, release ?? '-');
  const manifest = release === undefined ? null : await readManifest(folder);
  return manifest === null ? null : { manifest, folder };
}

/** What gates judge, out of a manifest. */
export function gateFacts({ release, diagnostics, site, coverage }: Omit<Manifest, 'gates'>): GateFacts {
  return {
    release,
    warnings: { count: diagnostics.warnings, keys: diagnostics.warningKeys },
    brokenLinks: { count: site.brokenLinkCount, keys: site.brokenLinkKeys },
    coveragePercent: coverage?.percent ?? null,
    bytes: site.bytes,
  };
}
