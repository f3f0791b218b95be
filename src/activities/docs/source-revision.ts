import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DocsConfig } from '../../config.ts';
import type { SourceTree } from './source-tree.ts';

/**
 * The commit that a tree is at; null where it is at none, or differs from it. For trusted trees only: the configuration of a tree may name
 * programs for git to run. Those that git would run here are switched off all the same.
 */
export async function revisionOf({ root, apart }: SourceTree, config: GitConfig): Promise<string | null> {
  const git = (args: readonly string[]): Promise<string> => gitIn(root, args, config);
  try {
    const except = apart.map((path) => `:(exclude,top,literal)${path}`);
    const changed = await git(['status', '--porcelain', '--', '.', ...except]);
    return changed === '' ? await git(['rev-parse', 'HEAD']) : null;
  } catch {
    return null; // no git, or no repository: the hash of its files says what the source is
  }
}

type GitConfig = Pick<DocsConfig, 'programs' | 'userHome'>;

async function gitIn(root: string, args: readonly string[], { programs, userHome }: GitConfig): Promise<string> {
  const env = { ...programs, HOME: userHome, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const { stdout } = await promisify(execFile)('git', ['-C', root, ...safe, ...args], { env, timeout: 30_000 });
  return stdout.trim();
}
