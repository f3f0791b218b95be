import pLimit from 'p-limit';

/** Runs work when its turn comes. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Graph takes so many requests of one application at a time for one mailbox; a sequential `$batch` is one (measured). */
const IN_FLIGHT = 4;

const gates = new Map<string, Gate>();

/** The one gate of this process for a mailbox, under any name that stands for it: all runs share it, as they share the limit. */
export function graphGate(mailbox: string): Gate {
  const gate = gates.get(mailbox) ?? pLimit(IN_FLIGHT);
  gates.set(mailbox, gate);
  return gate;
}
