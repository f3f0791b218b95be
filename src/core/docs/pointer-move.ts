/** One entry of a version's journal: what its pointer was set to, by whom and why. The newest entry is what has to stand. */
export interface PointerMove {
  readonly schemaVersion: 1;
  /** Rises by one: whoever writes an entry under the next number first has the move. */
  readonly seq: number;
  readonly version: string;
  readonly release: string;
  readonly action: 'publish' | 'rollback' | 'unpin';
  /** ISO 8601; builds are kept, and not published, as long as it is set. */
  readonly pinnedSince: string | null;
  /** When the build, or the command, was asked for: an older one never replaces a newer one. */
  readonly askedAt: string;
  readonly at: string;
  /** Not authenticated. */
  readonly by: string;
}

/** What somebody wants of a pointer. */
export interface MoveWish {
  readonly askedAt: string;
  readonly by: string;
  readonly now: string;
}

export type Decision =
  | { readonly kind: 'move'; readonly move: PointerMove }
  /** It stands there already. */
  | { readonly kind: 'already'; readonly stands: PointerMove }
  | { readonly kind: 'pinned'; readonly stands: PointerMove }
  /** What was asked for later stands already. */
  | { readonly kind: 'overtaken'; readonly stands: PointerMove }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whether a release that was built may be published, by what stands; undefined: nothing yet. */
export function decidePublish(
  stands: PointerMove | undefined,
  release: string,
  wish: MoveWish & { readonly version: string },
): Decision {
  if (stands?.release === release) return { kind: 'already', stands };
  if (stands !== undefined && stands.pinnedSince !== null) return { kind: 'pinned', stands };
  if (stands !== undefined && earlier(stands.askedAt, stands.at) > wish.askedAt) return { kind: 'overtaken', stands };
  const seq = (stands?.seq ?? 0) + 1;
  const { version, now: at, askedAt, by } = wish;
  return {
    kind: 'move',
    move: { schemaVersion: 1, seq, version, release, action: 'publish', pinnedSince: null, askedAt, at, by },
  };
}

/** A clock that is ahead must not hold builds back until its time has come. */
const earlier = (a: string, b: string): string => (a < b ? a : b);

/** What a rollback goes back to by the journal (oldest first): the release that was asked for, else the one published before the one that stands (P3). */
export function decideRollback(
  journal: readonly PointerMove[],
  { to, releases }: { readonly to: string | null; readonly releases: ReadonlySet<string> },
  wish: MoveWish,
): Decision {
  const stands = journal.at(-1);
  if (stands === undefined) return refused('nothing was published under this version yet');
  if (to !== null && !releases.has(to)) return refused(`there is no release ${to}`);
  const release = to ?? before(journal, stands, releases);
  if (release === null) return refused(`no release from before ${stands.release} is kept`);
  if (release === stands.release && stands.pinnedSince !== null) return { kind: 'already', stands };
  return { kind: 'move', move: next(stands, { release, action: 'rollback', pinnedSince: wish.now }, wish) };
}

/** Lifts a pin and moves nothing: the next build publishes again. */
export function decideUnpin(stands: PointerMove | undefined, wish: MoveWish): Decision {
  if (stands === undefined) return refused('nothing was published under this version yet');
  if (stands.pinnedSince === null) return { kind: 'already', stands };
  return { kind: 'move', move: next(stands, { release: stands.release, action: 'unpin', pinnedSince: null }, wish) };
}

/**
 * The release that was published before the one that stands. By the order of publishing, not by that of the moves: a second rollback goes
 * one further back, not forth again.
 */
function before(journal: readonly PointerMove[], stands: PointerMove, kept: ReadonlySet<string>): string | null {
  const published = new Map<string, number>();
  for (const { release, action, seq } of journal)
    if (action === 'publish' || !published.has(release)) published.set(release, seq);
  const reached = published.get(stands.release) ?? stands.seq;
  const earlier = [...published].filter(([release, seq]) => seq < reached && kept.has(release));
  return earlier.sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

type Change = Pick<PointerMove, 'release' | 'action' | 'pinnedSince'>;

function next(stands: PointerMove, change: Change, { now, askedAt, by }: MoveWish): PointerMove {
  return { ...stands, ...change, seq: stands.seq + 1, askedAt, at: now, by };
}

const refused = (reason: string): Decision => ({ kind: 'refused', reason });
