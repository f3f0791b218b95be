/** Every state that each object of one kind ever had: reads can lag, full syncs can be stale, and a token says what is new since. */

export interface Version<T> {
  /** Of the whole account: 1, 2, 3 ... */
  readonly seq: number;
  readonly value: T;
}

export class History<T extends { readonly id: string }> {
  readonly #versions = new Map<string, Version<T>[]>();
  readonly #order = new Map<string, number>();

  append(seq: number, value: T): void {
    const versions = this.#versions.get(value.id);
    if (versions !== undefined) versions.push({ seq, value });
    else {
      this.#order.set(value.id, this.#order.size);
      this.#versions.set(value.id, [{ seq, value }]);
    }
  }

  /** As it is now. */
  get(id: string): T | undefined {
    return this.#versions.get(id)?.at(-1)?.value;
  }

  getAt(id: string, seq: number): T | undefined {
    return lastOf(this.#versions.get(id) ?? [], seq)?.value;
  }

  /** In order of creation, as they were at `seq`. */
  allAt(seq: number): T[] {
    return this.changed(0, seq);
  }

  /** Whose state at `to` is another than at `from`. */
  changed(from: number, to: number): T[] {
    const found: T[] = [];
    for (const versions of this.#versions.values()) {
      const version = lastOf(versions, to);
      if (version !== undefined && version.seq > from) found.push(version.value);
    }
    return found;
  }

  /** How many were created before. */
  orderOf(id: string): number {
    return this.#order.get(id) ?? -1;
  }
}

function lastOf<T>(versions: readonly Version<T>[], seq: number): Version<T> | undefined {
  return versions.findLast((version) => version.seq <= seq);
}
