import type { PointerMove } from './pointer-move.ts';

/** A release as its manifest tells of it; null where that cannot be read. */
export interface KnownRelease {
  readonly id: string;
  readonly built: { readonly version: string; readonly finishedAt: string } | null;
}

export interface CollectionAsk {
  readonly releases: readonly KnownRelease[];
  /** The journal of each version, oldest first. */
  readonly journals: readonly (readonly PointerMove[])[];
  /** Where the pointers really lead, whatever the journals say. */
  readonly pointed: ReadonlySet<string>;
  /** How many releases of a version a rollback can reach, beside the one that stands. */
  readonly keep: number;
  /** What was served until less than this ago may still be read by caches and open pages. */
  readonly graceMs: number;
  readonly now: string;
}

export type KeepReason =
  'it stands' | 'a rollback may want it' | 'it was in use until just now' | 'its manifest is unreadable';

export interface Collection {
  readonly collect: readonly string[];
  readonly kept: readonly { readonly id: string; readonly why: KeepReason }[];
}

/** What may be removed: never what a pointer, a pin or the way back needs; what cannot be judged is kept. */
export function planCollection(ask: CollectionAsk): Collection {
  const judged = ask.releases.map((release) => ({ id: release.id, why: reasonToKeep(release, ask) }));
  return {
    collect: judged.filter(({ why }) => why === null).map(({ id }) => id),
    kept: judged.flatMap(({ id, why }) => (why === null ? [] : [{ id, why }])),
  };
}

function reasonToKeep(release: KnownRelease, ask: CollectionAsk): KeepReason | null {
  const { id, built } = release;
  if (ask.pointed.has(id) || ask.journals.some((journal) => journal.at(-1)?.release === id)) return 'it stands';
  if (built === null) return 'its manifest is unreadable';
  if (Date.parse(ask.now) - lastUse(release, ask.journals) < ask.graceMs) return 'it was in use until just now';
  return versionsOf(release, ask).some((version) => wayBack(version, ask).includes(id))
    ? 'a rollback may want it'
    : null;
}

/** When it was last in somebody's way: until it was replaced, or when it was built. */
function lastUse({ id, built }: KnownRelease, journals: CollectionAsk['journals']): number {
  const replaced = journals.flatMap((journal) =>
    journal.flatMap((move, at) => (move.release === id ? [journal[at + 1]?.at ?? move.at] : [])),
  );
  return Math.max(Date.parse(built?.finishedAt ?? ''), ...replaced.map((at) => Date.parse(at)));
}

function versionsOf({ id, built }: KnownRelease, { journals }: CollectionAsk): readonly string[] {
  const shown = journals.filter((journal) => journal.some(({ release }) => release === id));
  return [...shown.flatMap((journal) => journal[0]?.version ?? []), ...(built === null ? [] : [built.version])];
}

/** The newest releases of a version beside the one that stands, published or only built. */
function wayBack(version: string, ask: CollectionAsk): readonly string[] {
  if (!ask.journals.some((journal) => journal[0]?.version === version)) return []; // never published: no way leads back
  const standing = ask.journals.find((journal) => journal[0]?.version === version)?.at(-1)?.release;
  return ask.releases
    .filter((release) => release.id !== standing && versionsOf(release, ask).includes(version))
    .sort((a, b) => lastUse(b, ask.journals) - lastUse(a, ask.journals) || (a.id < b.id ? 1 : -1))
    .slice(0, ask.keep)
    .map(({ id }) => id);
}
