/**
 * Whether a fence in the middle of a deployment still has a run that will end it (D6). Terminate, reset and a lost server run no
 * compensation, so nothing else would tell.
 *
 * A run that lives is never touched, however late it is. One look that finds none may have come between two runs of a reset: it is a
 * finding only where a second look at the same fence, later, finds none either.
 */
import { assertNever } from '../assert-never.ts';
import { cleanText } from '../clean-text.ts';
import { clockTime } from '../clock-time.ts';
import { formatDuration } from '../duration.ts';
import { readFenceOwner } from './fence-owner.ts';
import { isAtRest, type Fence, type FenceReading } from './fence.ts';
import { displayName, fenceName } from './name.ts';

/** What stands at a record's fence, as far as the guard has to know. */
export type FenceSight =
  | { readonly kind: 'rest' }
  | { readonly kind: 'in-the-middle'; readonly fence: Fence }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** Route 53 did not say ("could not look" is not "there is none"). */
  | { readonly kind: 'unread'; readonly sentence: string; readonly next: string | null };

/** What Temporal says of the newest run of the owner's chain. */
export type OwnerSight =
  | { readonly kind: 'running' }
  /** As Temporal calls it: `TERMINATED`. `left`: records that somebody has decided to leave as they stood. */
  | { readonly kind: 'closed'; readonly status: string; readonly left?: readonly string[] }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-seen'; readonly why: string };

/** The namespace that is asked; or that none could be. */
export type NamespaceSight =
  { readonly kind: 'known'; readonly id: string } | { readonly kind: 'not-seen'; readonly why: string };

/** What earlier looks at the very same fence found; times in milliseconds since the epoch. */
export interface EarlierLooks {
  readonly owner: string;
  readonly gen: number;
  /** The first look that found no run; null: none has. */
  readonly goneAt: number | null;
  /** The first look that could not ask Temporal; null: none has failed. */
  readonly unseenAt: number | null;
}

export interface FenceLook {
  readonly record: string;
  readonly sight: FenceSight;
  readonly namespace: NamespaceSight;
  /** Null: not asked, because nothing stands in the middle. */
  readonly owner: OwnerSight | null;
  readonly earlier: EarlierLooks | null;
  readonly now: number;
  readonly pace: GuardLimits;
}

export interface GuardLimits {
  /** Between the two looks that make a finding. */
  readonly lookAgainMs: number;
  /** How far `until` must be past for a running owner to be overdue. */
  readonly overdueAfterMs: number;
}

interface Said {
  readonly sentence: string;
  readonly next: string | null;
}

export type FenceVerdict =
  | { readonly kind: 'at-rest' }
  | (Said & { readonly kind: 'running' | 'overdue'; readonly fence: Fence })
  /** Found without a run once: look again. */
  | (Said & { readonly kind: 'suspect'; readonly fence: Fence; readonly looks: EarlierLooks })
  /** Found without a run twice. */
  | (Said & { readonly kind: 'finding'; readonly fence: Fence })
  /** Temporal could not be asked. `again`: look again. */
  | (Said & {
      readonly kind: 'not-seen';
      readonly fence: Fence;
      readonly looks: EarlierLooks;
      readonly again: boolean;
    })
  /** Out of sight twice, and whatever its run is, it should have ended long ago. */
  | (Said & { readonly kind: 'due'; readonly fence: Fence })
  /** Somebody has decided to leave it so, and the run could not say so in the fence: reported, never restored. */
  | (Said & { readonly kind: 'left'; readonly fence: Fence })
  /** Of another Temporal namespace: reported, never restored. */
  | (Said & { readonly kind: 'foreign-namespace'; readonly fence: Fence })
  /** No fence that this program knows. */
  | (Said & { readonly kind: 'unknown' })
  /** Route 53 could not be asked. */
  | (Said & { readonly kind: 'unread' });

/** What the guard needs of a reading: a fence at rest says no more than that it is. */
export function sightOf(reading: FenceReading): FenceSight {
  switch (reading.kind) {
    case 'none':
      return { kind: 'rest' };
    case 'unreadable':
      return { kind: 'unreadable', why: reading.why };
    case 'standing':
      return isAtRest(reading.fence) ? { kind: 'rest' } : { kind: 'in-the-middle', fence: reading.fence };
    default:
      return assertNever(reading);
  }
}

export function judgeFence(look: FenceLook): FenceVerdict {
  const { sight } = look;
  switch (sight.kind) {
    case 'rest':
      return { kind: 'at-rest' };
    case 'unread':
      return { kind: 'unread', sentence: sight.sentence, next: sight.next };
    case 'unreadable':
      return unknown(look.record, sight.why);
    case 'in-the-middle':
      return judgeOwner(look, sight.fence);
    default:
      return assertNever(sight);
  }
}

/** Whether another look can still tell more. */
export function isOpen(verdict: FenceVerdict): verdict is FenceVerdict & { readonly looks: EarlierLooks } {
  return verdict.kind === 'suspect' || (verdict.kind === 'not-seen' && verdict.again);
}

function judgeOwner(look: FenceLook, fence: Fence): FenceVerdict {
  const { record, namespace } = look;
  const owner = readFenceOwner(fence.owner);
  if (owner === null) return unknown(record, `its owner is ${shown(fence.owner)}, which names no run`);
  if (namespace.kind === 'not-seen') return notSeen(look, fence, namespace.why);
  if (owner.namespaceId !== namespace.id) return foreignNamespace(record, fence);
  const seen = look.owner ?? { kind: 'not-seen', why: 'it was not asked.' };
  switch (seen.kind) {
    case 'running':
      return running(look, fence);
    case 'closed':
      if (seen.left?.includes(record) === true) return leftSo(record, fence);
      return gone(look, fence, `has ended (${seen.status})`);
    case 'not-found':
      return gone(look, fence, 'is not known to Temporal any more');
    case 'not-seen':
      return notSeen(look, fence, seen.why);
    default:
      return assertNever(seen);
  }
}

function running(look: FenceLook, fence: Fence): FenceVerdict {
  const { record, now } = look;
  const said = `${inTheMiddle(record, fence)}, and its run ${runOf(fence)} is running`;
  if (!isLongPast(look, fence)) return { kind: 'running', fence, sentence: `${said}.`, next: null };
  const late = formatDuration(now - (fence.until ?? now));
  const sentence = `${said}, though this stage was planned to end ${late} ago.`;
  return { kind: 'overdue', fence, sentence, next: `./switchyard status ${record}` };
}

function gone(look: FenceLook, fence: Fence, what: string): FenceVerdict {
  const { record, now, pace } = look;
  const looks = looksSoFar(look, fence, { goneAt: now });
  const since = looks.goneAt ?? now;
  const said = `${inTheMiddle(record, fence)}, and its run ${runOf(fence)} ${what}`;
  if (now - since < pace.lookAgainMs) {
    const again = `${said}; looking again at ${clockTime(since + pace.lookAgainMs)}.`;
    return { kind: 'suspect', fence, looks, sentence: again, next: null };
  }
  const sentence = `${said}: seen at ${clockTime(since)} and at ${clockTime(now)}. Nobody else is going to restore red.`;
  return { kind: 'finding', fence, sentence, next: toRestore(record) };
}

function notSeen(look: FenceLook, fence: Fence, why: string): FenceVerdict {
  const { record, now, pace } = look;
  const looks = looksSoFar(look, fence, { unseenAt: now });
  const again = now - Math.min(looks.unseenAt ?? now, looks.goneAt ?? now) < pace.lookAgainMs;
  const planned = fence.until === null ? 'says no end' : `was to end by ${clockTime(fence.until)}`;
  const sentence = `${inTheMiddle(record, fence)}, and could not look whether its run ${runOf(fence)} is running: ${why} This stage ${planned}.`;
  if (!again && isLongPast(look, fence)) return { kind: 'due', fence, sentence, next: toRestore(record) };
  return { kind: 'not-seen', fence, looks, again, sentence, next: null };
}

/** Of another fence nothing is carried over: somebody has written in between. */
function looksSoFar(
  { earlier }: FenceLook,
  { owner, gen }: Fence,
  found: { readonly goneAt?: number; readonly unseenAt?: number },
): EarlierLooks {
  const before = earlier !== null && earlier.owner === owner && earlier.gen === gen ? earlier : null;
  return {
    owner,
    gen,
    goneAt: before?.goneAt ?? found.goneAt ?? null,
    unseenAt: before?.unseenAt ?? found.unseenAt ?? null,
  };
}

function isLongPast({ now, pace }: FenceLook, { until }: Fence): boolean {
  return until !== null && now >= until + pace.overdueAfterMs;
}

function foreignNamespace(record: string, fence: Fence): FenceVerdict {
  const namespaceId = readFenceOwner(fence.owner)?.namespaceId ?? '';
  const sentence = `${inTheMiddle(record, fence)}, by run ${runOf(fence)} of another Temporal namespace (${shown(namespaceId)}).`;
  const next = `Ask there. Where that run is dead: ./switchyard reset ${record} --to-snapshot.`;
  return { kind: 'foreign-namespace', fence, sentence, next };
}

function leftSo(record: string, fence: Fence): FenceVerdict {
  const sentence = `${inTheMiddle(record, fence)}: somebody has decided to leave it as it stands, when the fence could not be set to rest.`;
  return { kind: 'left', fence, sentence, next: `To put the default back: ./switchyard reset ${record}.` };
}

function unknown(record: string, why: string): FenceVerdict {
  const sentence = `${displayName(fenceName(record))}: expected a fence, found something else: ${cleanText(why, 300)}.`;
  const next = 'Update Switchyard where it is older than the fence; else remove that TXT record.';
  return { kind: 'unknown', sentence, next };
}

const inTheMiddle = (record: string, { stage, gen }: Fence): string =>
  `${record} stands in the middle of a deployment (stage ${stage}, generation ${gen})`;

const runOf = ({ owner }: Fence): string => cleanText(readFenceOwner(owner)?.workflowId ?? owner, 300);

const toRestore = (record: string): string =>
  `./switchyard guard --once --restore ${record} (or ./switchyard reset ${record} --to-snapshot)`;

const shown = (text: string): string => JSON.stringify(cleanText(text, 200));
