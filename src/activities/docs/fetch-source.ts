import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { BuildLimits, Generator } from '../../contracts/docs.ts';
import type { ResolvedSource, SiteSpec } from '../../contracts/docs-runs.ts';
import { isAllowed } from '../../core/docs/git-source.ts';
import { failure } from '../../policies/failures.ts';
import { keyOf } from './build-pages.ts';
import { detectGenerator } from './detect-generator.ts';
import { removeTree } from './durable.ts';
import { fetchCommit } from './fetch-commit.ts';
import { openRemote } from './git-remote.ts';
import type { DocsTools } from './make-pages.ts';
import { mustHaveSafeGit } from './run-git.ts';
import { copyTree, hashTree, type SourceTree, type TreeFacts } from './source-tree.ts';

/** A source as it lies on this worker, for the stages that come. */
export interface FetchedSource {
  readonly tree: SourceTree;
  readonly facts: TreeFacts;
  readonly key: string;
  readonly trusted: boolean;
  readonly generator: Generator;
  /** Of git: the commit. */
  readonly revision: string | null;
  /** True: it is the source itself, and not a copy; whoever owns it may change it meanwhile. */
  readonly inPlace: boolean;
}

export interface FetchDeps {
  readonly config: Pick<Config, 'docs' | 'reach' | 'secrets'>;
  readonly tools: Pick<DocsTools, 'versionOf'>;
  readonly limits: BuildLimits;
  readonly signal: AbortSignal;
}

export interface FetchOrder {
  readonly spec: SiteSpec;
  readonly source: ResolvedSource;
  /** A folder of this build alone. */
  readonly work: string;
}

/**
 * Brings a source where its pages are generated: a commit of a repository, or a folder of this worker, of which an untrusted one is copied.
 *
 * @throws failure `Refused` where the worker's configuration does not allow the source (A4), or it leads out of itself (P4).
 */
export async function fetchSource(deps: FetchDeps, order: FetchOrder): Promise<FetchedSource> {
  const { source, spec } = order;
  const trusted = await isTrusted(deps.config, source);
  const { tree, inPlace } = await (source.kind === 'git'
    ? fromGit(deps, { ...order, source }, trusted)
    : fromFolder(deps, { ...order, source }, trusted));
  const facts = await hashTree(tree, deps.limits);
  const generator = spec.generator ?? (await detectGenerator(tree.root));
  const terms = { generator, trusted, baseUrl: spec.baseUrl, dependencies: spec.dependencies };
  const key = await keyOf({ tree, facts }, terms, deps.tools);
  return { tree, facts, key, trusted, generator, inPlace, revision: source.kind === 'git' ? source.commit : null };
}

/** Whether the operator of this worker trusts a source: not its site, whose name anybody may give (A4). */
export async function isTrusted({ docs }: Pick<FetchDeps['config'], 'docs'>, source: ResolvedSource): Promise<boolean> {
  if (source.kind === 'folder') return (await folderIn(source.path, docs.trusted)) !== null;
  return isAllowed(source.url, docs.trusted) && isOwnRef(source.name);
}

/** A server gives commits of forks as well, by their id or as `refs/pull/7/head`: only who may push makes a branch or a tag. */
const isOwnRef = (name: string | null): boolean => name === 'HEAD' || /^refs\/(heads|tags)\//.test(name ?? '');

type Placed = Pick<FetchedSource, 'tree' | 'inPlace'>;
type OrderOf<Kind> = FetchOrder & { readonly source: Extract<ResolvedSource, { kind: Kind }> };

async function fromGit(
  { config, limits, signal }: FetchDeps,
  { source, work }: OrderOf<'git'>,
  trusted: boolean,
): Promise<Placed> {
  const { programs } = config.docs;
  await mustHaveSafeGit(programs, signal);
  const remote = await openRemote(config, source);
  const into = join(work, 'tree');
  const order = { remote, commit: source.commit, name: source.name, into, work, links: trusted, limits };
  await fetchCommit(programs, order, signal);
  return { tree: { root: into, apart: [] }, inPlace: false };
}

async function fromFolder(
  { config, limits }: FetchDeps,
  { source, work, spec }: OrderOf<'folder'>,
  trusted: boolean,
): Promise<Placed> {
  const root = await allowedFolder(config.docs, source.path);
  const tree = { root, apart: [config.docs.publishRoot] };
  if (trusted && spec.dependencies === 'none') return { tree, inPlace: true };
  const copy = join(work, 'tree');
  await removeTree(copy); // of a try before
  await copyTree(tree, copy, limits);
  return { tree: { root: copy, apart: [] }, inPlace: false };
}

/** The real folder. @throws failure `Refused` where this worker allows it not as a source (A4), or it is not there. */
export async function allowedFolder({ sources }: Pick<Config['docs'], 'sources'>, path: string): Promise<string> {
  const root = await folderIn(path, sources);
  if (root !== null) return root;
  throw failure('Refused', `${path} is no folder that this worker allows as a source.`, {
    next: 'Name it in SWITCHYARD_DOCS_SOURCES on the worker.',
  });
}

/** The real folder, where both are in a list: as it is named, and as it really lies. A link in an allowed folder may lead anywhere. */
async function folderIn(path: string, allowed: readonly string[]): Promise<string | null> {
  const root = await realpath(path).catch(() => null);
  return root !== null && isAllowed(path, allowed) && isAllowed(root, await real(allowed)) ? root : null;
}

const real = (folders: readonly string[]): Promise<readonly string[]> =>
  Promise.all(folders.filter((one) => one.startsWith('/')).map((folder) => realpath(folder).catch(() => folder)));
