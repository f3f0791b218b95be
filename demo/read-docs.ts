import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../src/contracts/docs.ts';

/** What a reader has seen so far. */
export interface Reading {
  /** Page loads: a page, and others of the same site that it leads to. */
  readonly loads: number;
  /** Answers that were no page, or that could not be had. */
  readonly missing: number;
  /** Loads whose parts were not of one release, by the hashes in its manifest. */
  readonly mixed: number;
  /** Releases in the order in which they were seen. */
  readonly releases: readonly string[];
}

export interface Reader {
  readonly reading: Reading;
  /** Stops after the load that is under way. */
  stop(): Promise<Reading>;
}

/** Between two loads: builds need the machine as well. */
const PAUSE_MS = 20;
/** Pages of every load, beside the manifest. */
const MOST_PAGES = 4;

/** Loads pages of a version as a browser does, one load after the other, and holds every byte against the manifest (P1). */
export function startReader(url: string, version = 'latest'): Reader {
  const seen = { loads: 0, missing: 0, mixed: 0, releases: [] as string[] };
  const stopped = new AbortController();
  const reading = (async () => {
    while (!stopped.signal.aborted) {
      await load(`${url}/versions/${version}/`, seen);
      await sleep(PAUSE_MS);
    }
  })();
  return {
    reading: seen,
    stop: async () => {
      stopped.abort();
      await reading;
      return seen;
    },
  };
}

async function load(at: string, seen: { loads: number; missing: number; mixed: number; releases: string[] }) {
  seen.loads += 1;
  try {
    const page = await fetch(at); // it is sent on to its release
    const manifest = (await (await fetch(new URL('manifest.json', page.url))).json()) as Manifest;
    if (seen.releases.at(-1) !== manifest.release) seen.releases.push(manifest.release);
    const others = manifest.files.filter(({ path }) => path.endsWith('.html')).slice(-MOST_PAGES);
    const bodies = await Promise.all(others.map(({ path }) => bytesOf(new URL(path, page.url))));
    const index = manifest.files.find(({ path }) => path === 'index.html');
    const expected = [index, ...others];
    const found = [Buffer.from(await page.arrayBuffer()), ...bodies];
    if (found.some((body) => body === null)) seen.missing += 1;
    else if (found.some((body, part) => body !== null && hashOf(body) !== expected[part]?.sha256)) seen.mixed += 1;
  } catch {
    seen.missing += 1;
  }
}

async function bytesOf(url: URL): Promise<Buffer | null> {
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  return answer.ok ? body : null;
}

const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
