import type { NoticeFacts, Severity } from '../notify/notice.ts';
import { matterOf, type Matter } from './judge-guard.ts';
import type { Guarded } from './stand-guard.ts';

/** What a guard tells, and what the next one has to know of it. */
export interface GuardTelling {
  readonly facts: readonly NoticeFacts[];
  /** Of every trouble that stands, told now or before. */
  readonly told: readonly ToldTrouble[];
}

export interface ToldTrouble {
  readonly record: string;
  /** Another word, another fence or another end is told anew. */
  readonly as: string;
}

/**
 * What is new since the guard before: a finding is told once, not each minute, and so is its end.
 *
 * @param before what the guard before has told.
 */
export function guardNotices(guarded: readonly Guarded[], before: readonly ToldTrouble[]): GuardTelling {
  const troubles = guarded.filter(isTrouble).map((one) => ({ one, trouble: { record: one.record, as: nameOf(one) } }));
  const isKnown = ({ record, as }: ToldTrouble): boolean =>
    before.some((other) => other.record === record && other.as === as);
  const over = before.filter(({ record }) => troubles.every(({ trouble }) => trouble.record !== record));
  const restored = guarded.filter((one) => matterOf(one) === 'restored');
  return {
    facts: [
      ...troubles.filter(({ trouble }) => !isKnown(trouble)).map(({ one }) => beginning(one)),
      ...restored.map(restoring),
      ...over.filter(({ record }) => restored.every((one) => one.record !== record)).map(ending),
    ],
    told: troubles.map(({ trouble }) => trouble),
  };
}

/**
 * What is told of findings at once, before their restore: that may take long, or be blocked. What becomes of it is told after it, so that the end of
 * trouble never comes before its beginning.
 *
 * @param before what the guard before has told.
 */
export function findingNotices(found: readonly Guarded[], before: readonly ToldTrouble[]): GuardTelling {
  const fresh = found.filter((one) => !before.some(({ record, as }) => record === one.record && as === nameOf(one)));
  return {
    facts: fresh.map((one) => ({
      ...beginning(one),
      severity: 'error',
      title: `${one.record}: a deployment has died in the middle, and red is being restored`,
      next: null,
    })),
    told: [...before, ...fresh.map((one) => ({ record: one.record, as: nameOf(one) }))],
  };
}

/**
 * What the next guard need not tell: of what reached nobody it tells again, of a beginning since it was not told, of an end since its trouble still stands
 * in somebody's list.
 *
 * @param told of this guard, if all was heard.
 */
export function heardOf(
  told: readonly ToldTrouble[],
  { before, unheard }: { readonly before: readonly ToldTrouble[]; readonly unheard: readonly NoticeFacts[] },
): readonly ToldTrouble[] {
  const silent = (begins: boolean) => new Set(unheard.flatMap((one) => (one.begins === begins ? [one.subject] : [])));
  const [beginnings, ends] = [silent(true), silent(false)];
  const isOver = ({ record }: ToldTrouble): boolean => told.every((one) => one.record !== record);
  return [...told, ...before.filter((one) => isOver(one) && ends.has(one.record))].filter(
    ({ record }) => !beginnings.has(record),
  );
}

/** A run that is late is told as well, though it lives. */
function isTrouble(one: Guarded): boolean {
  const matter = matterOf(one);
  return one.verdict === 'overdue' || (matter !== 'none' && matter !== 'restored');
}

function nameOf({ verdict, repair, fence }: Guarded): string {
  return [repair?.outcome ?? verdict, fence?.owner ?? '-', fence?.gen ?? 0].join(' ');
}

/** The id of a deployment of the record: what that told of its trouble, and what the guard tells of what is left of it, is one incident. */
const keyOf = (record: string): string => `deploy:${record}`;

const SEVERITIES = {
  none: 'warning',
  restored: 'info',
  act: 'critical',
  'not-seen': 'warning',
  refused: 'error',
} as const satisfies Record<Matter, Severity>;

const TITLES = {
  none: 'a deployment is late',
  restored: 'red was restored',
  act: 'ACT NOW: a deployment has died in the middle',
  'not-seen': 'the guard could not look',
  refused: 'the guard leaves it alone',
} as const satisfies Record<Matter, string>;

function beginning(one: Guarded): NoticeFacts {
  const matter = matterOf(one);
  const { record, sentence, next, repair } = one;
  return {
    event: 'guard',
    subject: record,
    severity: SEVERITIES[matter],
    title: `${record}: ${TITLES[matter]}`,
    sentence: repair === null ? sentence : `${sentence} ${repair.sentence}`,
    stands: null,
    next: repair === null ? next : repair.next,
    outcome: repair?.outcome ?? null,
    begins: true,
    ends: [],
    key: keyOf(record),
  };
}

function restoring(one: Guarded): NoticeFacts {
  const { record, sentence, repair } = one;
  return {
    event: 'guard',
    subject: record,
    severity: SEVERITIES.restored,
    title: `${record}: ${TITLES.restored}`,
    sentence,
    stands: repair?.sentence ?? null,
    next: repair?.next ?? null,
    outcome: repair?.outcome ?? null,
    begins: false,
    ends: ['guard', 'blocked', 'rolled-back'],
    key: keyOf(record),
  };
}

function ending({ record }: ToldTrouble): NoticeFacts {
  return {
    event: 'guard',
    subject: record,
    severity: 'info',
    title: `${record}: what the guard had found is over`,
    sentence: `The fence of ${record} is at rest, or its run is in time.`,
    stands: null,
    next: null,
    outcome: null,
    begins: false,
    ends: ['guard'],
    key: keyOf(record),
  };
}
