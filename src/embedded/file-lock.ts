import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedFailure } from './failure.ts';
import { commandOf, isAlive, startOf } from './process-identity.ts';

/** A lock on a database file that is held. */
export interface FileLock {
  /** The claim on disk. Whoever starts the server appends its process id as a second line, before it opens the file. */
  readonly claim: string;
  /** The file itself, without symbolic links, so that two names of one file are one lock. */
  readonly file: string;
  release(): void;
}

/**
 * Claims a database file for one server at a time: two servers on one SQLite file start without complaint (measured) and
 * then overwrite each other.
 *
 * A claim is a file of its own beside the database, and *claim, then look*: whoever claims looks for other living claims
 * afterwards and steps back when there is one, so of two at once at least the later sees the earlier. Nothing is ever
 * taken from another, so no crash and no race can hand one file to two. A claim lives while its process does, or while
 * the server that this process started does; process ids that are in use again are told apart by when they began.
 * Processes in other containers or on other hosts are not seen: do not share the file among them.
 *
 * @throws EmbeddedFailure of kind `file-in-use` that names the process that holds the file.
 */
export async function lockFile(path: string, say: (line: string) => void): Promise<FileLock> {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  const file = join(realpathSync(dirname(resolve(path))), basename(path));
  await waitForOrphans(file, say);
  for (let attempt = 1; ; attempt++) {
    const holder = holderOf(file);
    if (holder === undefined) {
      const claim = claimNow(file);
      if (holderOf(file, claim) === undefined) return { claim, file, release: () => rmSync(claim, { force: true }) };
      rmSync(claim);
    }
    if (attempt === 5) throw inUse(file, holder ?? holderOf(file));
    await sleep(20 + Math.random() * 100); // two that saw each other both stepped back: let one be first
  }
}

interface Holder {
  readonly claim: string;
  readonly owner: number;
  readonly ownerLives: boolean;
  readonly server: number | undefined;
}

/** A claim of this process, under its final name only when it is complete, and under a name that is never used again. */
function claimNow(file: string): string {
  const id = `${process.pid}-${randomUUID().slice(0, 8)}`;
  const claim = `${file}.lock.${id}`;
  const draft = `${file}.claim.${id}`;
  writeFileSync(draft, `${startOf(process.pid) ?? ''}\n`);
  renameSync(draft, claim);
  return claim;
}

/** The living claim of another, after removing the dead ones. */
function holderOf(file: string, own?: string): Holder | undefined {
  const living = claimsOn(file).filter(({ claim }) => claim !== own);
  return living.find(({ ownerLives }) => ownerLives) ?? living[0];
}

function claimsOn(file: string): Holder[] {
  const prefix = `${basename(file)}.lock.`;
  const claims = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix));
  return claims.flatMap(
    (name) => read(join(dirname(file), name), Number.parseInt(name.slice(prefix.length), 10)) ?? [],
  );
}

function read(claim: string, owner: number): Holder | undefined {
  const [start, server] = contentOf(claim).split('\n');
  const ownerLives = start !== '' && startOf(owner) === start;
  const serverLives = Boolean(server) && (commandOf(Number(server))?.includes('start-dev') ?? false);
  if (ownerLives || serverLives) return { claim, owner, ownerLives, server: serverLives ? Number(server) : undefined };
  rmSync(claim, { force: true });
  return undefined;
}

function contentOf(claim: string): string {
  try {
    return readFileSync(claim, 'utf8');
  } catch {
    return ''; // released since it was listed
  }
}

/** A server whose owner was killed ends by itself within seconds; its file is free then, and not before. */
async function waitForOrphans(file: string, say: (line: string) => void): Promise<void> {
  const orphan = claimsOn(file).find(({ ownerLives }) => !ownerLives);
  if (orphan?.server === undefined) return;
  say(
    `Temporal: the server of a process that was killed (pid ${orphan.server}) still has ${file}, waiting for its end`,
  );
  for (const giveUp = Date.now() + 15_000; isAlive(orphan.server) && Date.now() < giveUp;) await sleep(50);
}

function inUse(file: string, holder: Holder | undefined): EmbeddedFailure {
  const who =
    holder === undefined
      ? 'several processes that start at once'
      : `${holder.ownerLives ? `process ${holder.owner}` : 'a process that is gone'}${serverWords(holder.server)}`;
  return new EmbeddedFailure(
    'file-in-use',
    `${file} is held by ${who}: one server at a time. Stop it, use the Temporal that it runs, or choose another file.`,
  );
}

function serverWords(server: number | undefined): string {
  return server === undefined ? '' : ` and its server (pid ${server})`;
}
