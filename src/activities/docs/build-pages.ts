import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BuildLimits, Gates, Generator, Manifest } from '../../contracts/docs.ts';
import * as says from '../../contracts/docs-words.ts';
import { buildKey } from '../../core/docs/build-key.ts';
import { failure } from '../../policies/failures.ts';
import { generateInto, manifestOf, pagesIn, verifyPages, type DocsTools } from './make-pages.ts';
import type { Standing } from './read-manifest.ts';
import { copyTree, dependenciesOf, hashTree, type SourceTree, type TreeFacts } from './source-tree.ts';
import { openWorkspace, sweepWorkspaces } from './workspace.ts';

export interface DocsAsk {
  readonly source: string;
  readonly version: string;
  readonly generator: Generator;
  readonly trusted: boolean;
  readonly limits: BuildLimits;
  readonly gates: Gates;
  readonly baseUrl: string | null;
}

export interface DocsWatch {
  readonly signal: AbortSignal;
  /** Told after each stage: what it was, what it saw, how long it took. */
  readonly stage: (label: string, facts: string, ms: number) => void;
}

/** Runs a stage and tells of it. */
export async function stage<T>(
  watch: DocsWatch,
  [label, facts]: readonly [string, (value: T) => string],
  work: () => Promise<T>,
): Promise<T> {
  watch.signal.throwIfAborted();
  const began = performance.now();
  const value = await work();
  watch.stage(label, facts(value), performance.now() - began);
  return value;
}

export interface ReadSource {
  readonly tree: SourceTree;
  readonly facts: TreeFacts;
  readonly key: string;
}

/** What of an ask makes two builds of one source different. */
export interface BuildTerms extends Pick<DocsAsk, 'generator' | 'trusted' | 'baseUrl'> {
  readonly dependencies: 'install' | 'none';
}

/** Looks at a source: what a build of it would depend on. @throws failure `NotFound` where there is none. */
export async function readSource(ask: DocsAsk, tools: DocsTools, apart: readonly string[]): Promise<ReadSource> {
  const tree = { root: await mustBeFolder(ask.source), apart };
  const facts = await hashTree(tree, ask.limits);
  return { tree, facts, key: await keyOf({ tree, facts }, { ...ask, dependencies: 'none' }, tools) };
}

/** The build key of a tree as it stands. */
export async function keyOf(
  { tree, facts }: Pick<ReadSource, 'tree' | 'facts'>,
  { generator, trusted, baseUrl, dependencies }: BuildTerms,
  tools: Pick<DocsTools, 'versionOf'>,
): Promise<string> {
  return buildKey({
    tree: facts.comparable ? facts.hash : randomUUID(),
    dependencies: await dependenciesOf(tree),
    generator: await tools.versionOf(generator),
    options: { ...generator.options, baseUrl, dependencies },
    trusted,
    nodeMajor: Number.parseInt(process.versions.node, 10),
  });
}

export interface PagesBuild {
  readonly ask: DocsAsk;
  readonly tools: DocsTools;
  /** A folder of this build alone. */
  readonly work: string;
  /** What readers see now; null: nothing yet. */
  readonly standing: Standing | null;
}

/**
 * Builds the pages of a source, and tells what they are. Nothing that is published is touched (P2).
 *
 * @throws failure: what the generator or the check of its pages found; `Refused` where the source leads out of itself (P4) or changed
 * while it was built.
 */
export async function buildPages(
  { ask, tools, work, standing }: PagesBuild,
  source: ReadSource,
  watch: DocsWatch,
): Promise<{ readonly site: string; readonly manifest: Manifest }> {
  const revision = ask.trusted ? await tools.revisionOf(source.tree) : null;
  const made = await withTree(ask, { source, watch }, (tree) =>
    stage(watch, ['generating', ({ diagnostics }) => says.diagnostics(diagnostics)], () =>
      generateInto({ ...ask, work, tools, tree, revision }, watch.signal),
    ),
  );
  await mustBeUnchanged(source.tree, source.facts);
  const verified = await stage(watch, ['verifying', ({ facts }) => says.site(facts)], () =>
    verifyPages({ ...ask, work, tools, standing }),
  );
  const from =
    revision === null ? { kind: 'folder' as const, revision: source.facts.hash } : { kind: 'git' as const, revision };
  const manifest = manifestOf(ask, { key: source.key, source: from, made, verified, standing });
  return { site: pagesIn(work), manifest };
}

/** A trusted tree is built where it stands; of another one a copy, in a folder with nothing above it that belongs to us (P4). */
async function withTree<T>(
  { trusted, limits }: DocsAsk,
  { source, watch }: { readonly source: ReadSource; readonly watch: DocsWatch },
  work: (tree: string) => Promise<T>,
): Promise<T> {
  if (trusted) return work(source.tree.root);
  const folder = await realpath(tmpdir());
  await sweepWorkspaces(folder, COPIES);
  const { path, close } = await openWorkspace(folder, COPIES);
  try {
    const copy = join(path, 'tree');
    await stage(watch, ['copying', () => 'without .git, without links that lead out'], () =>
      copyTree(source.tree, copy, limits),
    );
    return await work(copy);
  } finally {
    await close();
  }
}

const COPIES = 'switchyard-docs-';

/** What was built must be what was looked at: the key would be that of another source, and the next build would think it unchanged. */
export async function mustBeUnchanged(tree: SourceTree, { hash }: Pick<TreeFacts, 'hash'>): Promise<void> {
  const now = await hashTree(tree);
  if (now.hash === hash) return;
  throw failure('Refused', 'The source changed while it was built.', {
    next: 'Run it again when nothing writes there.',
  });
}

async function mustBeFolder(source: string): Promise<string> {
  try {
    return await realpath(resolve(source));
  } catch (cause) {
    throw failure('NotFound', `There is no source at ${source}.`, {
      next: 'Name a folder with --source.',
      cause: cause as Error,
    });
  }
}
