import { cleanText } from '../clean-text.ts';
import { isAtRest, readFence } from './fence.ts';
import type { Fence } from './fence.ts';
import { displayName, fenceName, sameName } from './name.ts';
import type { Reason } from './plan.ts';
import { reason } from './reason.ts';
import type { Protection, Snapshot } from './snapshot.ts';

/** Refuses a fence that is in the middle, whoever owns it (D6), or that is no fence. */
export function refuseFence(snapshot: Snapshot): readonly Reason[] {
  const reading = readFence(snapshot.fence);
  const at = displayName(fenceName(snapshot.record));
  if (reading.kind === 'unreadable')
    return [
      reason(
        'fence-unreadable',
        `${at}: expected a fence, found something else: ${reading.why}.`,
        'Update Switchyard where it is older than the fence; else remove that TXT record.',
      ),
    ];
  if (reading.kind === 'none' || isAtRest(reading.fence)) return [];
  return [inTheMiddle(snapshot.record, at, reading.fence)];
}

function inTheMiddle(record: string, at: string, { stage, gen, owner, until }: Fence): Reason {
  const end = until === null ? '' : `, planned to end by ${new Date(until).toISOString()}`;
  return reason(
    'fence-in-the-middle',
    `${at}: expected a fence at rest, found stage ${stage}, generation ${gen}, owner ${cleanText(owner, 200)}${end}: what serves now may be a mixture.`,
    `./switchyard status ${record}; where that run is dead, ./switchyard reset ${record} --to-snapshot`,
  );
}

/** Refuses protections of what the plan writes: the rollback would be refused as well. */
export function refuseProtected(snapshot: Snapshot, types: readonly string[]): readonly Reason[] {
  return protectedWrites(snapshot.record, types, snapshot.protections ?? []).map((each) =>
    reason(
      'protected',
      `${isProtected(each)}; Route 53 refuses every change of it.`,
      'Delete the protection, deploy, and protect it again.',
    ),
  );
}

/** What protections that came during a deployment would block, in sentences: the way back above all. */
export function noticeProtected(
  record: string,
  types: readonly string[],
  protections: readonly Protection[],
): readonly string[] {
  return protectedWrites(record, types, protections).map(
    (each) =>
      `${isProtected(each)}: Route 53 would refuse the rollback. Delete the protection until this deployment has ended.`,
  );
}

/** Those of the record's moved types, and of its fence: every write has both. */
function protectedWrites(
  record: string,
  types: readonly string[],
  protections: readonly Protection[],
): readonly Protection[] {
  const fence = fenceName(record);
  return protections.filter(
    (each) =>
      (sameName(each.name, record) && types.includes(each.type)) || (sameName(each.name, fence) && each.type === 'TXT'),
  );
}

function isProtected({ name, type, comment }: Protection): string {
  return `${displayName(name)} ${type} is protected${comment === null ? '' : `: ${JSON.stringify(cleanText(comment, 256))}`}`;
}
