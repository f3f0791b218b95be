import { cleanText } from '../../core/clean-text.ts';
import { isSafeGit, type GitAddress } from '../../core/docs/git-source.ts';
import { failure, type FailureType } from '../../policies/failures.ts';
import { runLimited, type LimitedEnd } from './run-limited.ts';

/** A repository that may be asked, with what it is asked with. */
export interface GitRemote extends Pick<Extract<GitAddress, { kind: 'ok' }>, 'url' | 'origin' | 'host'> {
  /** Where it may be asked, as looked up and judged: git must not look it up again and find another place; empty: wherever. */
  readonly addresses: readonly string[];
  /** `user:token` or a token; null: none. */
  readonly secret: string | null;
}

export interface GitRun {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Null: nothing leaves this machine. */
  readonly remote: GitRemote | null;
  /** Beside those that every run gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly signal: AbortSignal;
  readonly tooMuch?: () => Promise<string | null>;
}

/** Programs of ours: where they are, and how the network is reached. */
export type Programs = Readonly<Record<string, string>>;

/**
 * Runs git so that nothing of a repository, of this machine or of its user can make it run anything else: no configuration but this, no hooks,
 * no helpers, no other protocol, no question. A secret is in its environment only, for one server (A1).
 *
 * @returns its standard output.
 * @throws failure: `Unauthorized`, `NotFound`, `Unavailable`, `Refused` or `Invalid`, with what git said.
 */
export async function runGit(programs: Programs, run: GitRun): Promise<string> {
  const end = await runLimited({
    command: 'git',
    args: [...[...SAFE, ...pinned(run.remote)].flatMap((setting) => ['-c', setting]), ...run.args],
    cwd: run.cwd,
    env: { ...programs, ...ALONE, ...protocolOf(run.remote), ...credentialOf(run.remote), ...run.env },
    timeMs: run.timeMs,
    signal: run.signal,
    output: MOST_OUTPUT,
    ...(run.tooMuch === undefined ? {} : { tooMuch: run.tooMuch }),
  });
  if (end.kind === 'exited' && end.code === 0) return end.output;
  throw asFailure(end, run);
}

/** @throws failure `Refused` where git is missing, or has faults that let a repository run code. */
export async function mustHaveSafeGit(programs: Programs, signal: AbortSignal): Promise<void> {
  const version = await runGit(programs, { args: ['--version'], cwd: '/', remote: null, timeMs: 30_000, signal });
  if (isSafeGit(version)) return;
  throw failure('Refused', `This worker's git (${cleanText(version.trim(), 60)}) has known faults.`, {
    next: 'Install 2.45.1 or newer there, or a patched release of an older line.',
  });
}

const MOST_OUTPUT = 64_000_000;

const SAFE = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.symlinks=false',
  'core.attributesFile=/dev/null',
  'core.askPass=',
  'credential.helper=',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
  'fetch.fsckObjects=true',
  'fetch.recurseSubmodules=false',
  'transfer.bundleURI=false',
  'http.followRedirects=false',
  'gc.auto=0',
  'maintenance.auto=false',
] as const;

/** https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpcurloptResolve */
function pinned(remote: GitRemote | null): readonly string[] {
  if (remote === null || remote.addresses.length === 0) return [];
  const { protocol, port } = new URL(remote.origin);
  const at = remote.addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
  return [
    `http.curloptResolve=${remote.host}:${port === '' ? (DEFAULT_PORTS[protocol] ?? '443') : port}:${at.join(',')}`,
  ];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

const ALONE = {
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  GIT_HTTP_LOW_SPEED_LIMIT: '1000',
  GIT_HTTP_LOW_SPEED_TIME: '60',
} as const;

const protocolOf = (remote: GitRemote | null) => ({
  GIT_ALLOW_PROTOCOL: remote === null ? 'none' : new URL(remote.url).protocol.replace(':', ''),
});

/** Neither in the address nor among the arguments, where others on this machine could read it. */
function credentialOf(remote: GitRemote | null): Readonly<Record<string, string>> {
  if (remote?.secret == null) return {};
  const pair = remote.secret.includes(':') ? remote.secret : `x-access-token:${remote.secret}`;
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${remote.origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(pair).toString('base64')}`,
  };
}

function asFailure(end: LimitedEnd, { remote, timeMs }: GitRun) {
  const whom = remote === null ? 'git' : remote.host;
  if (end.kind === 'timed-out')
    return failure('Unavailable', `${whom} did not answer git within ${timeMs / 1_000} s.`, { next: LATER });
  if (end.kind === 'too-much')
    return failure('Refused', `git was ended: ${end.why}.`, { next: 'Make the source smaller.' });
  const said = saidBy(end.tail);
  const [type, next] = MEANINGS.find(([pattern]) => pattern.test(end.tail))?.[1] ?? ['Unavailable', LATER];
  return failure(type, `${whom}: ${said === '' ? `git ended with ${end.code ?? 'a signal'}` : said}.`, { next });
}

const LATER = 'It is asked again; look whether the worker reaches that server.';

const MEANINGS: readonly (readonly [RegExp, readonly [FailureType, string]])[] = [
  [
    /Authentication failed|could not read (Username|Password)|returned error: 40[13]|terminal prompts disabled/i,
    ['Unauthorized', 'Name a secret of the worker that may read it (source: secret).'],
  ],
  [/repository .*not found|returned error: 404/i, ['NotFound', 'Check the address of the source.']],
  [/couldn't find remote ref|not our ref|unadvertised object/i, ['NotFound', 'Check the ref of the source.']],
  [
    /returned error: 30\d|unable to update url base from redirection/i,
    ['Refused', 'The server sends elsewhere, which is not followed: name the address that it sends to.'],
  ],
  [/transport '.*' not allowed/i, ['Refused', 'Only https is fetched.']],
  [/command not found|git: not found|No such file or directory.*git/i, ['Refused', 'Install git on the worker.']],
];

/** The last line of it that says why. */
function saidBy(tail: string): string {
  const lines = tail.split('\n').filter((line) => /^(fatal|error|remote):/i.test(line));
  const line = (lines.find((one) => one.startsWith('fatal:')) ?? lines.at(-1) ?? '').replace(/^\w+: /, '');
  return cleanText(line, 300).replace(/\.$/, '');
}
