/**
 * What is told to people and machines outside: an event with the facts that somebody who is woken by it needs, and no secret (A1).
 */
import { cleanText } from '../clean-text.ts';

/** Every event that a target can ask for. */
export const NOTICE_EVENTS = [
  'started',
  'waiting',
  'step',
  'rolled-back',
  'blocked',
  'promoted',
  'guard',
  'token',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** In PagerDuty's words. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

/** What happened, as whoever tells it knows it. */
export interface NoticeFacts {
  readonly event: NoticeEvent;
  /** `www.example.com`, `sync/tasks`. */
  readonly subject: string;
  readonly severity: Severity;
  /** What happened, in a few words that make sense alone. */
  readonly title: string;
  /** The facts: why, with values and times. */
  readonly sentence: string;
  /** What stands now; null where that is in the sentence. */
  readonly stands: string | null;
  /** The next thing to do; null where there is nothing. */
  readonly next: string | null;
  /** How it ended; null while it goes on. */
  readonly outcome: string | null;
  /** Whether somebody has to look until it is over. */
  readonly begins: boolean;
  /** The events whose trouble is over now. */
  readonly ends: readonly NoticeEvent[];
  /** What trouble is filed under: a workflow id. The same for its beginning and its end, whichever run tells them. */
  readonly key: string;
}

/** What every attempt and every target is told. */
export interface Notice extends NoticeFacts {
  /** Receivers that have seen it drop it: an answer that was lost is asked for again. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The run in the Temporal UI; null where nobody said where that is. */
  readonly link: string | null;
}

const LONGEST = { subject: 260, title: 300, sentence: 1_200, stands: 600, next: 600, key: 300 } as const;
const LINK = /^https?:\/\/[\x21-\x7e]{1,1000}$/;

/** The facts, each cleaned to one line and short enough for every format. */
export function makeNotice(facts: NoticeFacts, told: Pick<Notice, 'id' | 'at' | 'link'>): Notice {
  const clean = (part: 'stands' | 'next'): string | null => {
    const text = facts[part];
    return text === null ? null : cleanText(text, LONGEST[part]);
  };
  return {
    event: facts.event,
    subject: cleanText(facts.subject, LONGEST.subject),
    severity: facts.severity,
    title: cleanText(facts.title, LONGEST.title),
    sentence: cleanText(facts.sentence, LONGEST.sentence),
    stands: clean('stands'),
    next: clean('next'),
    outcome: facts.outcome,
    begins: facts.begins,
    ends: facts.ends,
    key: cleanText(facts.key, LONGEST.key),
    id: told.id,
    at: told.at,
    link: told.link !== null && LINK.test(told.link) ? told.link : null,
  };
}
