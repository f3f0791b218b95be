/** What a request may name of a git server, read without asking anybody. */
export type GitAddress =
  | { readonly kind: 'ok'; readonly url: string; readonly origin: string; readonly host: string }
  | { readonly kind: 'bad'; readonly why: string };

/** https always; http only where the worker's operator names it: nothing else would tell who answers. */
export function readGitAddress(text: string, allowed: readonly string[]): GitAddress {
  if (text.length > 1_000 || /[\p{Cc}\s\\]/u.test(text)) return bad('is no address'); // git and we must read the same in it
  if (!URL.canParse(text)) return bad('is no address');
  if (CLIMBS.test(text)) return bad('climbs in its path');
  const { protocol, username, password, host, hostname, origin, search, hash } = new URL(text);
  if (protocol !== 'https:' && !(protocol === 'http:' && isAllowed(text, allowed)))
    return bad('is not fetched: only https is');
  if (username !== '' || password !== '') return bad('has a user in it: name a secret instead');
  if (search !== '' || hash !== '' || host === '') return bad('is no address of a repository');
  return { kind: 'ok', url: new URL(text).href, origin, host: hostname };
}

/** Whether an address or a folder is one of a list, or below one of them; never one that climbs, which would lead out of it again. */
export function isAllowed(text: string, allowed: readonly string[]): boolean {
  if (CLIMBS.test(text)) return false;
  return allowed.some((one) => text === one || text.startsWith(one.endsWith('/') ? one : `${one}/`));
}

/** Servers and clients read `%2e` as a dot, and some a backslash as a slash. */
const CLIMBS = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\]|$)|%2f|%5c/i;

export type GitRef =
  | { readonly kind: 'commit'; readonly commit: string }
  /** Names to look for on the server, of which exactly one must be there. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'bad'; readonly why: string };

/** A branch, a tag, `HEAD`, a full name such as `refs/tags/v1`, or a full commit. https://git-scm.com/docs/git-check-ref-format */
export function readGitRef(text: string): GitRef {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return { kind: 'commit', commit: text };
  if (text === 'HEAD') return { kind: 'names', names: ['HEAD'] };
  if (!/^[A-Za-z0-9._/@+-]{1,250}$/.test(text) || /^[-./]|\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$|@\{/.test(text))
    return bad('is no name of a branch or a tag');
  if (text.startsWith('refs/')) return { kind: 'names', names: [text] };
  return { kind: 'names', names: [`refs/heads/${text}`, `refs/tags/${text}`] };
}

/** What `git ls-remote` says: full name and commit; of an annotated tag the commit, not the tag. */
export function readRemoteRefs(output: string): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [, id, name] = /^([0-9a-f]{40}|[0-9a-f]{64})\t(\S+)$/.exec(line) ?? [];
    if (id === undefined || name === undefined) continue;
    if (name.endsWith('^{}')) refs.set(name.slice(0, -3), id);
    else if (!refs.has(name)) refs.set(name, id);
  }
  return refs;
}

/**
 * Whether a git knows the faults of May 2024, which let a repository run code where it is fetched:
 * https://github.blog/2024-05-14-securing-git-addressing-5-new-vulnerabilities/
 */
export function isSafeGit(version: string): boolean {
  const [, major, minor, patch] = /(\d+)\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return false;
  if (major !== 2) return major > 2;
  const least = SAFE_PATCH.get(minor);
  return least === undefined ? minor > 45 : patch >= least;
}

const SAFE_PATCH: ReadonlyMap<number, number> = new Map([
  [39, 4],
  [40, 2],
  [41, 1],
  [42, 2],
  [43, 4],
  [44, 1],
  [45, 1],
]);

/** One entry of a tree, as `git ls-tree -r -l -z` lists it. */
export interface GitEntry {
  readonly kind: 'file' | 'link' | 'submodule';
  readonly bytes: number;
  readonly path: string;
}

export function readTreeEntries(output: string): readonly GitEntry[] {
  return output.split('\0').flatMap((line) => {
    const [, mode, size, path] = /^(\d{6}) \S+ [0-9a-f]+ +(\d+|-)\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined || path === undefined) return [];
    return [{ kind: KINDS.get(mode) ?? ('file' as const), bytes: Number(size) || 0, path }];
  });
}

const KINDS: ReadonlyMap<string, GitEntry['kind']> = new Map([
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

const bad = (why: string) => ({ kind: 'bad' as const, why });
