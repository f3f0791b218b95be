/**
 * Things by id, each replaced whole, with the order in which they changed.
 *
 * Whoever writes sees what stands; whoever reads sees it `lagMs` later, and `behindMs` after that from a replica that is behind.
 */
export class Shelf<T extends { readonly id: string }> {
  readonly #clock: ShelfClock;
  readonly #cells = new Map<string, Cell<T>>();
  /** Which id changed when; a position is an index into it. */
  readonly #feed: { readonly id: string; readonly at: number }[] = [];
  #reads = 0;

  constructor(clock: ShelfClock) {
    this.#clock = clock;
  }

  /** As it stands. */
  current(id: string): T | undefined {
    return this.#cells.get(id)?.now;
  }

  /** As readers see it. */
  shown(id: string): T | undefined {
    const cell = this.#cells.get(id);
    return cell && this.#seen(cell);
  }

  everyCurrent(): T[] {
    return present([...this.#cells.values()].map(({ now }) => now));
  }

  /** In order of creation. */
  everyShown(behindMs = 0): T[] {
    return present([...this.#cells.values()].map((cell) => this.#seen(cell, behindMs)));
  }

  /** How far behind the replica is that answers the next read of all: every second one is. */
  takeBehindMs(): number {
    this.#reads += 1;
    return this.#reads % 2 === 0 ? this.#clock.flickerMs() : 0;
  }

  put(thing: T): void {
    this.#become(thing.id, thing);
  }

  drop(id: string): void {
    this.#become(id, undefined);
    if (this.#keptMs() === 0) this.#cells.delete(id);
  }

  /** The position up to which readers see the changes. */
  position(): number {
    const seenUntil = this.#clock.now() - this.#clock.lagMs();
    let position = this.#feed.length;
    while (position > 0 && (this.#feed[position - 1]?.at ?? 0) > seenUntil) position -= 1;
    return position;
  }

  /** Each id once, in order of its first change. */
  changedBetween(from: number, to: number): string[] {
    return [...new Set(this.#feed.slice(from, to).map(({ id }) => id))];
  }

  #become(id: string, now: T | undefined): void {
    const cell = this.#cells.get(id) ?? { now: undefined, past: [] };
    const at = this.#clock.now();
    const keptMs = this.#keptMs();
    const past = cell.past.filter(({ until }) => until + keptMs > at);
    this.#cells.set(id, { now, past: keptMs === 0 ? [] : [...past, { was: cell.now, until: at }] });
    this.#feed.push({ id, at });
  }

  /** How long what stood before can be seen by anybody. */
  #keptMs(): number {
    return this.#clock.lagMs() + this.#clock.flickerMs();
  }

  #seen({ now, past }: Cell<T>, behindMs = 0): T | undefined {
    if (past.length === 0) return now;
    const seenUntil = this.#clock.now() - this.#clock.lagMs() - behindMs;
    const older = past.find(({ until }) => until > seenUntil);
    return older ? older.was : now;
  }
}

export interface ShelfClock {
  now(): number;
  lagMs(): number;
  flickerMs(): number;
}

interface Cell<T> {
  readonly now: T | undefined;
  /** What stood before, oldest first. */
  readonly past: readonly { readonly was: T | undefined; readonly until: number }[];
}

function present<T>(things: readonly (T | undefined)[]): T[] {
  return things.filter((thing) => thing !== undefined);
}
