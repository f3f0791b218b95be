import { asksSomebody } from '../contracts/deploy.ts';
import type { ApprovalOf, ApprovalRule, ApprovalRules } from '../core/dns/approval.ts';
import type { ApprovalPolicy } from '../contracts/file.ts';
import { parseSpan } from './parse/numbers.ts';
import type { Findings } from './parse/parsed.ts';
import type { NamedPolicy } from './record-policy.ts';
import { problem } from './stop.ts';

const MINUTE = 60_000;
const WITHIN = { minMs: 1_000, maxMs: 24 * 60 * MINUTE, range: 'from 1s to 24h' };
const DEFAULT_WITHIN_MS = 30 * MINUTE;
/** Each reminder is kept with the run. */
const MOST_REMINDERS = 100;

/** What of a deployment waits for somebody, as `switchyard.yaml` says; null where nothing does. */
export function approvalRules(named: NamedPolicy | null, findings: Findings): ApprovalRules | null {
  if (named === null) return null;
  const asks = asksSomebody(named);
  const { approve } = named.policy;
  if (approve === undefined && !asks) return null;
  const { cutover, promotion, inconclusive } = approve ?? {};
  if (inconclusive !== undefined && !asks)
    findings.note(
      problem(
        `${named.at('approve', 'inconclusive')}: no gate of ${named.record} asks anybody`,
        'a gate with onInconclusive: { then: approve }',
      ),
    );
  const rule = (of: ApprovalOf, policy: ApprovalPolicy) => ruleOf(policy, { at: at(named, of), findings });
  return {
    ...(cutover === undefined ? {} : { cutover: rule('cutover', cutover) }),
    ...(promotion === undefined ? {} : { promotion: rule('promotion', promotion) }),
    ...(asks ? { inconclusive: rule('inconclusive', inconclusive ?? {}) } : {}),
  };
}

const at = (named: NamedPolicy, of: ApprovalOf) => (key: keyof ApprovalPolicy) =>
  `${named.at('approve', of, key)}: ${key}`;

interface Place {
  readonly at: (key: keyof ApprovalPolicy) => string;
  readonly findings: Findings;
}

function ruleOf({ by, within, remind }: ApprovalPolicy, { at: place, findings }: Place): ApprovalRule {
  const withinMs =
    within === undefined ? DEFAULT_WITHIN_MS : findings.take(parseSpan(within, place('within'), WITHIN), 0);
  const remindMs = remind === undefined ? null : findings.take(parseSpan(remind, place('remind'), WITHIN), null);
  if (remindMs !== null && withinMs / remindMs > MOST_REMINDERS)
    findings.note(problem(`${place('remind')}: more than ${MOST_REMINDERS} reminders`, 'a longer time between two'));
  return { by: by === undefined ? ['*'] : [by].flat(), withinMs, remindMs };
}
