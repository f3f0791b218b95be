import type { Config } from '../../config.ts';
import type { ResolvedSource, SiteSource } from '../../contracts/docs-runs.ts';
import { openRemote } from './git-remote.ts';
import { resolveRef } from './resolve-ref.ts';

/**
 * Which commit the ref of a source stands for now; a folder is what it is.
 *
 * @param ref Instead of the one of the source; null: that one.
 * @throws failure `Refused` where this worker may not ask the server (A4), `NotFound` and `Invalid` as the ref is.
 */
export async function resolveSource(
  config: Pick<Config, 'docs' | 'reach' | 'secrets'>,
  { source, ref }: { readonly source: SiteSource; readonly ref: string | null },
  signal: AbortSignal,
): Promise<ResolvedSource> {
  if (source.kind === 'folder') return source;
  const remote = await openRemote(config, source);
  const wanted = ref ?? source.ref;
  return { ...source, ref: wanted, ...(await resolveRef(config.docs.programs, { remote, ref: wanted }, signal)) };
}
