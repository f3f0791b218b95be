import { canonicalJson } from '../core/canonical-json.ts';
import type { ApprovalRule, ApprovalRules } from '../core/dns/approval.ts';
import { displayName } from '../core/dns/name.ts';
import type { GroupPlan } from '../core/dns/plan-group.ts';
import type { Reason } from '../core/dns/plan.ts';
import { reason } from '../core/dns/reason.ts';
import { formatDuration } from '../core/duration.ts';
import { asksSomebody, type DeployRequest } from './deploy.ts';

/** What happens once for all records of a group, so that a rule of one would reach the others, or be passed over. */
interface SharedRule {
  readonly code: string;
  readonly about: string;
  /** Two of a kind ask for the same. */
  readonly value: (request: DeployRequest) => unknown;
  /** As it goes on after the name of a record. */
  readonly words: (request: DeployRequest) => string;
  readonly next: string;
  /** For whom it means something; absent: for all. */
  readonly counts?: (request: DeployRequest) => boolean;
}

const approval = (of: keyof ApprovalRules, about: string): SharedRule => ({
  code: 'group-approvals',
  about: `the records of a group are approved together, and ask for different approvals of ${about}`,
  value: ({ approve = {} }) => approve[of],
  words: ({ approve = {} }) => askWords(approve[of]),
  next: 'Give them the same approve: in switchyard.yaml.',
});

const APPROVALS: readonly SharedRule[] = [
  approval('cutover', 'the cutover'),
  approval('promotion', 'the promotion'),
  // Whom a record asks that has no such gate is of no meaning.
  { ...approval('inconclusive', 'going on where a gate says nothing'), counts: asksSomebody },
];

const LOCKSTEP: readonly SharedRule[] = [
  {
    code: 'group-confirm',
    about: 'the records of a group are confirmed together, and ask for that differently',
    value: ({ confirmByMs }) => confirmByMs,
    words: ({ confirmByMs }) =>
      confirmByMs === undefined
        ? 'asks for no confirmation'
        : `is to be confirmed within ${formatDuration(confirmByMs)}`,
    next: 'Give them the same confirmBy: in switchyard.yaml, or use --confirm-by.',
  },
  {
    code: 'group-ill-red',
    about: 'the records of a group are taken back together, and ask for different ways where red is ill',
    value: ({ ifRedIsIll }) => ifRedIsIll,
    words: ({ ifRedIsIll }) => `asks for ${ifRedIsIll}`,
    next: 'Give them the same ifRedIsIll: in switchyard.yaml.',
  },
  {
    code: 'group-verify',
    about: 'the records of a group are verified together, and ask for that differently',
    value: ({ verify }) => verify,
    words: ({ verify }) => `asks for ${verify}`,
    next: 'Give them the same verify: in switchyard.yaml, or use --verify.',
  },
];

/** Nobody's right to decide about one record may reach the others. */
export const mixedApprovals = (records: readonly DeployRequest[]): readonly Reason[] => mixed(APPROVALS, records);

/** What is done in lockstep is done as one record says: another that says otherwise would be passed over. An undo asks for nothing of its own. */
export const mixedLockstep = (records: readonly DeployRequest[]): readonly Reason[] =>
  records.some(({ undo }) => undo !== undefined) ? [] : mixed(LOCKSTEP, records);

/** One batch is one request, and has one role. */
export function mixedRoles({ zones }: Pick<GroupPlan, 'zones'>, requests: readonly DeployRequest[]): readonly Reason[] {
  return zones.flatMap(({ zone, records }) =>
    mixed(
      [
        {
          code: 'group-roles',
          about: `the records of ${displayName(zone.name)} move in one request, and are reached by different roles`,
          value: ({ role }) => role,
          words: ({ role }) => (role === undefined ? 'is reached by the worker itself' : `is reached by ${role}`),
          next: 'Give them the same role: in switchyard.yaml.',
        },
      ],
      requests.filter(({ record }) => records.includes(record)),
    ),
  );
}

/** `keepHealthy` counts what probes say. */
export function unknownHealth(keepHealthy: number | null, records: readonly DeployRequest[]): readonly Reason[] {
  const unprobed = records.filter(({ gates, stepGates = [] }) => gates.length + stepGates.length === 0);
  const probed = records.length - unprobed.length;
  if (keepHealthy === null || probed >= keepHealthy) return [];
  const names = unprobed.map(({ record }) => record).join(', ');
  return [
    reason(
      'keep-healthy',
      `keepHealthy is ${keepHealthy}, and only ${probed} records have a gate that probes, and would know: not ${names}.`,
    ),
  ];
}

/** What a group waits for: its records ask alike, but for those whose gates ask nobody. */
export function approvalsTogether(records: readonly DeployRequest[]): ApprovalRules | undefined {
  const inconclusive = records.find(asksSomebody)?.approve?.inconclusive;
  const approve = records[0]?.approve;
  return inconclusive === undefined ? approve : { ...approve, inconclusive };
}

function mixed(rules: readonly SharedRule[], records: readonly DeployRequest[]): readonly Reason[] {
  return rules.flatMap(({ code, about, value, words, next, counts = () => true }) => {
    const kinds = new Map<string, DeployRequest>();
    for (const one of records.filter(counts)) {
      const kind = canonicalJson([value(one) ?? null]);
      if (!kinds.has(kind)) kinds.set(kind, one);
    }
    if (kinds.size <= 1) return [];
    const said = [...kinds.values()].map((one) => `${one.record} ${words(one)}`);
    return [reason(code, `${about}: ${said.join('; ')}.`, next)];
  });
}

function askWords(rule: ApprovalRule | undefined): string {
  if (rule === undefined) return 'asks nobody';
  const remind = rule.remindMs === null ? '' : `, reminded every ${formatDuration(rule.remindMs)}`;
  return `asks ${rule.by.join(', ')}, for ${formatDuration(rule.withinMs)}${remind}`;
}
