/**
 * The rounds of a guard, whoever walks them: a workflow, or the command line where there is no Temporal. Looks at the fences of records,
 * asks for their runs, looks again at what is open, and restores what nobody else is going to restore.
 *
 * - D4 A restore takes the fence exactly as it was judged: whoever has written since keeps what he wrote.
 * - D6 What a living run owns is never touched.
 */
import type { Fence, FenceStage } from './fence.ts';
import { readFenceOwner } from './fence-owner.ts';
import {
  isOpen,
  judgeFence,
  type EarlierLooks,
  type FenceSight,
  type FenceVerdict,
  type GuardLimits,
  type NamespaceSight,
  type OwnerSight,
} from './judge-fence.ts';

/** A record whose fence is watched. */
export interface GuardedRecord {
  /** Canonical. */
  readonly record: string;
  /** Id or name; null: the longest zone that holds the record. */
  readonly zone: string | null;
  /** Whose credentials reach the zone; the process's own without it. */
  readonly role?: string;
  readonly verify: 'authoritative' | 'api';
}

/** What Temporal says of the owners of fences, by owner. */
export interface OwnersSight {
  readonly namespace: NamespaceSight;
  readonly owners: Readonly<Record<string, OwnerSight>>;
}

/** A record to restore, with the fence as it was judged. */
export interface Repair extends GuardedRecord {
  readonly fence: Fence;
}

/** What became of a restore; the words are those of a reset. `there`: somebody else has set the record to rest meanwhile. */
export interface RepairEnd {
  readonly record: string;
  readonly outcome: 'there' | 'restored' | 'unseen' | 'foreign' | 'refused' | 'failed' | 'unverified';
  readonly sentence: string;
  readonly next: string | null;
}

/** What a guard found of one record that is not at rest, and what it did. */
export interface Guarded {
  readonly record: string;
  readonly verdict: Exclude<FenceVerdict['kind'], 'at-rest'>;
  readonly sentence: string;
  readonly next: string | null;
  /** Null where none could be read. */
  readonly fence: GuardedFence | null;
  /** Null where nothing was to be restored. */
  readonly repair: Omit<RepairEnd, 'record'> | null;
}

export interface GuardedFence {
  readonly gen: number;
  readonly stage: FenceStage;
  readonly owner: string;
  readonly until: number | null;
}

export interface GuardOrders {
  readonly records: readonly GuardedRecord[];
  readonly act: 'report' | 'restore';
  /** With `restore`: whether also what Temporal cannot be asked about, once it should have ended long ago. */
  readonly blind: 'report' | 'restore';
  readonly limits: GuardLimits;
}

/** What a guard sees and does with. */
export interface GuardPorts {
  readonly now: () => number;
  /** The fences of these records, in their order. */
  readonly readFences: (records: readonly GuardedRecord[]) => Promise<readonly FenceSight[]>;
  readonly askOwners: (owners: readonly string[]) => Promise<OwnersSight>;
  readonly restore: (repairs: readonly Repair[]) => Promise<readonly RepairEnd[]>;
  readonly wait: (ms: number) => Promise<void>;
  /** Told before a restore begins, which may take long: what is going to be restored. */
  readonly found: (guarded: readonly Guarded[]) => void;
  /** Told after every look, and after the restore. */
  readonly show: (guarded: readonly Guarded[]) => void;
}

/** Walks the rounds. Records at rest are left out of what it returns. */
export async function standGuard(ports: GuardPorts, orders: GuardOrders): Promise<readonly Guarded[]> {
  let looked = await lookAt(ports, orders, { records: orders.records, before: [] });
  for (let look = 2; look <= MOST_LOOKS && looked.some(isStillOpen); look += 1) {
    ports.show(guardedOf(looked, []));
    await ports.wait(orders.limits.lookAgainMs);
    const open = looked.filter(isStillOpen);
    const again = await lookAt(ports, orders, { records: open.map(({ task }) => task), before: open });
    looked = looked.map((one) => again.find(({ task }) => task === one.task) ?? one);
  }
  const repairs = looked.flatMap((one) => repairOf(one, orders));
  const ends = repairs.length === 0 ? [] : await restoring(ports, { looked, repairs });
  const guarded = guardedOf(looked, ends);
  ports.show(guarded);
  return guarded;
}

function restoring(
  ports: GuardPorts,
  { looked, repairs }: { readonly looked: readonly Looked[]; readonly repairs: readonly Repair[] },
): Promise<readonly RepairEnd[]> {
  const dead = looked.filter(({ task: { record } }) => repairs.some((repair) => repair.record === record));
  ports.found(guardedOf(dead, []));
  return ports.restore(repairs);
}

/** Two make a finding; more are for what becomes another matter between them. */
const MOST_LOOKS = 4;

interface Looked {
  readonly task: GuardedRecord;
  readonly verdict: FenceVerdict;
}

const isStillOpen = ({ verdict }: Looked): boolean => isOpen(verdict);

interface Round {
  readonly records: readonly GuardedRecord[];
  readonly before: readonly Looked[];
}

async function lookAt(ports: GuardPorts, { limits: pace }: GuardOrders, round: Round): Promise<readonly Looked[]> {
  const sights = await ports.readFences(round.records);
  const owners = [...new Set(sights.flatMap(ownerIn))];
  const asked = owners.length === 0 ? NOBODY_ASKED : await ports.askOwners(owners);
  const now = ports.now();
  return round.records.map((task, index) => {
    const sight = sights[index] ?? NOT_READ;
    const owner = sight.kind === 'in-the-middle' ? (asked.owners[sight.fence.owner] ?? null) : null;
    const earlier = looksOf(round.before.find((one) => one.task === task));
    const verdict = judgeFence({ record: task.record, sight, namespace: asked.namespace, owner, earlier, now, pace });
    return { task, verdict };
  });
}

const NOT_READ: FenceSight = { kind: 'unread', sentence: 'the fence was not read.', next: null };
const NOBODY_ASKED: OwnersSight = { namespace: { kind: 'not-seen', why: 'nobody was asked.' }, owners: {} };

/** Only of runs: what names none is asked for by nobody. */
function ownerIn(sight: FenceSight): readonly string[] {
  return sight.kind === 'in-the-middle' && readFenceOwner(sight.fence.owner) !== null ? [sight.fence.owner] : [];
}

function looksOf(before: Looked | undefined): EarlierLooks | null {
  return before !== undefined && isOpen(before.verdict) ? before.verdict.looks : null;
}

function repairOf({ task, verdict }: Looked, { act, blind }: GuardOrders): readonly Repair[] {
  if (act !== 'restore') return [];
  const dead = verdict.kind === 'finding' || (verdict.kind === 'due' && blind === 'restore');
  return dead ? [{ ...task, fence: verdict.fence }] : [];
}

function guardedOf(looked: readonly Looked[], ends: readonly RepairEnd[]): readonly Guarded[] {
  return looked.flatMap(({ task: { record }, verdict }) => {
    if (verdict.kind === 'at-rest') return [];
    const { kind, sentence, next } = verdict;
    const end = ends.find((one) => one.record === record);
    const repair = end === undefined ? null : repairIn(end, next);
    return [{ record, verdict: kind, sentence, next, fence: fenceIn(verdict), repair }];
  });
}

function fenceIn(verdict: FenceVerdict): GuardedFence | null {
  if (!('fence' in verdict)) return null;
  const { gen, stage, owner, until } = verdict.fence;
  return { gen, stage, owner, until };
}

/** What has failed without saying what to do is to be done by whoever reads it (A3). */
function repairIn({ outcome, sentence, next }: RepairEnd, toRestore: string | null): Omit<RepairEnd, 'record'> {
  return { outcome, sentence, next: next ?? (outcome === 'failed' ? toRestore : null) };
}
