import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTreeEntries } from '../../core/docs/git-source.ts';
import type { BuildLimits } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';
import { removeTree } from './durable.ts';
import { outgrows } from './folder-bytes.ts';
import { runGit, type GitRemote, type GitRun, type Programs } from './run-git.ts';

export interface CommitOrder {
  readonly remote: GitRemote;
  readonly commit: string;
  /** For servers that give no commit by its id; null: none is known. */
  readonly name: string | null;
  /** Where the files go; it is not there yet. */
  readonly into: string;
  /** A folder of this build alone. */
  readonly work: string;
  /** Links of the tree become links; otherwise they become files with the text of where they lead. */
  readonly links: boolean;
  readonly limits: Pick<BuildLimits, 'files' | 'bytes'>;
}

const FETCH_WITHIN_MS = 5 * 60_000;

/**
 * Fetches one commit and puts its files into a folder: without history, without `.git`, whose configuration names programs that git runs, and
 * without submodules. Not by `git archive`: an attribute of the tree would leave files out of that.
 *
 * @throws failure `Refused` over a limit, before anything is written out; `NotFound` where the ref has moved and the commit is not given.
 */
export async function fetchCommit(programs: Programs, order: CommitOrder, signal: AbortSignal): Promise<void> {
  const { commit, into, work, links } = order;
  const store = join(work, 'git');
  await removeTree(store); // of a try before
  await removeTree(into);
  await mkdir(into, { recursive: true });
  const git = (args: readonly string[], more: Partial<GitRun> = {}) =>
    runGit(programs, { args, cwd: work, remote: null, timeMs: FETCH_WITHIN_MS, signal, ...more });
  await git(['init', '--quiet', '--template=', '--', store]);
  await fetchInto(store, order, git);
  mustFit(await git(['-C', store, 'ls-tree', '-r', '-l', '-z', commit]), order.limits);
  const env = { GIT_DIR: join(store, '.git'), GIT_WORK_TREE: into, GIT_INDEX_FILE: join(work, 'git-index') };
  await git(['read-tree', commit], { env });
  await git(['-c', `core.symlinks=${String(links)}`, 'checkout-index', '--all', '--quiet'], { env, cwd: into });
  await removeTree(store);
}

type Git = (args: readonly string[], more?: Partial<GitRun>) => Promise<string>;

/** The commit itself; where a server does not give it by its id, what the ref stands for now, if that is still the same. */
async function fetchInto(store: string, { remote, commit, name, limits }: CommitOrder, git: Git): Promise<void> {
  const shallow = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', remote.url];
  const tooMuch = (): Promise<string | null> => outgrows(store, limits.bytes);
  const fetch = (what: string) => git(['-C', store, ...shallow, what], { remote, tooMuch });
  try {
    await fetch(commit);
  } catch (cause) {
    if (name === null || !isNotGiven(cause)) throw cause;
    await fetch(name);
    const head = (await git(['-C', store, 'rev-parse', '--verify', 'FETCH_HEAD^{commit}'])).trim();
    if (head !== commit)
      throw failure(
        'NotFound',
        `${name} has moved on from ${commit.slice(0, 12)}, and the server does not give that any more.`,
        {
          next: 'Ask for the build again.',
        },
      );
  }
}

const isNotGiven = (cause: unknown): boolean => (cause as { readonly type?: unknown }).type === 'NotFound';

function mustFit(listing: string, { files, bytes }: CommitOrder['limits']): void {
  const entries = readTreeEntries(listing);
  const size = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const longest = Math.max(0, ...entries.map(({ path }) => path.length));
  if (entries.length > files) throw tooMuch(`${entries.length} files`, String(files));
  if (size > bytes) throw tooMuch(`${size} bytes`, String(bytes));
  if (longest > LONGEST_PATH) throw tooMuch(`a path of ${longest} characters`, String(LONGEST_PATH));
}

const LONGEST_PATH = 1_000;

const tooMuch = (found: string, allowed: string) =>
  failure('Refused', `The source has ${found}, and ${allowed} are allowed.`, { next: 'Make it smaller.' });
