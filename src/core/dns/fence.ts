import { cleanText } from '../clean-text.ts';
import { fenceName } from './name.ts';
import { hashedRed, packRed, unpackSets } from './pack-sets.ts';
import { hashSets } from './record-set.ts';
import type { RecordSet, RecordSets } from './record-set.ts';
import { quoteTxt, unquoteTxt } from './txt-value.ts';

/** Where a deployment of the name is: `idle` and `reset` are rest, the others mean that a run is in the middle. */
export type FenceStage = 'idle' | 'step' | 'restoring' | 'reset';

/**
 * The TXT value at `_switchyard.<name>`, swapped in the same batch as the record (D6).
 * Public, so it names no person.
 */
export interface Fence {
  /** Rises with every write. */
  readonly gen: number;
  readonly stage: FenceStage;
  /** `<namespace id>/<workflow id>/<firstExecutionRunId>`; `-/reset:<fqdn>/-` after a reset. */
  readonly owner: string;
  /** Milliseconds since the epoch: planned end of the stage plus ten minutes; null at rest. */
  readonly until: number | null;
  /** Hash of the record sets written in the same batch. */
  readonly sets: string;
  /** The packed snapshot, or `sha256:<hex>` where it does not fit; null at rest. */
  readonly red: string | null;
}

export type FenceReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'standing'; readonly set: RecordSet; readonly fence: Fence }
  /** Not ours to touch: a newer version, or no fence at all. */
  | { readonly kind: 'unreadable'; readonly set: RecordSet; readonly why: string };

/** What the next write puts into the fence. */
export interface FenceChange {
  readonly stage: FenceStage;
  readonly owner: string;
  /** Ignored at rest. */
  readonly until: number | null;
  /** The record sets written in the same batch. */
  readonly sets: RecordSets;
  /** From `packRed`, or as it stands; ignored at rest. */
  readonly red: string | null;
  /** The highest generation that this run may have written already, where it may be above the one that stands. */
  readonly floor?: number;
}

/** Reads the TXT set at the fence's name. Whatever is not exactly a fence of this version is `unreadable`. */
export function readFence(set: RecordSet | null): FenceReading {
  if (set === null) return { kind: 'none' };
  const read = readSet(set);
  return typeof read === 'string' ? { kind: 'unreadable', set, why: read } : { kind: 'standing', set, fence: read };
}

/**
 * The TXT set that carries the fence: one value of at most 1,000 characters, quotes included. A red that does not fit is
 * replaced by its hash. Throws a RangeError where even that does not fit, which takes an owner of more than 600 characters.
 */
export function fenceSet(record: string, fence: Fence): RecordSet {
  const whole = quoteTxt(fenceText(fence));
  const value = whole.length <= LONGEST_FENCE ? whole : quoteTxt(fenceText(withHashedRed(fence)));
  if (value.length > LONGEST_FENCE)
    throw new RangeError(`the fence of ${record} has ${value.length} characters, more than ${LONGEST_FENCE}`);
  return { ...NO_FIELDS, name: fenceName(record), type: 'TXT', ttl: FENCE_TTL, values: [value] };
}

/** The fence of the next write: one generation above both the one that stands and `floor`. */
export function nextFence(reading: FenceReading, change: FenceChange): Fence {
  const standing = reading.kind === 'standing' ? reading.fence.gen : 0;
  const rest = restsAt(change.stage);
  return {
    gen: Math.max(standing, change.floor ?? 0) + 1,
    stage: change.stage,
    owner: change.owner,
    until: rest ? null : change.until,
    sets: hashSets(change.sets),
    red: rest ? null : change.red,
  };
}

/** Whether no run is in the middle: `idle`, or `reset`. */
export function isAtRest(fence: Fence): boolean {
  return restsAt(fence.stage);
}

/** The fence with its packed red replaced by the hash, to save room in a batch of many records. */
export function withHashedRed(fence: Fence): Fence {
  const sets = fence.red === null ? null : unpackSets(fence.red);
  return sets === null ? fence : { ...fence, red: hashedRed(sets) };
}

/** Characters of the largest fence: what a plan must leave room for in each batch. */
export const LONGEST_FENCE = 1_000;

/**
 * The most characters that the fence of a record can have while a run of this owner moves it: what a batch of several records must leave
 * room for, where the largest of all fences would be counted too high.
 */
export function longestFence(record: string, red: RecordSets, owner: string): number {
  const fence = {
    gen: 9_999_999_999,
    stage: 'restoring',
    owner,
    until: 0,
    sets: hashSets([]),
    red: packRed(red),
  } as const;
  return fenceSet(record, fence).values.reduce((sum, value) => sum + value.length, 0);
}

const FENCE_TTL = 60;
const FIELDS = ['v', 'gen', 'stage', 'owner', 'until', 'sets', 'red'] as const;
const STAGES: readonly string[] = ['idle', 'step', 'restoring', 'reset'] satisfies FenceStage[];
const NO_FIELDS = { alias: null, setIdentifier: null, weight: null, healthCheckId: null, other: {} };

const restsAt = (stage: FenceStage): boolean => stage === 'idle' || stage === 'reset';

function fenceText(fence: Fence): string {
  const until = fence.until === null ? '-' : new Date(fence.until).toISOString();
  const owner = encodeURIComponent(fence.owner).replace(/%(3A|2F|40)/g, decodeURIComponent);
  return `v=1 gen=${fence.gen} stage=${fence.stage} owner=${owner} until=${until} sets=${fence.sets} red=${fence.red ?? '-'}`;
}

/** The fence, or why there is none. */
function readSet(set: RecordSet): Fence | string {
  const [value, ...more] = set.values;
  if (set.type !== 'TXT' || value === undefined) return `it is a ${set.type} record without a text`;
  if (more.length > 0) return `it has ${set.values.length} values where a fence has one`;
  if (set.setIdentifier !== null || Object.keys(set.other).length > 0)
    return 'it has a routing policy, which a fence never has';
  const text = unquoteTxt(value);
  return text === null ? 'its value is not a quoted text' : readText(text);
}

function readText(text: string): Fence | string {
  const pairs = text
    .split(' ')
    .map((pair) => [pair.slice(0, Math.max(0, pair.indexOf('='))), pair.slice(pair.indexOf('=') + 1)] as const);
  const version = pairs.find(([key]) => key === 'v')?.[1];
  if (version === undefined) return `it is not a fence: ${shown(text)}`;
  if (version !== '1') return `it is a fence of version ${shown(version)}, and this program knows version 1`;
  const keys = pairs.map(([key]) => key).join(' ');
  if (keys !== FIELDS.join(' ')) return `it is a damaged fence: ${shown(text)}`;
  return readFields(pairs.map(([, field]) => field)) ?? `it is a damaged fence: ${shown(text)}`;
}

function readFields([
  ,
  gen = '',
  stage = '',
  owner = '',
  until = '',
  sets = '',
  red = '',
]: readonly string[]): Fence | null {
  const [generation, name, end] = [Number(gen), readOwner(owner), readUntil(until)];
  if (!/^\d+$/.test(gen) || !Number.isSafeInteger(generation) || !isStage(stage)) return null;
  if (name === null || end === undefined || !/^[0-9a-f]{64}$/.test(sets) || red === '') return null;
  return { gen: generation, stage, owner: name, until: end, sets, red: red === '-' ? null : red };
}

const isStage = (text: string): text is FenceStage => STAGES.includes(text);

function readOwner(text: string): string | null {
  try {
    return text === '' ? null : decodeURIComponent(text);
  } catch {
    return null; // decodeURIComponent has no other way to say "malformed"
  }
}

function readUntil(text: string): number | null | undefined {
  if (text === '-') return null;
  const time = Date.parse(text);
  return Number.isNaN(time) || new Date(time).toISOString() !== text ? undefined : time;
}

const shown = (text: string): string => JSON.stringify(cleanText(text, 80));
