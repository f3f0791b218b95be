/** Who wrote a fence: `<namespace id>/<workflow id>/<firstExecutionRunId>`. */
export interface FenceOwner {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Of the first execution: a run that Temporal has reset keeps it. */
  readonly firstRunId: string;
}

/** The parts of a fence's owner; null where it has no three. */
export function readFenceOwner(owner: string): FenceOwner | null {
  const [first, last] = [owner.indexOf('/'), owner.lastIndexOf('/')];
  if (first <= 0 || last <= first + 1 || last === owner.length - 1) return null;
  return {
    namespaceId: owner.slice(0, first),
    workflowId: owner.slice(first + 1, last),
    firstRunId: owner.slice(last + 1),
  };
}
