/**
 * Where sign-ins are kept: one file a pair in the token folder, for its owner alone, replaced whole or not at all.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MicrosoftConfig } from '../config.ts';
import { ServiceError } from '../policies/service-error.ts';
import { readKeptSignIn, type KeptSignIn, type ReadSignIn } from './kept-sign-in.ts';
import { withSignInLock } from './lock-sign-in.ts';
import { seal } from './seal.ts';
import { ownError } from './sign-in-error.ts';

/** The sign-in of one pair, as this worker's configuration finds and opens it. */
export interface SignInPlace {
  readonly microsoft: Pick<MicrosoftConfig, 'tokenDir' | 'tokenKey'>;
  readonly pair: string;
}

/** No name of a pair leads out of the folder. */
export const signInFile = ({ microsoft, pair }: SignInPlace): string =>
  join(microsoft.tokenDir, `${encodeURIComponent(pair)}.json`);

/** Null: there is none. @throws ServiceError where the file cannot be looked at. */
export async function readSignIn(place: SignInPlace): Promise<ReadSignIn | null> {
  const text = await onDisk(place, () => readFile(signInFile(place), 'utf8').catch(unlessMissing));
  return text === null ? null : readKeptSignIn(text, place.microsoft.tokenKey?.() ?? null);
}

/** What the file is known by: another one whenever it was replaced; null: there is none. */
export async function stampOf(place: SignInPlace): Promise<string | null> {
  const found = await onDisk(place, () => stat(signInFile(place)).catch(unlessMissing));
  return found === null ? null : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/** Runs `work` while no other worker or command does with this sign-in; makes the folder where it is missing. */
export async function exclusively<T>(place: SignInPlace, work: () => Promise<T>): Promise<T> {
  const file = signInFile(place);
  await onDisk(place, () => mkdir(dirname(file), { recursive: true, mode: 0o700 }));
  return onDisk(place, () => withSignInLock(file, work));
}

/** Replaces the file at once: a reader sees the old one or the new one, whenever the writer dies. Only within `exclusively`. */
export async function writeSignIn(place: SignInPlace, signIn: KeptSignIn): Promise<void> {
  const { tokenKey } = place.microsoft;
  const plain = JSON.stringify(signIn);
  const text = tokenKey === null ? plain : JSON.stringify(seal(plain, tokenKey()));
  await onDisk(place, () => replaceFile(signInFile(place), `${text}\n`));
}

/** Keeps a sign-in for the pair's workers; the one before it is forgotten. @throws ServiceError */
export function rememberSignIn(place: SignInPlace, signIn: KeptSignIn): Promise<void> {
  return exclusively(place, () => writeSignIn(place, signIn));
}

/** Whether there was something to forget: the sign-in, what a killed writer left of one, or damaged ones. @throws ServiceError */
export async function forgetSignIn(place: SignInPlace): Promise<boolean> {
  if ((await remainsOf(place)).length === 0) return false;
  return exclusively(place, async () => {
    const remains = await remainsOf(place);
    await onDisk(place, () => Promise.all(remains.map((file) => rm(file, { force: true }))));
    return remains.length > 0;
  });
}

/** Every file that holds tokens of the pair. */
async function remainsOf(place: SignInPlace): Promise<readonly string[]> {
  const file = signInFile(place);
  const names = (await onDisk(place, () => readdir(dirname(file)).catch(unlessMissing))) ?? [];
  const own = basename(file);
  const ours = names.filter((name) => name === own || name === `${own}.new` || name.startsWith(`${own}.damaged-`));
  return ours.map((name) => join(dirname(file), name));
}

/** Puts a damaged file out of the way, for whoever wants to look at it; returns its new name. Only within `exclusively`. */
export async function moveAside(place: SignInPlace, at: number): Promise<string> {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const aside = `${signInFile(place)}.damaged-${time}`;
  await onDisk(place, () => rename(signInFile(place), aside).catch(unlessMissing));
  return basename(aside);
}

/** The lock makes one writer of all, so one draft is enough: what a killed writer left is overwritten. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true }); // it must be made by us, with our mode
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(dirname(file));
}

/** Without it the new name may be lost with the power, and with it the only refresh token that is still good. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function unlessMissing(cause: NodeJS.ErrnoException): null {
  if (cause.code === 'ENOENT') return null;
  throw cause;
}

async function onDisk<T>({ pair }: SignInPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (cause instanceof ServiceError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw cause;
    const kind = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code) ? 'forbidden' : 'unavailable';
    const next =
      'SWITCHYARD_TOKEN_DIR must be a folder that the worker may read and write: sign-ins renew themselves there.';
    throw ownError({ kind, request: `kept sign-in of pair ${pair}`, code, next });
  }
}
