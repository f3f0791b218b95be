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
      const settled = await Promise.allSettled(Object.values(bodies).map((body) => Promise.race([body(), tooLate()])));
      settled.forEach((end, at) => ends.set(names[at] ?? '', end));
    },
    mustHavePassed: (name) => {
      const end = ends.get(name);
      if (end?.status !== 'fulfilled') throw end?.reason ?? new Error('it did not run');
    },
  };
}

/** One that hangs must not hide what became of the others. */
function tooLate(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error('it still runs')), LONGEST_MS).unref();
  });
}

/** Less than the time-out of the `beforeAll` in which they run. */
const LONGEST_MS = 110_000;
