import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PointerMove } from '../../core/docs/pointer-move.ts';
import { isReleaseId } from '../../core/docs/release-id.ts';
import { failure } from '../../policies/failures.ts';
import { flush } from './durable.ts';
import type { SiteLayout } from './site-layout.ts';

/**
 * The journal of a version's pointer: numbered files, each written once. The newest is what has to stand.
 *
 * To write the next number first *is* to have the move: there is no lock, so no crash leaves one behind. A file appears under its number
 * complete or not at all (a hard link, which refuses a name that is taken).
 */

/** The journal, oldest first; empty where nothing was ever published. @throws failure `Invalid` where an entry is no entry. */
export async function readJournal(layout: SiteLayout, version: string): Promise<readonly PointerMove[]> {
  const moves: PointerMove[] = [];
  for (const path of await entriesOf(layout, version)) moves.push(await readMove(path));
  return moves;
}

/** What has to stand: the newest entry, however long the journal is; undefined where nothing was ever published. @throws as `readJournal`. */
export async function newestMove(layout: SiteLayout, version: string): Promise<PointerMove | undefined> {
  const path = (await entriesOf(layout, version)).at(-1);
  return path === undefined ? undefined : readMove(path);
}

async function entriesOf({ state }: SiteLayout, version: string): Promise<readonly string[]> {
  const folder = join(state, version);
  const names = (await readdir(folder).catch(() => [])).filter((name) => NUMBERED.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** The versions that have a journal, by name. */
export async function versionsOf(layout: SiteLayout): Promise<readonly string[]> {
  const entries = await readdir(layout.state, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Writes a move under its number; false where somebody else has that number. */
export async function claimMove(layout: SiteLayout, move: PointerMove): Promise<boolean> {
  const folder = join(layout.state, move.version);
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(draft, `${JSON.stringify(move)}\n`, { flag: 'wx' });
    await flush(draft);
    await link(draft, join(folder, `${String(move.seq).padStart(8, '0')}.json`));
    await flush(folder);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readMove(path: string): Promise<PointerMove> {
  const text = await readFile(path, 'utf8');
  const move = parse(text);
  if (move?.version === basename(dirname(path))) return move;
  throw failure('Invalid', `${path} is no entry of a journal of this program.`, {
    next: 'Look at it by hand; without it the pointer of this version is not moved.',
  });
}

function parse(text: string): PointerMove | null {
  try {
    const value = JSON.parse(text) as Partial<PointerMove> | null;
    const isMove = value?.schemaVersion === 1 && typeof value.seq === 'number' && typeof value.askedAt === 'string';
    return isMove && isRelease(value.release) ? (value as PointerMove) : null;
  } catch {
    return null;
  }
}

/** Anything else would lead the pointer out of the releases. */
const isRelease = (value: unknown): boolean => typeof value === 'string' && isReleaseId(value);

const NUMBERED = /^\d{8}\.json$/;
