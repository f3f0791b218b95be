import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { failure } from '../../policies/failures.ts';
import { removeTree } from './durable.ts';
import { isWorkspaceName, openWorkspace, type Workspace } from './workspace.ts';

/** How many builds a worker works at: each takes gigabytes of memory while it generates. */
export const BUILDS_AT_ONCE = 2;
/** Nobody has worked there for so long: whoever had it has ended without a word. One that comes back begins anew. */
const FORGOTTEN_AFTER_MS = 60_000;
const ASK_AGAIN_MS = 2_000;

/** The folders of the builds that are under way on this worker. */
export interface BuildPlaces {
  /**
   * A folder for a run, which gives back what it had before: it asks again where the answer was lost.
   *
   * @throws failure `Throttled` while all are taken: another worker may have one.
   */
  claim(folder: string, run: string): Promise<{ readonly name: string }>;
  /** Runs a stage in a folder that was claimed. @throws failure `WorkspaceLost` where it is not there any more. */
  within<T>(name: string, work: (path: string) => Promise<T>): Promise<T>;
  release(folder: string, name: string): Promise<void>;
}

interface Place extends Workspace {
  readonly run: string;
  working: number;
  usedAt: number;
}

export function openBuildPlaces(now: () => number, most: number): BuildPlaces {
  const places = new Map<string, Place>();
  const close = async (name: string): Promise<void> => {
    const place = places.get(name);
    places.delete(name);
    await place?.close();
  };
  const closeIdle = async (run: string): Promise<void> => {
    const isOver = ({ run: owner, usedAt }: Place): boolean => owner === run || now() - usedAt > FORGOTTEN_AFTER_MS;
    for (const [name, place] of [...places]) if (place.working === 0 && isOver(place)) await close(name);
  };
  return {
    claim: async (folder, run) => {
      await closeIdle(run);
      if (places.size >= most) throw allTaken(most);
      const reserved = randomUUID(); // two that come at once must not both see the last one free
      const place = { run, usedAt: now() };
      places.set(reserved, { ...place, path: '', close: () => Promise.resolve(), working: 1 });
      try {
        const workspace = await openWorkspace(folder);
        const name = basename(workspace.path);
        places.set(name, { ...place, ...workspace, working: 0 });
        return { name };
      } finally {
        places.delete(reserved);
      }
    },
    within: async (name, work) => {
      const place = places.get(name);
      if (place === undefined) throw lost();
      place.working += 1;
      try {
        return await work(place.path);
      } finally {
        place.working -= 1;
        place.usedAt = now();
      }
    },
    release: async (folder, name) => {
      if (places.has(name)) await close(name);
      else if (isWorkspaceName(name)) await removeTree(join(folder, name));
    },
  };
}

const allTaken = (most: number) =>
  failure('Throttled', `This worker works at ${most} builds already.`, { retryAfterMs: ASK_AGAIN_MS });

const lost = () =>
  failure('WorkspaceLost', 'The folder of this build is not on this worker any more.', {
    next: 'The build begins anew by itself.',
  });
