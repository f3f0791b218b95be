import type { DocsWish } from '../contracts/docs-runs.ts';

/** One request as a hook sees it. */
export interface Delivery {
  /** As it came: a signature is of bytes, not of what they parse to. */
  readonly body: Uint8Array;
  readonly header: (name: string) => string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What an event asks for. Names only what the file declares; nothing of an event chooses a workflow, a queue or an id (A4). */
export type Wish =
  | { readonly kind: 'sync'; readonly pair: string }
  | {
      readonly kind: 'build';
      readonly site: string;
      readonly version: string;
      readonly ref: DocsWish['ref'];
      readonly commit: DocsWish['commit'];
    }
  | {
      readonly kind: 'alarm';
      readonly record: string;
      readonly act: OnAlarm;
      readonly alarm: string;
      /** When it went off: milliseconds since the epoch. */
      readonly since: number;
    };

/** What an alarm does to a record: stops its deployment, or puts its default back. */
export type OnAlarm = 'abort' | 'reset';

/** What a hook makes of a delivery. `why` is for the log: the sender is told nothing that it does not know. */
export type Reading =
  | { readonly kind: 'wishes'; readonly wishes: readonly Wish[] }
  /** Genuine, and nothing to do. */
  | { readonly kind: 'ignored'; readonly why: string }
  /** Not from whom it claims to be. */
  | { readonly kind: 'denied'; readonly why: string }
  /** Genuine, and not understood. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** Could not be checked now: the sender has to try again. */
  | { readonly kind: 'unavailable'; readonly why: string };

export interface Hook {
  /** `todoist`: it is at /hooks/todoist. */
  readonly name: string;
  read(delivery: Delivery): Promise<Reading>;
}

/** The secret of a hook, read anew for each delivery: a file that is replaced counts from then on. */
export type ReadSecret = () => Promise<string>;

export const ignored = (why: string): Reading => ({ kind: 'ignored', why });
export const denied = (why: string): Reading => ({ kind: 'denied', why });
export const unreadable = (why: string): Reading => ({ kind: 'unreadable', why });

/** Wishes, or nothing to do where there are none. */
export function wishing(wishes: readonly Wish[], otherwise: string): Reading {
  return wishes.length === 0 ? ignored(otherwise) : { kind: 'wishes', wishes };
}
