/** Judges AssumeRole as STS does: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
import { Refusal } from '../route53/refusal.ts';
import type { Caller, Identities, SandboxRole } from './identities.ts';

export interface Assuming {
  readonly role: SandboxRole;
  readonly sessionName: string;
  readonly seconds: number;
}

interface Member {
  readonly name: string;
  readonly shortest: number;
  readonly longest: number;
  readonly pattern: RegExp;
}

const MEMBERS = {
  RoleArn: {
    name: 'roleArn',
    shortest: 20,
    longest: 2_048,
    pattern: /^[\x20-\x7e]+$/,
  },
  RoleSessionName: { name: 'roleSessionName', shortest: 2, longest: 64, pattern: /^[\w+=,.@-]*$/ },
  ExternalId: { name: 'externalId', shortest: 2, longest: 1_224, pattern: /^[\w+=,.@:/-]*$/ },
} as const satisfies Record<string, Member>;

const SHORTEST_S = 900;
const LONGEST_S = 43_200;
const CHAINED_S = 3_600;

/** @throws Refusal ValidationError, AccessDenied. */
export function judgeAssuming(form: URLSearchParams, caller: Caller, identities: Identities): Assuming {
  const seconds = Number(form.get('DurationSeconds') ?? CHAINED_S);
  const externalId = form.get('ExternalId');
  const violations = [
    ...violationsOf(MEMBERS.RoleArn, form.get('RoleArn') ?? ''),
    ...violationsOf(MEMBERS.RoleSessionName, form.get('RoleSessionName') ?? ''),
    ...(externalId === null ? [] : violationsOf(MEMBERS.ExternalId, externalId)),
    ...(seconds < SHORTEST_S ? [outOf('durationSeconds', seconds, `greater than or equal to ${SHORTEST_S}`)] : []),
    ...(seconds > LONGEST_S ? [outOf('durationSeconds', seconds, `less than or equal to ${LONGEST_S}`)] : []),
  ];
  const noun = violations.length === 1 ? 'error' : 'errors';
  if (violations.length > 0)
    throw invalid(`${violations.length} validation ${noun} detected: ${violations.join('; ')}`);
  const arn = form.get('RoleArn') ?? '';
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) throw invalid(`${arn} is invalid`);
  const role = identities.role(arn);
  if (role === undefined || (role.externalId ?? externalId) !== externalId) throw denied(caller, arn);
  if (seconds > (role.longestSeconds ?? CHAINED_S))
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  if (caller.assumed && seconds > CHAINED_S)
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.');
  return { role, sessionName: form.get('RoleSessionName') ?? '', seconds };
}

function violationsOf({ name, shortest, longest, pattern }: Member, value: string): string[] {
  return [
    ...(value.length < shortest ? [outOf(name, value, `length greater than or equal to ${shortest}`)] : []),
    ...(value.length > longest ? [outOf(name, value, `length less than or equal to ${longest}`)] : []),
    ...(pattern.test(value)
      ? []
      : [
          `Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
        ]),
  ];
}

const outOf = (name: string, value: string | number, bound: string): string =>
  `Value '${value}' at '${name}' failed to satisfy constraint: Member must have ${typeof value === 'number' ? 'value ' : ''}${bound}`;

const invalid = (message: string): Refusal => new Refusal({ status: 400, code: 'ValidationError' }, message);

const denied = (caller: Caller, arn: string): Refusal =>
  new Refusal(
    { status: 403, code: 'AccessDenied' },
    `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
  );
