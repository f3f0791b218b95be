import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from '../embedded/process-identity.ts';
import { ownError } from './sign-in-error.ts';

/**
 * Runs `work` while nobody else does with the same file, in this process or another: of two that exchange one refresh token at once, the
 * later would keep the one that is good no longer.
 *
 * *Claim, then look*: a claim is a file of its own, and whoever sees another living claim after making its own steps back and tries again.
 * Nothing is ever taken from another, so no crash hands the file to two. A claim of this machine lives while its process does; one of another
 * machine or container, which cannot be asked, until it has stood for `foreignMs`.
 *
 * @throws ServiceError `unavailable` after `patienceMs`.
 */
export async function withSignInLock<T>(file: string, work: () => Promise<T>, limits: LockLimits = LIMITS): Promise<T> {
  const claim = await claimed(file, limits);
  try {
    return await work();
  } finally {
    rmSync(claim, { force: true });
  }
}

export interface LockLimits {
  readonly patienceMs: number;
  readonly foreignMs: number;
}

/** Who holds the lock asks Microsoft at most twice, 15 s each. */
const LIMITS: LockLimits = { patienceMs: 90_000, foreignMs: 60_000 };

async function claimed(file: string, { patienceMs, foreignMs }: LockLimits): Promise<string> {
  const seen: Sightings = { since: new Map(), foreignMs };
  for (const giveUpAt = performance.now() + patienceMs; performance.now() < giveUpAt;) {
    const claim = isHeld(file, null, seen) ? null : claimNow(file);
    if (claim !== null && !isHeld(file, claim, seen)) return afterClearing(file, claim, foreignMs);
    if (claim !== null) rmSync(claim, { force: true });
    await sleep(5 + Math.random() * 40); // two that saw each other both stepped back: let one be first
  }
  throw ownError({ kind: 'unavailable', request: `lock of ${basename(file)}`, code: 'LOCKED' });
}

interface Sightings {
  /** When a claim was seen first, on this process's own clock. */
  readonly since: Map<string, number>;
  readonly foreignMs: number;
}

/** Under its final name only when it is complete, and under a name that is never used again. */
function claimNow(file: string): string {
  const id = randomUUID();
  const draft = `${file}.claim.${id}`;
  writeFileSync(draft, JSON.stringify(OWNER()), { mode: 0o600 });
  const claim = `${file}.lock.${id}`;
  renameSync(draft, claim);
  return claim;
}

/** Where another living claim is; dead ones are removed. */
function isHeld(file: string, own: string | null, seen: Sightings): boolean {
  return besides(file, 'lock').some((claim) => claim !== own && lives(claim, seen));
}

function besides(file: string, kind: 'claim' | 'lock'): readonly string[] {
  const prefix = `${basename(file)}.${kind}.`;
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix));
  return names.map((name) => join(dirname(file), name));
}

/** Removes what crashes between making a claim and naming it have left. Ages by the clock of the disk alone, which may be another machine's. */
function afterClearing(file: string, claim: string, foreignMs: number): string {
  const madeAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  const oldest = madeAt(claim) - foreignMs;
  for (const draft of besides(file, 'claim')) if (madeAt(draft) < oldest) rmSync(draft, { force: true });
  return claim;
}

function lives(claim: string, seen: Sightings): boolean {
  const owner = ownerOf(claim);
  if (owner === 'gone') return false;
  const alive = owner?.place === PLACE ? startOf(owner.pid) === owner.start : isYoung(claim, seen);
  if (!alive) rmSync(claim, { force: true });
  return alive;
}

function isYoung(claim: string, { since, foreignMs }: Sightings): boolean {
  const first = since.get(claim) ?? performance.now();
  since.set(claim, first);
  return performance.now() - first < foreignMs;
}

interface Owner {
  readonly place: string;
  readonly pid: number;
  readonly start: string | undefined;
}

/** Null: a claim that says nothing that we understand. */
function ownerOf(claim: string): Owner | 'gone' | null {
  try {
    return JSON.parse(readFileSync(claim, 'utf8')) as Owner;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : null;
  }
}

const OWNER = (): Owner => ({ place: PLACE, pid: process.pid, start: startOf(process.pid) });

/** Where process numbers mean the same processes: this machine since it was started, and of its containers this one. */
const PLACE = [hostname(), bootOf(), processSpace()].join(' ');

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return ''; // no /proc here: then there are no containers that share it
  }
}

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
