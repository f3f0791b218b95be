import type { PairSpec } from '../../contracts/sync.ts';
import { failure } from '../../policies/failures.ts';
import type { Graph } from './services.ts';

/**
 * Compares the account behind a token with the one that the pair declares, before anything is read (S4).
 *
 * @throws a failure `StoppedByGuard` where the mailbox is another's.
 */
export async function mustBeAccount(graph: Graph, { pair, to }: PairSpec, signal: AbortSignal): Promise<void> {
  if (to.account === null || to.access === 'application') return; // there the path itself names the mailbox
  const owner = ((await graph.get('', 'GET me', signal)) ?? {}) as Owner;
  const wanted = to.account.toLowerCase();
  const names = [owner.userPrincipalName, owner.mail, owner.id];
  if (names.some((name) => typeof name === 'string' && name.toLowerCase() === wanted)) return;
  throw failure('StoppedByGuard', `The token for To Do belongs to another account than ${to.account}.`, {
    next: `Sign in as that one with ./switchyard login ${pair}, or correct to.account in switchyard.yaml.`,
  });
}

/** What Graph says of a mailbox's owner. */
interface Owner {
  readonly id?: unknown;
  readonly userPrincipalName?: unknown;
  readonly mail?: unknown;
}
