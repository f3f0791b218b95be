import { randomUUID } from 'node:crypto';
import { mkdir, rename, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type {
  BuildLimits,
  Diagnostics,
  FileHash,
  GeneratorVersion,
  Manifest,
  SiteFacts,
  TypedocOptions,
} from '../../contracts/docs.ts';
import { buildKey } from '../../core/docs/build-key.ts';
import { releaseId } from '../../core/docs/release-id.ts';
import { failure } from '../../policies/failures.ts';
import { revisionOf } from './source-revision.ts';
import { copyTree, dependenciesOf, hashTree, type SourceTree, type TreeFacts } from './source-tree.ts';
import { openWorkspace, sweepWorkspaces } from './workspace.ts';

export interface DocsAsk {
  readonly source: string;
  readonly version: string;
  readonly options: TypedocOptions;
  readonly trusted: boolean;
  readonly limits: BuildLimits;
}

/** What makes pages of a tree, and what looks at them. */
export interface DocsTools {
  readonly generator: GeneratorVersion;
  readonly generate: (
    task: {
      readonly tree: string;
      readonly out: string;
      readonly json: string;
      readonly options: TypedocOptions;
      readonly trusted: boolean;
      readonly revision: string | null;
      readonly limits: BuildLimits;
    },
    context: { readonly signal: AbortSignal },
  ) => Promise<{ readonly generator: GeneratorVersion; readonly diagnostics: Diagnostics }>;
  readonly verify: (
    folder: string,
    limits: BuildLimits,
  ) => Promise<{ readonly facts: SiteFacts; readonly files: readonly FileHash[] }>;
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

/** Looks at a source: what a build of it would depend on. @throws failure `NotFound` where there is none. */
export async function readSource(ask: DocsAsk, tools: DocsTools, apart: readonly string[]): Promise<ReadSource> {
  const tree = { root: await mustBeFolder(ask.source), apart };
  const facts = await hashTree(tree);
  const key = buildKey({
    tree: facts.comparable ? facts.hash : randomUUID(),
    dependencies: await dependenciesOf(tree),
    generator: tools.generator,
    options: ask.options,
    trusted: ask.trusted,
    nodeMajor: Number.parseInt(process.versions.node, 10),
  });
  return { tree, facts, key };
}

/**
 * Builds the pages of a source into `work/site`, and tells what they are. Nothing that is published is touched (P2).
 *
 * @throws failure: what the generator or the check of its pages found; `Refused` where the source leads out of itself (P4) or changed
 * while it was built.
 */
export async function buildPages(
  { ask, tools, work }: { readonly ask: DocsAsk; readonly tools: DocsTools; readonly work: string },
  source: ReadSource,
  watch: DocsWatch,
): Promise<{ readonly site: string; readonly manifest: Manifest }> {
  const startedAt = new Date().toISOString();
  const revision = ask.trusted ? await revisionOf(source.tree) : null;
  const [site, json] = [join(work, 'site'), join(work, 'api.json')];
  await mkdir(site, { recursive: true });
  const made = await withTree(ask, { source, watch }, (tree) =>
    stage(watch, ['generating', ({ diagnostics: { warnings } }) => `${warnings} warnings`], () => {
      const { options, trusted, limits } = ask;
      return tools.generate({ tree, out: site, json, options, trusted, revision, limits }, { signal: watch.signal });
    }),
  );
  await mustBeUnchanged(source.tree, source.facts);
  await rename(json, join(site, 'api.json'));
  const { facts, files } = await stage(watch, ['verifying', siteWords], () => tools.verify(site, ask.limits));
  const finishedAt = new Date().toISOString();
  const manifest: Manifest = {
    schemaVersion: 1,
    release: releaseId(finishedAt, source.key),
    version: ask.version,
    source: revision === null ? { kind: 'folder', revision: source.facts.hash } : { kind: 'git', revision },
    buildKey: source.key,
    generator: made.generator,
    trusted: ask.trusted,
    startedAt,
    finishedAt,
    diagnostics: made.diagnostics,
    site: facts,
    files,
  };
  return { site, manifest };
}

const siteWords = ({ facts }: { readonly facts: SiteFacts }): string =>
  `${facts.pages} pages, ${facts.files} files, ${mb(facts.bytes)}, ${facts.brokenLinkCount} broken links`;

export const treeWords = ({ facts }: ReadSource): string => `${facts.files} files, ${mb(facts.bytes)}`;

const mb = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** A trusted tree is built where it stands; of another one a copy, in a folder with nothing above it that belongs to us (P4). */
async function withTree<T>(
  { trusted }: DocsAsk,
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
      copyTree(source.tree, copy),
    );
    return await work(copy);
  } finally {
    await close();
  }
}

const COPIES = 'switchyard-docs-';

/** What was built must be what was looked at: the key would be that of another source, and the next build would think it unchanged. */
async function mustBeUnchanged(tree: SourceTree, { hash }: TreeFacts): Promise<void> {
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
