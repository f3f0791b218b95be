import pLimit from 'p-limit';

/** Runs work when its turn comes. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Graph takes so many requests of one application at a time for one mailbox; a sequential `$batch` is one (measured). */
const IN_FLIGHT = 4;

const gates = new Map<string, Gate>();

/**
 * The one gate of this process for a mailbox: all runs share it, as they share the limit.
 *
 * @param mailbox The name that the pair gives it. Where a pair has only a ready token, whose mailbox it opens is not known before it is used,
 * and the token goes by the name of its secret. Such a token usually belongs to another application, which has a limit of its own; where it
 * does not, two gates together may be throttled, which is waited for.
 */
export function graphGate(mailbox: string): Gate {
  const gate = gates.get(mailbox) ?? pLimit(IN_FLIGHT);
  gates.set(mailbox, gate);
  return gate;
}
