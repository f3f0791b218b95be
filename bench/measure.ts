import type { BenchTemporal } from './bench-temporal.ts';

/** One line of the table. */
export interface Row {
  readonly measure: string;
  readonly goal: string;
  readonly reached: string;
  /** What it is measured against, in the same run. */
  readonly yardstick: string;
  /** Null where there is no goal. */
  readonly ok: boolean | null;
}

export interface Surroundings {
  /** Smaller samples. */
  readonly quick: boolean;
  /** One server for all measures of a run, started by the first that asks. */
  readonly temporal: () => Promise<BenchTemporal>;
}

/** One figure that is promised, and how it is measured. Bounded: it stops by itself. */
export interface Measure {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  /** What it takes, for the line that is shown meanwhile. */
  readonly doing: string;
  /** @throws where nothing could be measured. */
  run(surroundings: Surroundings): Promise<readonly Row[]>;
}
