import { readGitRef, readRemoteRefs } from '../../core/docs/git-source.ts';
import { failure } from '../../policies/failures.ts';
import { runGit, type GitRemote, type Programs } from './run-git.ts';

export interface ResolvedRef {
  readonly commit: string;
  /** Its full name on the server; null where a commit was named. */
  readonly name: string | null;
}

const ANSWER_WITHIN_MS = 60_000;

/**
 * What a ref stands for now. Asked once for a build: a branch may move between two tries of a stage.
 *
 * @throws failure `NotFound` where there is none of that name, `Invalid` where it is no name, or both a branch and a tag.
 */
export async function resolveRef(
  programs: Programs,
  { remote, ref }: { readonly remote: GitRemote; readonly ref: string },
  signal: AbortSignal,
): Promise<ResolvedRef> {
  const read = readGitRef(ref);
  if (read.kind === 'bad') throw failure('Invalid', `The ref ${JSON.stringify(ref.slice(0, 80))} ${read.why}.`);
  if (read.kind === 'commit') return { commit: read.commit, name: null };
  const refs = await listRefs(programs, { remote, patterns: read.names }, signal);
  const found = read.names.filter((name) => refs.has(name));
  const [name, another] = found;
  if (name === undefined)
    throw failure('NotFound', `${remote.host} has no branch and no tag ${ref} in that repository.`, {
      next: 'Check the ref of the source.',
    });
  if (another !== undefined)
    throw failure('Invalid', `${ref} is a branch and a tag as well.`, {
      next: `Name one of them: ${found.join(' or ')}.`,
    });
  return { commit: refs.get(name) ?? '', name };
}

/** Tags of a repository, by their names without `refs/tags/`. */
export async function listTags(programs: Programs, remote: GitRemote, signal: AbortSignal): Promise<readonly string[]> {
  const refs = await listRefs(programs, { remote, patterns: ['refs/tags/*'] }, signal);
  return [...refs.keys()].map((name) => name.slice('refs/tags/'.length));
}

interface Listing {
  readonly remote: GitRemote;
  readonly patterns: readonly string[];
}

async function listRefs(programs: Programs, { remote, patterns }: Listing, signal: AbortSignal) {
  const peeled = patterns.map((name) => `${name}^{}`);
  const args = ['ls-remote', '--quiet', '--', remote.url, ...patterns, ...peeled];
  return readRemoteRefs(await runGit(programs, { args, cwd: '/', remote, timeMs: ANSWER_WITHIN_MS, signal }));
}
