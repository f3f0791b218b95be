/** What can be broken on a game day, and mended where that does not happen by itself. */
export const PARTS = {
  worker: 'a worker of deployments is killed',
  database: "Temporal's database goes away",
  run: 'the running deployment is terminated in Temporal, which rolls nothing back',
  gateway: 'the gateway is killed',
  alarm: 'an alarm of the record is sent to the gateway',
  secret: 'a secret that a gate of the record needs is taken from the workers',
} as const;

export type Part = keyof typeof PARTS;

/** How the client ended. */
export interface Ran {
  readonly exit: number | null;
  /** Both streams. */
  readonly said: string;
}

/** Where a game day is played: the sandbox on this machine, or a stack of one's own that serves nobody. */
export interface Ground {
  /** A record that nobody needs, on red. */
  readonly record: string;
  readonly black: string;
  /** Flags of every deployment: its checks, and how long it bakes. */
  readonly flags: readonly string[];
  /** `./switchyard …`, with the credentials of an operator. */
  readonly client: (args: readonly string[]) => Promise<Ran>;
  /** Whether the ground knows how to break it. */
  knows(part: Part): boolean;
  /** @throws where it cannot be done. */
  strike(part: Part): Promise<void>;
  /** Safe to repeat, and where nothing was broken. */
  mend(part: Part): Promise<void>;
}
