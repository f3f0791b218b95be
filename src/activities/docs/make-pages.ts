import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BuildLimits,
  Diagnostics,
  FileHash,
  Gates,
  Generator,
  GeneratorVersion,
  Manifest,
  SiteFacts,
} from '../../contracts/docs.ts';
import { judgeGates } from '../../core/docs/judge-gates.ts';
import { releaseId } from '../../core/docs/release-id.ts';
import { gateFacts } from './judge-release.ts';
import { API, readExports, type ExportFacts } from './read-exports.ts';
import type { Standing } from './read-manifest.ts';
import type { SourceTree } from './source-tree.ts';

/** What a generator is told. */
export interface GenerateTask {
  /** Without links above it. */
  readonly tree: string;
  /** Where the pages go; it is there, and empty. */
  readonly out: string;
  /** Where the model of what is exported goes, where there is one; what else is in this folder is this build's own. */
  readonly json: string;
  /** True: the tree's own configuration and code run, as they would for whoever builds by hand. */
  readonly trusted: boolean;
  /** The commit that source links point at; null: as git says. */
  readonly revision: string | null;
  readonly limits: BuildLimits;
}

export interface Generated {
  readonly generator: GeneratorVersion;
  readonly diagnostics: Diagnostics;
}

/** What makes pages of a tree, and what looks at them. */
export interface DocsTools {
  /** The commit that a trusted tree is at; null: at none, or changed since. */
  readonly revisionOf: (tree: SourceTree) => Promise<string | null>;
  readonly versionOf: (generator: Generator) => Promise<GeneratorVersion>;
  readonly generate: (
    task: GenerateTask & { readonly generator: Generator },
    context: { readonly signal: AbortSignal },
  ) => Promise<Generated>;
  readonly verify: (
    folder: string,
    limits: BuildLimits,
  ) => Promise<{ readonly facts: SiteFacts; readonly files: readonly FileHash[] }>;
}

/** Where a build in `work` leaves its pages. */
export const pagesIn = (work: string): string => join(work, 'site');

export interface MadePages extends Generated {
  /** ISO 8601. */
  readonly startedAt: string;
}

interface Generation extends Pick<GenerateTask, 'tree' | 'trusted' | 'revision' | 'limits'> {
  readonly work: string;
  readonly tools: Pick<DocsTools, 'generate'>;
  readonly generator: Generator;
}

/** Makes the pages. @throws what the generator says; the reason of the signal. */
export async function generateInto(
  { work, tools, tree, generator, trusted, revision, limits }: Generation,
  signal: AbortSignal,
): Promise<MadePages> {
  const startedAt = new Date().toISOString();
  const [out, json] = [pagesIn(work), join(work, API)];
  await mkdir(out, { recursive: true });
  const task = { tree, out, json, generator, trusted, revision, limits };
  return { startedAt, ...(await tools.generate(task, { signal })) };
}

export interface VerifiedPages extends ExportFacts {
  readonly facts: SiteFacts;
  readonly files: readonly FileHash[];
}

interface Verification {
  readonly work: string;
  readonly tools: Pick<DocsTools, 'verify'>;
  readonly limits: BuildLimits;
  readonly standing: Standing | null;
}

/** Compares what is exported with the release that stands, then looks at every file. */
export async function verifyPages({ work, tools, limits, standing }: Verification): Promise<VerifiedPages> {
  const site = pagesIn(work);
  await rename(join(work, API), join(site, API)).catch(unlessAbsent); // of an attempt before, or a generator without one
  const exported = await readExports(site, standing);
  return { ...exported, ...(await tools.verify(site, limits)) };
}

interface Made {
  readonly key: string;
  readonly source: Manifest['source'];
  readonly made: MadePages;
  readonly verified: VerifiedPages;
  readonly standing: Standing | null;
}

/** Everything that is known of a release, with the judgement of its gates. */
export function manifestOf(
  ask: { readonly version: string; readonly trusted: boolean; readonly gates: Gates; readonly baseUrl: string | null },
  { key, source, made, verified, standing }: Made,
): Manifest {
  const finishedAt = new Date().toISOString();
  const { facts: site, files, coverage, changes } = verified;
  const manifest: Omit<Manifest, 'gates'> = {
    schemaVersion: 1,
    release: releaseId(finishedAt, key),
    version: ask.version,
    source,
    buildKey: key,
    generator: made.generator,
    trusted: ask.trusted,
    startedAt: made.startedAt,
    finishedAt,
    diagnostics: made.diagnostics,
    site,
    coverage,
    changes,
    baseUrl: ask.baseUrl,
    files,
  };
  const gates = judgeGates(ask.gates, gateFacts(manifest), standing && gateFacts(standing.manifest));
  return { ...manifest, gates };
}

function unlessAbsent(cause: unknown): void {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
}
