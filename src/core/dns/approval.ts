import { clockTime } from '../clock-time.ts';
import { fitsPattern } from '../fits-pattern.ts';

/** Who may decide, and for how long a run waits for that. */
export interface ApprovalRule {
  /** Identities as patterns, `*` for any text. Senders name themselves: nothing here proves who they are. */
  readonly by: readonly string[];
  readonly withinMs: number;
  /** Between two reminders; null: none. */
  readonly remindMs: number | null;
}

/** What of a deployment waits for somebody: its first write, its promotion, and going on where gates say nothing for too long. */
export interface ApprovalRules {
  readonly cutover?: ApprovalRule;
  readonly promotion?: ApprovalRule;
  readonly inconclusive?: ApprovalRule;
}

/** A `confirmation` is what keeps a cutover that is already in force: by default it is taken back. */
export type ApprovalOf = keyof ApprovalRules | 'confirmation';

/** An approval that a run waits for. */
export interface OpenApproval {
  /** Counts the approvals of a run from 1: a decision can name the one that its sender saw. */
  readonly number: number;
  readonly of: ApprovalOf;
  /** The gates that say nothing, where that is what is asked about. */
  readonly gates?: readonly string[];
  readonly by: readonly string[];
  readonly since: number;
  /** Then the safe way is taken; null while the run is paused, since its clock stands still. */
  readonly until: number | null;
}

/** What an approval is about. */
export type Subject = Pick<OpenApproval, 'of' | 'gates'>;

/** `the cutover`: what is decided. */
export function subjectWords({ of, gates = [] }: Subject): string {
  if (of !== 'inconclusive') return `the ${of}`;
  return `going on without the ${gates.length === 1 ? 'gate' : 'gates'} ${gates.join(', ')}`;
}

/** `the approval of the cutover`: what is asked for. */
export function askedWords(subject: Subject): string {
  return subject.of === 'confirmation' ? 'a confirmation' : `the approval of ${subjectWords(subject)}`;
}

/** How an approval was decided. */
export interface Decided extends Pick<OpenApproval, 'number' | 'of' | 'gates'> {
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/** What somebody decides. */
export interface DecisionRequest {
  readonly by: string;
  readonly reason: string;
  /** The approval that its sender saw; null: whichever is open. */
  readonly number: number | null;
}

/** Why a decision is not taken, as the end of a sentence; null where it is. */
export function refuseDecision(
  open: OpenApproval | null,
  decided: readonly Decided[],
  { by, number }: DecisionRequest,
): string | null {
  const earlier = decided.find((one) => one.number === number) ?? decided.at(-1);
  if (open === null) return ['it waits for no approval now', ...said(earlier)].join('; ');
  if (number !== null && number !== open.number)
    return [`it waits for ${askedWords(open)}, another one`, ...said(earlier)].join('; ');
  if (open.by.some((pattern) => fitsPattern(by, pattern))) return null;
  return `${by} may not decide it; allowed: ${open.by.join(', ')}`;
}

function said(decided: Decided | undefined): readonly string[] {
  return decided === undefined ? [] : [decidedWords(decided)];
}

/** `the cutover was approved by ann at 12:00:00 UTC`. */
export function decidedWords(decided: Decided): string {
  const { decision, by, at } = decided;
  return `${subjectWords(decided)} was ${decision} by ${by} at ${clockTime(at)}`;
}
