import { cleanText } from '../core/clean-text.ts';
import type { Gate } from '../core/dns/gate.ts';
import { DEFAULT_PACE, roleOf, type DeployRequest, type Pace } from '../contracts/deploy.ts';
import type { RecordPolicy } from '../contracts/file.ts';
import { approvalRules } from './approval-rules.ts';
import { askedNow } from './asked-now.ts';
import { leftOut, measuredGates } from './measured-gates.ts';
import type { RequestFlags } from './deploy-flags.ts';
import { EXIT } from './exit-codes.ts';
import { takeChecks } from './parse/checks.ts';
import { checkShares, parseFailRule, parseSpan, parseSteps, parseStrategy, parseTtl } from './parse/numbers.ts';
import { quoted, startFindings, type Findings } from './parse/parsed.ts';
import { parseRoleName } from './parse/role-name.ts';
import { parseRecordName, type RecordName } from './parse/record-name.ts';
import { parseTarget, splitValues } from './parse/target.ts';
import type { NamedPolicy } from './record-policy.ts';
import { problem, Stop } from './stop.ts';
import type { Environment } from './terminal.ts';

export interface RequestSources {
  readonly flags: RequestFlags;
  /** The record's policy out of `switchyard.yaml`; flags win. */
  readonly policyOf: (record: string) => NamedPolicy | null;
  readonly env: Environment;
}

export interface MadeRequest {
  readonly request: DeployRequest;
  readonly name: RecordName;
  /** What the operator should see before anything starts. */
  readonly notes: readonly string[];
}

/**
 * One request out of the command line and the file, or every problem of both at once (A2).
 *
 * @throws Stop with exit 2.
 */
export function deployRequest(nameText: string, sources: RequestSources): MadeRequest {
  const findings = startFindings();
  const name = findings.take(parseRecordName(nameText), { record: '', international: null });
  const named = name.record === '' ? null : sources.policyOf(name.record);
  const request = assemble(name.record, { ...sources, named, findings });
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return { request, name, notes: [...notesOf(name, named), ...leftOut(request, named)] };
}

interface Assembly {
  readonly flags: RequestFlags;
  readonly env: Environment;
  readonly named: NamedPolicy | null;
  readonly findings: Findings;
}

function assemble(record: string, from: Assembly): DeployRequest {
  const { flags, env, named, findings } = from;
  const policy: RecordPolicy = named?.policy ?? {};
  const text = (flag: keyof RequestFlags & keyof RecordPolicy): Place => placed(from, flag);
  const holds = {
    steps: wishOf(from),
    holdMs: span(text('hold'), findings),
    bakeMs: span(text('bake'), findings),
  };
  return {
    record,
    zone: checkZone(text('zone'), findings),
    ...roleOf({ role: checkRole(text('role'), findings) }),
    to: findings.take(parseTarget(flags.to ?? [], '--to'), { kind: 'values', values: [] }),
    type: oneOf(upperCase(text('type')), ['A', 'AAAA', 'CNAME'], findings),
    from: flags.from === undefined ? null : valuesOf(findings, flags.from),
    ...holds,
    deadlineMs: span(text('deadline'), findings),
    preLowerTtl: ttl(text('preLowerTtl'), findings),
    ttl: ttl(text('ttl'), findings),
    slowRollbackOk: flags.slowRollbackOk ?? policy.slowRollbackOk ?? false,
    leave: leaveOf(flags.leave ?? policy.leave ?? [], text('leave').flag, findings),
    gates: gatesOf(record, from),
    ...measuredGates(from, holds),
    unchecked: flags.unchecked ?? false,
    acceptIllRed: flags.acceptIllRed ?? false,
    ifRedIsIll: policy.ifRedIsIll ?? 'compare',
    verify: oneOf(text('verify'), ['authoritative', 'api'], findings) ?? 'authoritative',
    planHash: planHashOf(flags.planHash, findings),
    ...findings.take(askedNow(flags, env), { by: '', requestId: null, startWithinMs: 0 }),
    searchAttributes: false, // until the client has seen that they exist
    namespaceId: '', // known once Temporal has answered
    pace: paceOf(from),
    ...waits(from),
  };
}

/** Left out where nothing is asked for, so that such a request stays what it was. */
function waits(from: Assembly): Pick<DeployRequest, 'approve' | 'confirmByMs'> {
  const { named, findings } = from;
  const approve = approvalRules(named, findings);
  const confirmBy = placed(from, 'confirmBy');
  if (confirmBy.text === undefined) return approve === null ? {} : { approve };
  const confirmByMs = findings.take(parseSpan(confirmBy.text, confirmBy.flag, CONFIRM_BY), 0);
  if (named !== null && approve?.promotion !== undefined)
    findings.note(
      problem(
        `${confirmBy.flag} and ${named.at('approve', 'promotion')}: approve.promotion both ask who confirms the cutover`,
        'one of them',
      ),
    );
  return { ...(approve === null ? {} : { approve }), confirmByMs };
}

const CONFIRM_BY = { minMs: 1_000, maxMs: 24 * 3_600_000, range: 'from 1s to 24h' };

/** A text and what it is called in sentences: a flag, or a key of the file with its line. */
interface Place {
  readonly text: string | undefined;
  readonly flag: string;
}

function placed({ flags, named }: Assembly, key: keyof RequestFlags & keyof RecordPolicy): Place {
  const flag = flags[key];
  if (flag !== undefined) return { text: String(flag), flag: `--${dashed(key)}` };
  const value = named?.policy[key] as string | number | boolean | undefined;
  return {
    text: value === undefined ? undefined : String(value),
    flag: named === null ? key : `${named.at(key)}: ${key}`,
  };
}

const dashed = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function span({ text, flag }: Place, findings: Findings): number | null {
  return text === undefined ? null : findings.take(parseSpan(text, flag), null);
}

function ttl({ text, flag }: Place, findings: Findings): number | null {
  return text === undefined ? null : findings.take(parseTtl(text, flag), null);
}

function wishOf({ flags, named, findings }: Assembly): DeployRequest['steps'] {
  if (flags.steps !== undefined && flags.strategy !== undefined) {
    findings.note(problem('--steps and --strategy say the same in two ways', 'one of them'));
  }
  if (flags.steps !== undefined) return shares(findings.take(parseSteps(flags.steps, '--steps'), [100]));
  if (flags.strategy !== undefined) return shares(findings.take(parseStrategy(flags.strategy), [100]));
  if (named?.policy.steps === undefined) return shares([100]);
  return declaredSteps(named, named.policy.steps, findings);
}

const shares = (list: readonly number[]): DeployRequest['steps'] => list.map((share) => ({ share, holdMs: null }));

function declaredSteps(
  named: NamedPolicy,
  steps: NonNullable<RecordPolicy['steps']>,
  findings: Findings,
): DeployRequest['steps'] {
  const read = steps.map((step, index) => {
    const { share, hold } = typeof step === 'number' ? { share: step } : step;
    return { share, holdMs: span({ text: hold, flag: `${named.at('steps', index)}: hold` }, findings) };
  });
  findings.take(
    checkShares(
      read.map(({ share }) => share),
      `${named.at('steps')}: steps`,
    ),
    [],
  );
  return read;
}

function gatesOf(record: string, { flags, named, findings }: Assembly): readonly Gate[] {
  if (flags.check === undefined) return named?.gates ?? [];
  return takeChecks(flags.check, record, findings);
}

function paceOf(from: Assembly): Pace {
  const interval = placed(from, 'interval');
  const fail = placed(from, 'fail');
  const limits = { minMs: 100, maxMs: 300_000, range: 'from 100ms to 5m' };
  const { findings } = from;
  return {
    ...DEFAULT_PACE,
    ...(interval.text === undefined
      ? {}
      : { probeEveryMs: findings.take(parseSpan(interval.text, interval.flag, limits), DEFAULT_PACE.probeEveryMs) }),
    ...(fail.text === undefined ? {} : { fail: findings.take(parseFailRule(fail.text, fail.flag), DEFAULT_PACE.fail) }),
  };
}

const upperCase = ({ text, flag }: Place): Place => ({ text: text?.toUpperCase(), flag });

function oneOf<T extends string>({ text, flag }: Place, accepted: readonly T[], findings: Findings): T | null {
  const found = accepted.find((value) => value === text);
  if (text !== undefined && found === undefined)
    findings.note(problem(`${flag}: ${quoted(text)} is none`, accepted.join(', ')));
  return found ?? null;
}

/** A zone by id or by exact name; `/hostedzone/` in front is taken off. */
function checkZone({ text, flag }: Place, findings: Findings): string | null {
  if (text === undefined) return null;
  const zone = text.replace(/^\/hostedzone\//, '');
  if (/^Z[A-Z0-9]{1,31}$/.test(zone)) return zone;
  const name = parseRecordName(zone);
  if (name.ok && !name.value.record.startsWith('*')) return name.value.record;
  findings.note(
    problem(`${flag}: ${quoted(text)} is neither a zone id nor a zone name`, 'Z0123456789ABCDEFGHIJ, or example.com'),
  );
  return null;
}

function checkRole({ text, flag }: Place, findings: Findings): string | undefined {
  return text === undefined ? undefined : findings.take(parseRoleName(text, flag), undefined);
}

/** The values of `--from` in the form in which they are compared with what stands there. */
function valuesOf(findings: Findings, texts: readonly string[]): readonly string[] {
  if (texts.some((text) => text.startsWith('alias:')))
    return splitValues(texts).map((text) => text.replace(/^alias:/, ''));
  const target = findings.take(parseTarget(texts, '--from'), null);
  return target?.kind === 'values' ? target.values : [];
}

function leaveOf(texts: readonly string[], flag: string, findings: Findings): readonly string[] {
  const types = splitValues(texts).map((type) => type.toUpperCase());
  for (const type of types) {
    if (!/^[A-Z0-9]{1,10}$/.test(type))
      findings.note(problem(`${flag}: ${quoted(type)} is no record type`, 'AAAA, HTTPS, SVCB'));
  }
  return [...new Set(types)];
}

function planHashOf(text: string | undefined, findings: Findings): string | null {
  if (text === undefined) return null;
  if (/^[0-9a-f]{8,64}$/.test(text)) return text;
  findings.note(
    problem(
      `--plan-hash: ${quoted(text)} is no hash of a plan`,
      '8 to 64 of 0-9 and a-f, as ./switchyard plan prints it',
    ),
  );
  return null;
}

function notesOf(name: RecordName, named: NamedPolicy | null): readonly string[] {
  const notes: string[] = [];
  if (name.international !== null) notes.push(`${cleanText(name.international, 100)} is ${name.record} in DNS`);
  if (named !== null) notes.push(`policy of ${named.record} from ${named.at()}`);
  return notes;
}
