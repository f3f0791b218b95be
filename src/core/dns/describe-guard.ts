import { details } from '../details.ts';
import { escapeMarkdown } from '../escape-markdown.ts';
import { matterOf, outcomeOf, type Matter } from './judge-guard.ts';
import type { Guarded } from './stand-guard.ts';

export interface GuardView {
  readonly act: 'report' | 'restore';
  /** How many fences are watched. */
  readonly fences: number;
  readonly guarded: readonly Guarded[];
}

/** A guard in Markdown, for the UI's current details. */
export function describeGuard({ act, fences, guarded }: GuardView): string {
  const atRest = fences - guarded.length;
  return details([
    `**guard** (${act}): ${outcomeOf(guarded).toUpperCase()}`,
    '',
    ...guarded.map(
      (one) => `- **${escapeMarkdown(one.record)}**: ${MARKS[matterOf(one)]}. ${escapeMarkdown(said(one))}`,
    ),
    `- at rest: ${atRest} of ${fences}`,
  ]);
}

/** What was found, what was done about it, and what is to be done next, in sentences. */
export function said({ sentence, next, repair }: Guarded): string {
  const [words, then] = repair === null ? [[], next] : [[repairWords(repair)], repair.next];
  return [sentence, ...words, ...(then === null ? [] : [then])].join(' ');
}

const MARKS = {
  none: 'under way',
  restored: 'restored',
  act: 'ACT NOW',
  'not-seen': 'not seen',
  refused: 'left alone',
} as const satisfies Record<Matter, string>;

function repairWords({ outcome, sentence }: NonNullable<Guarded['repair']>): string {
  return `${REPAIR_WORDS[outcome]}: ${sentence}`;
}

const REPAIR_WORDS = {
  there: 'At rest meanwhile',
  restored: 'Restored',
  unseen: 'Restored, DNS not seen',
  foreign: 'Not restored, foreign',
  refused: 'Not restored',
  failed: 'NOT RESTORED',
  unverified: 'NOT SURE',
} as const satisfies Record<NonNullable<Guarded['repair']>['outcome'], string>;
