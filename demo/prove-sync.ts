/** What really stands in both services, by their own logs: never by what a run says of itself. */
export interface SyncProof {
  /** Open in Todoist. */
  readonly tasks: number;
  /** Of those, how many have how many open copies: `1` is right. */
  readonly copiesOfEach: readonly number[];
  /** Closed in Todoist by the sync. */
  readonly closed: number;
  /** That the run without a change made, in both. */
  readonly idleWrites: number;
  /** A sentence for each promise that does not hold. */
  readonly broken: readonly string[];
}

export interface SyncExpected {
  readonly tasks: number;
  readonly closed: number;
}

/** For people. */
export function syncProofLines({ tasks, copiesOfEach, closed, idleWrites }: SyncProof): readonly string[] {
  const once = copiesOfEach.filter((copies) => copies === 1).length;
  return [
    `Todoist      ${tasks} open tasks; ${closed} were closed because somebody completed their copies`,
    `To Do        ${once} of them there exactly once, ${copiesOfEach.length - once} otherwise`,
    `again        ${idleWrites} writes where nothing had changed`,
  ];
}

/** Everything in which the proof is not what was expected, a sentence each. */
export function syncDisproved(proof: SyncProof, expected: SyncExpected): readonly string[] {
  const counts = (['tasks', 'closed'] as const).flatMap((what) =>
    proof[what] === expected[what] ? [] : [`${what}: expected ${expected[what]}, found ${proof[what]}`],
  );
  const wrong = proof.copiesOfEach.filter((copies) => copies !== 1);
  return [
    ...counts,
    ...(wrong.length === 0 ? [] : [`expected one open copy of each task, found ${wrong.join(', ')}`]),
    ...(proof.idleWrites === 0 ? [] : [`expected no write where nothing had changed, found ${proof.idleWrites}`]),
    ...proof.broken,
  ];
}
