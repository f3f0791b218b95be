/** What the service remembers beside the objects: sync tokens that it gave, commands that it has executed, surprises that are due. */

/** Where a sync token stands. */
export interface SyncPoint {
  readonly userId: string;
  readonly seq: number;
}

export interface Memory {
  readonly syncTokens: Map<string, SyncPoint>;
  /** `user uuid` of executed commands. */
  readonly executed: Set<string>;
  /** How many full syncs will still be stale, and by how much. */
  stale: { times: number; readonly agoMs: number };
  /** How many incremental syncs will still be answered with everything. */
  forcedFulls: number;
  /** Commands that were executed. */
  writes: number;
}

export function createMemory(): Memory {
  return { syncTokens: new Map(), executed: new Set(), stale: { times: 0, agoMs: 0 }, forcedFulls: 0, writes: 0 };
}
