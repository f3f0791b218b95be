import type { ReachConfig } from '../config.ts';
import { createResolveTarget, type ResolveTarget } from './resolve-target.ts';

/** What looking at DNS needs. */
export interface LookDeps {
  readonly reach: ReachConfig;
  readonly resolve: ResolveTarget;
  /** How long one question to a name server may take, in milliseconds. */
  readonly askTimeoutMs: number;
}

const ASK_TIMEOUT_MS = 1_500;

/** The same for the worker's activities, for `doctor` and for `reset`, out of the configuration. */
export function lookDeps({
  config: { reach },
  askTimeoutMs = ASK_TIMEOUT_MS,
}: {
  readonly config: { readonly reach: ReachConfig };
  readonly askTimeoutMs?: number | undefined;
}): LookDeps {
  return { reach, resolve: createResolveTarget(reach.resolvers), askTimeoutMs };
}
