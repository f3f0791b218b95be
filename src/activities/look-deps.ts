import type { ReachConfig } from '../config.ts';
import type { ResolveTarget } from './resolve-target.ts';

/** What looking at DNS needs. */
export interface LookDeps {
  readonly reach: ReachConfig;
  readonly resolve: ResolveTarget;
  /** How long one question to a name server may take, in milliseconds. */
  readonly askTimeoutMs: number;
}
