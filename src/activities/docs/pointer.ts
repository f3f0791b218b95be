import { randomUUID } from 'node:crypto';
import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Decision, PointerMove } from '../../core/docs/pointer-move.ts';
import { isReleaseId } from '../../core/docs/release-id.ts';
import { failure } from '../../policies/failures.ts';
import { flush } from './durable.ts';
import { isThere } from './is-there.ts';
import { claimMove, newestMove, readJournal } from './pointer-journal.ts';
import type { SiteLayout } from './site-layout.ts';

/**
 * The pointer of a version: a relative symbolic link that is replaced by a rename.
 *
 * - P1 A reader finds the old link or the new one: a rename has no moment without a name. (To remove and to make anew has one: 5,784 of
 *   8,634 reads missed, measured.)
 * - Every move is claimed in the journal first, then made, then read back: as long as the link is not what the newest entry of the journal
 *   says, it is set again. So of two at once the later entry wins, and a process that is killed in between is finished by the next one.
 *
 * The zombie window: a process that was stopped between its claim and its rename, and woken after a later move was made, sets the pointer
 * back to its own release. It reads back and puts that right itself, within milliseconds; where it is killed in exactly between, the old
 * release (whole, and once published) stands until the next verb that writes reads back. `docs list` shows it.
 */

/** Told between the claim and the rename: the place where a process may die, or sleep. */
export interface MoveWatch {
  readonly claimed?: (move: PointerMove) => Promise<void>;
}

/**
 * Decides a move by the journal, claims it, and makes it; decides again where somebody else was faster.
 *
 * @param decide reads the journal itself, as much of it as it needs: its move has the number after the newest entry that it saw.
 * @throws failure `Refused` where something of somebody else stands in the pointer's place.
 */
export async function movePointer(
  place: { readonly layout: SiteLayout; readonly version: string },
  decide: () => Promise<Decision>,
  { claimed }: MoveWatch = {},
): Promise<Decision> {
  const { layout, version } = place;
  await standsAt(layout, version); // refused before anything is claimed
  for (;;) {
    const decision = await decide();
    if (decision.kind === 'move') {
      if (!(await claimMove(layout, decision.move))) continue;
      await claimed?.(decision.move);
    }
    const stands = await settle(layout, version);
    if (decision.kind === 'move' && !(await isStored(layout, decision.move))) throw isGone(decision.move);
    if (decision.kind !== 'move' || stands === null || stands.seq === decision.move.seq) return decision;
    return stands.release === decision.move.release ? { kind: 'already', stands } : { kind: 'overtaken', stands };
  }
}

/**
 * Sets the pointer to what the newest entry of the journal says until it reads back so; null where there is no journal. Where that release is
 * not there any more, because it was collected while somebody pointed at it, the version goes back to the newest that is.
 */
export async function settle(layout: SiteLayout, version: string): Promise<PointerMove | null> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const newest = await newestMove(layout, version);
    if (newest === undefined) return null;
    if (!(await isStored(layout, newest))) await claimMove(layout, await moveBack(layout, newest));
    else if ((await standsAt(layout, version)) === newest.release) return newest;
    else await swapPointer(layout, newest);
  }
  throw failure('Unavailable', `The pointer ${version} was changed ${MOST_ATTEMPTS} times while it was read back.`, {
    next: 'Find out who else writes there, then run this again.',
  });
}

/** One rename: from one release to another, nothing in between (P1). */
export async function swapPointer(layout: SiteLayout, { version, release }: Pick<PointerMove, 'version' | 'release'>) {
  const draft = join(layout.versions, `.${randomUUID()}.tmp`);
  await symlink(join('..', 'releases', release), draft);
  try {
    await rename(draft, join(layout.versions, version));
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
  await flush(layout.versions);
}

/**
 * The release that the pointer leads to; null where there is none.
 *
 * @throws failure `Refused` where it is not a link to a release: a folder that somebody put there is not ours to replace.
 */
export async function standsAt(layout: SiteLayout, version: string): Promise<string | null> {
  const path = join(layout.versions, version);
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  const to = found.isSymbolicLink() ? await readlink(path) : '';
  if (isReleaseId(basename(to)) && to === join('..', 'releases', basename(to))) return basename(to);
  throw failure(
    'Refused',
    `${path} is ${found.isDirectory() ? 'a folder' : 'something else'}, not a pointer to a release.`,
    {
      next: 'Move it away, then run this again.',
    },
  );
}

const isStored = (layout: SiteLayout, { release }: Pick<PointerMove, 'release'>): Promise<boolean> =>
  isThere(join(layout.releases, release));

/** @throws failure `NotFound` where no release that the version showed is kept. */
async function moveBack(layout: SiteLayout, gone: PointerMove): Promise<PointerMove> {
  for (const move of [...(await readJournal(layout, gone.version))].reverse()) {
    if (move.seq >= gone.seq || !(await isStored(layout, move))) continue;
    return { ...gone, seq: gone.seq + 1, release: move.release, at: new Date().toISOString() };
  }
  throw isGone(gone);
}

const isGone = ({ version, release }: PointerMove) =>
  failure('NotFound', `${version} is to lead to release ${release}, and that release is not there.`, {
    next: 'Build it again, or choose another one: docs list shows them, docs rollback --to sets one.',
  });

const MOST_ATTEMPTS = 50;
