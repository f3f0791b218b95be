import { unpackSets } from './pack-sets.ts';
import type { RecordSets } from './record-set.ts';
import { ofTypes, typesHashed } from './types-of-a-run.ts';

/** What the fence itself holds of red; null where it had no room for more than the hash. */
export function redInFence(red: string | null): RecordSets | null {
  const sets = red === null ? null : unpackSets(red);
  return sets === null || sets.length === 0 ? null : sets; // no deployment begins where nothing stands (D5)
}

/** Among what was read, the sets whose hash the fence carries; null where it carries none, or none of them has it. */
export function redAmong(read: readonly RecordSets[], red: string | null): RecordSets | null {
  const hash = /^sha256:([0-9a-f]{64})$/.exec(red ?? '')?.[1];
  if (hash === undefined) return null;
  for (const sets of read) {
    const types = typesHashed(sets, hash);
    if (types !== null) return ofTypes(sets, types);
  }
  return null;
}
