/** Bodies of tests that run at the same time, in one `beforeAll`. */
export interface Together {
  readonly names: readonly string[];
  /** Runs all of them to their ends. */
  run(): Promise<void>;
  /** Throws what the body of that name threw. */
  mustHavePassed(name: string): void;
}

/**
 * `test.concurrent` ends the first one's test code while the others still run, and jest then refuses them the `import()` with which the
 * client loads what a verb needs.
 */
export function together(bodies: Readonly<Record<string, () => Promise<void>>>): Together {
  const ends = new Map<string, PromiseSettledResult<void>>();
  const names = Object.keys(bodies);
  return {
    names,
    run: async () => {
      const settled = await Promise.allSettled(Object.values(bodies).map((body) => body()));
      settled.forEach((end, at) => ends.set(names[at] ?? '', end));
    },
    mustHavePassed: (name) => {
      const end = ends.get(name);
      if (end?.status !== 'fulfilled') throw end?.reason ?? new Error('it did not run');
    },
  };
}
