import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './durable.ts';

/** A folder to work in that nobody else touches, and that somebody else clears away where its owner was killed. */
export interface Workspace {
  readonly path: string;
  /** Removes it; again and again if need be. */
  readonly close: () => Promise<void>;
}

const NAME = /^([\w-]+)\.(\d+)\.[0-9a-f]{8}$/;

/** Whether it is the name of one, and of nothing else in a folder. */
export const isWorkspaceName = (name: string): boolean => NAME.test(name);

/** Its name says who works there: machine and process. `prefix` tells ours from others' in a shared folder. */
export async function openWorkspace(folder: string, prefix = ''): Promise<Workspace> {
  const name = `${prefix}${machine()}.${process.pid}.${randomUUID().slice(0, 8)}`;
  const path = join(folder, name);
  OPEN.add(name);
  await mkdir(path, { recursive: true });
  return {
    path,
    close: async () => {
      await removeTree(path);
      OPEN.delete(name);
    },
  };
}

/**
 * Removes what dead processes left, and says how many. One of another machine, which cannot be asked, is dead after a day: a build may
 * take a quarter of an hour.
 */
export async function sweepWorkspaces(folder: string, prefix = ''): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const dead: string[] = [];
  for (const name of names) if (name.startsWith(prefix) && (await isDead(folder, name, prefix))) dead.push(name);
  for (const name of dead) await removeTree(join(folder, name));
  return dead.length;
}

async function isDead(folder: string, name: string, prefix: string): Promise<boolean> {
  const [, host, pid] = NAME.exec(name.slice(prefix.length)) ?? [];
  if (host === undefined) return false; // none of ours
  if (host === machine() && Number(pid) === process.pid) return !OPEN.has(name); // a container's process is always number 1
  if (host === machine() && !isAlive(Number(pid))) return true;
  const found = await stat(join(folder, name)).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > DAY_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const OPEN = new Set<string>();
const DAY_MS = 24 * 3_600_000;
/** Of one host name there may be several sets of process numbers: containers in the network of their host have its name. */
const machine = (): string => `${hostname()}-${processSpace()}`.replace(/[^\w-]/g, '-');

function processSpace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0'; // not Linux: there is one
  }
}
