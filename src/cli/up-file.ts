import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startOf } from '../embedded/process-identity.ts';

/** What a running `switchyard up` leaves for other terminals. */
export interface UpFile {
  readonly schemaVersion: 1;
  readonly pid: number;
  /** When that process began: process ids are used again. */
  readonly began: string;
  readonly address: string;
  readonly namespace: string;
  readonly ui: string | null;
}

export const upFilePath = (home: string): string => join(home, 'up.json');

/** The file of a `switchyard up` that lives; null where there is none, or where its process is gone. */
export async function readUpFile(home: string): Promise<UpFile | null> {
  const text = await readFile(upFilePath(home), 'utf8').catch(() => null);
  const file = text === null ? null : asUpFile(text);
  if (file === null) return null;
  const began = startOf(file.pid);
  return began !== undefined && file.began === began ? file : null;
}

/** Written beside and renamed, so that a reader never sees half a file. */
export async function writeUpFile(home: string, at: Pick<UpFile, 'address' | 'namespace' | 'ui'>): Promise<void> {
  await mkdir(home, { recursive: true });
  const { pid } = process;
  const file: UpFile = { schemaVersion: 1, pid, began: startOf(pid) ?? '', ...at };
  await writeFile(`${upFilePath(home)}.${pid}`, `${JSON.stringify(file, null, 2)}\n`);
  await rename(`${upFilePath(home)}.${pid}`, upFilePath(home));
}

/** Removes our own file, and no other's. */
export async function removeUpFile(home: string): Promise<void> {
  const file = await readUpFile(home);
  if (file?.pid === process.pid) await rm(upFilePath(home), { force: true });
}

function asUpFile(text: string): UpFile | null {
  try {
    const value = JSON.parse(text) as Partial<UpFile> | null;
    const whole =
      value?.schemaVersion === 1 &&
      typeof value.pid === 'number' &&
      typeof value.address === 'string' &&
      typeof value.namespace === 'string';
    return whole ? (value as UpFile) : null;
  } catch {
    return null; // not written by us
  }
}
