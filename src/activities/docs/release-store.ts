import { chmod, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decidePublish,
  decideRollback,
  decideUnpin,
  type Decision,
  type PointerMove,
} from '../../core/docs/pointer-move.ts';
import { defaultVersion, rootFiles, type ShownSite } from '../../core/docs/root-files.ts';
import type { DocsMove } from '../../contracts/docs-runs.ts';
import { replaceFile } from './durable.ts';
import { isReleaseId } from '../../core/docs/release-id.ts';
import { isThere } from './is-there.ts';
import { movePointer, settle, standsAt, type MoveWatch } from './pointer.ts';
import { newestMove, readJournal, versionsOf } from './pointer-journal.ts';
import { mustBeWhole, readManifest, readReleases, type StoredRelease } from './read-manifest.ts';
import type { SiteLayout } from './site-layout.ts';

/**
 * Published documentation in a folder: immutable releases, and a pointer for each version.
 *
 * - P1 What a pointer leads to is one whole release; moving it is one rename (pointer.ts).
 * - P2 Nothing that is served is touched before the move; a release is compared with its manifest before it is pointed at.
 * - P3 A rollback is a move of the pointer. It pins the version, so that the next build does not undo it, until somebody unpins it.
 */

export interface Asked {
  readonly version: string;
  readonly by: string;
  /** ISO 8601: when it was asked for. */
  readonly askedAt: string;
}

/** Points a version at a release; idempotent, and no harm when it comes late. @throws failure `Invalid` where the release is damaged. */
export async function publish(
  layout: SiteLayout,
  { release, ...asked }: Asked & { readonly release: string },
  watch: MoveWatch = {},
): Promise<Decision> {
  await mustBeWhole(join(layout.releases, release));
  const decide = async () => decidePublish(await newestMove(layout, asked.version), release, { ...asked, now: now() });
  return moved(layout, await movePointer({ layout, version: asked.version }, decide, watch));
}

/** Moves a pointer without a build. */
export const moveVersion = (
  layout: SiteLayout,
  { move, ...asked }: Asked & Pick<DocsMove, 'move'>,
): Promise<Decision> => (move.kind === 'rollback' ? rollBack(layout, { ...asked, to: move.to }) : unpin(layout, asked));

/** Goes back to the release before, or to the one that is named, and pins the version to it (P3). */
export async function rollBack(layout: SiteLayout, { to, ...asked }: Asked & { readonly to: string | null }) {
  const decide = async (): Promise<Decision> => {
    const journal = await readJournal(layout, asked.version);
    const releases = new Set((await readReleases(layout)).map(({ id }) => id));
    const decision = decideRollback(journal, { to, releases }, { ...asked, now: now() });
    if (decision.kind === 'move') await mustBeWhole(join(layout.releases, decision.move.release));
    return decision;
  };
  return moved(layout, await movePointer({ layout, version: asked.version }, decide));
}

/** Lets builds publish again. */
export async function unpin(layout: SiteLayout, asked: Asked): Promise<Decision> {
  const decide = async () => decideUnpin(await newestMove(layout, asked.version), { ...asked, now: now() });
  return moved(layout, await movePointer({ layout, version: asked.version }, decide));
}

export interface StandingVersion {
  readonly version: string;
  /** The newest move. */
  readonly stands: PointerMove;
  /** Where the pointer really leads: another release than `stands` says only within the zombie window; null where there is none. */
  readonly pointsAt: string | null;
}

export interface SiteState {
  readonly versions: readonly StandingVersion[];
  readonly releases: readonly StoredRelease[];
  readonly journals: readonly (readonly PointerMove[])[];
}

/** What stands in a site; changes nothing. */
export async function readSite(layout: SiteLayout): Promise<SiteState> {
  const names = await versionsOf(layout);
  const journals = await Promise.all(names.map((version) => readJournal(layout, version)));
  return {
    versions: await readVersions(layout),
    releases: await readReleases(layout),
    journals: journals.filter((one) => one.length > 0),
  };
}

/** What every version shows, without the releases: a few small files, however many were published. */
export async function readVersions(layout: SiteLayout): Promise<readonly StandingVersion[]> {
  const newest = await Promise.all((await versionsOf(layout)).map((version) => newestMove(layout, version)));
  return Promise.all(
    newest
      .filter((stands) => stands !== undefined)
      .map(async (stands) => {
        return { version: stands.version, stands, pointsAt: await standsAt(layout, stands.version).catch(() => null) };
      }),
  );
}

/** Finishes what a killed process began: every pointer as its journal says, and the files at the root to match. */
export async function convergeSite(layout: SiteLayout): Promise<void> {
  await putBack(layout);
  // One that cannot be settled keeps no other waiting: whoever moves it is told.
  for (const version of await versionsOf(layout)) await settle(layout, version).catch(() => null);
  await writeRootFiles(layout);
}

/** Of what was about to be removed, all that a pointer or a journal wants: a collection was killed before it saw that. */
async function putBack(layout: SiteLayout): Promise<void> {
  for (const name of await readdir(layout.trash).catch(() => [])) {
    const [id = ''] = name.split('.');
    const isMissing = isReleaseId(id) && !(await isThere(join(layout.releases, id)));
    if (isMissing && isWanted(await readVersions(layout), id)) await untrash(layout, name);
  }
}

/** Back to where it was; somebody else may just have done so. */
export async function untrash({ releases, trash }: SiteLayout, name: string): Promise<void> {
  const release = join(releases, name.split('.')[0] ?? '');
  await rename(join(trash, name), release).catch(unlessDone);
  await chmod(release, 0o555);
}

function unlessDone(cause: unknown): void {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw cause;
}

/** Whether a version shows a release, or is to show it. */
export const isWanted = (versions: readonly StandingVersion[], id: string): boolean =>
  versions.some(({ stands, pointsAt }) => stands.release === id || pointsAt === id);

async function moved(layout: SiteLayout, decision: Decision): Promise<Decision> {
  await writeRootFiles(layout);
  return decision;
}

/** Made from the journals alone, and made again until they did not change meanwhile: two at once must not leave the older answer. */
async function writeRootFiles(layout: SiteLayout): Promise<void> {
  let before = '';
  for (;;) {
    const versions = await readVersions(layout);
    const files = JSON.stringify(versions);
    if (versions.length === 0 || files === before) return;
    before = files;
    const standing = versions.map(({ stands }) => stands);
    for (const [name, text] of Object.entries(rootFiles(standing, await shownBy(layout, standing))))
      await replaceFile(join(layout.out, name), text as string);
  }
}

/** What the default version shows, out of its manifest; null where that does not say where readers find the site. */
async function shownBy({ releases }: SiteLayout, standing: readonly PointerMove[]): Promise<ShownSite | null> {
  const first = defaultVersion(standing);
  const release = standing.find(({ version }) => version === first)?.release ?? '-';
  const manifest = await readManifest(join(releases, release));
  if (manifest?.baseUrl == null) return null;
  const pages = manifest.files.map(({ path }) => path).filter((path) => path.endsWith('.html'));
  return { baseUrl: manifest.baseUrl, pages };
}

const now = (): string => new Date().toISOString();
