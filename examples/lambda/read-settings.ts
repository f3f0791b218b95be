/** The environment of the function: every variable with what is accepted, all problems at once (A2). */
import * as z from 'zod';
import type { ResetTask } from '../../src/contracts/reset.ts';
import { fileProblem, plainWords } from '../../src/cli/file-problem.ts';
import { parseTtl } from '../../src/cli/parse/numbers.ts';
import { parsed, quoted, rejected, startFindings, type Findings, type Parsed } from '../../src/cli/parse/parsed.ts';
import { parseRecordName } from '../../src/cli/parse/record-name.ts';
import { parseRoleName } from '../../src/cli/parse/role-name.ts';
import { parseTarget } from '../../src/cli/parse/target.ts';
import { asSentence, problem } from '../../src/cli/stop.ts';
import type { AwsConfig, ReachConfig } from '../../src/config.ts';
import { USUAL_EGRESS } from '../../src/egress.ts';
import { readHostPort, type HostPort } from '../../src/host-port.ts';
import { BINDINGS, readRoleBinding, withExternalIds, type RoleBinding } from '../../src/role-bindings.ts';
import { LambdaError } from './lambda-error.ts';

/** A record, what it is put back on, and when. */
export interface DeclaredRecord {
  readonly task: ResetTask;
  /** Overwrites what somebody else wrote. */
  readonly force: boolean;
  /** Names or ARNs of the alarms that reset it; null: any that gets here. */
  readonly alarms: readonly string[] | null;
}

export interface Settings {
  readonly records: readonly DeclaredRecord[];
  readonly aws: AwsConfig;
  readonly reach: ReachConfig;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws LambdaError BadSettings, a sentence a problem. */
export function readSettings(env: Environment): Settings {
  const findings = startFindings();
  const records = recordsOf(env, findings);
  const nameServers = findings.take(parseServers(given(env, 'SWITCHYARD_NAME_SERVERS')), []);
  const everywhere = given(env, 'AWS_ENDPOINT_URL');
  const endpoint = findings.take(
    parseEndpoint('ROUTE_53', given(env, 'AWS_ENDPOINT_URL_ROUTE_53') ?? everywhere),
    null,
  );
  const stsEndpoint = findings.take(parseEndpoint('STS', given(env, 'AWS_ENDPOINT_URL_STS')), null) ?? everywhere;
  const roles = rolesOf(env, records, findings);
  if (findings.problems.length > 0) throw new LambdaError('BadSettings', findings.problems.map(asSentence));
  return {
    records,
    aws: {
      endpoint,
      stsEndpoint,
      cloudWatchEndpoint: null,
      region: given(env, 'AWS_REGION') ?? 'us-east-1',
      roles,
      sessionName: given(env, 'SWITCHYARD_ROLE_SESSION') ?? 'switchyard',
      rate: RATE,
    },
    reach: {
      nameServers,
      resolvers: [],
      connectTo: [],
      ca: null,
      probeHosts: [],
      metricHosts: [],
      egress: USUAL_EGRESS,
    },
  };
}

/** An empty variable counts as unset. */
function given(env: Environment, name: string): string | null {
  const text = env[name]?.trim() ?? '';
  return text === '' ? null : text;
}

const LONG = 'SWITCHYARD_RECORDS';
const EXAMPLE = '[{"name":"www.example.com","zone":"example.com","default":"192.0.2.10"}]';
const ACCEPTED = `${LONG}, such as ${EXAMPLE}, or DOMAIN_NAME and DEFAULT_ENDPOINT`;

function recordsOf(env: Environment, findings: Findings): readonly DeclaredRecord[] {
  const json = given(env, LONG);
  const name = given(env, 'DOMAIN_NAME');
  const value = given(env, 'DEFAULT_ENDPOINT');
  if (json !== null && (name ?? value) !== null)
    findings.note(problem(`${LONG} and ${name === null ? 'DEFAULT_ENDPOINT' : 'DOMAIN_NAME'} are both set`, 'one way'));
  if (json !== null) return fromJson(json, findings);
  if (name !== null && value !== null) return shortForm({ name, default: value.split(',') }, findings);
  const missing = name === null && value === null ? 'no record is declared' : 'half a record is declared';
  findings.note(problem(missing, ACCEPTED));
  return [];
}

function fromJson(text: string, findings: Findings): readonly DeclaredRecord[] {
  const records = check(schema, { found: jsonOf(text), place: LONG }, findings) ?? [];
  const names = records.map(({ task }) => task.record);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) findings.note(problem(`${LONG}: ${twice} is declared twice`, 'every record once'));
  return records;
}

/** A text that is no JSON is no list either, which is what the schema then says. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function shortForm(
  found: { readonly name: string; readonly default: readonly string[] },
  findings: Findings,
): readonly DeclaredRecord[] {
  const record = check(declared, { found, place: 'DOMAIN_NAME, DEFAULT_ENDPOINT' }, findings);
  return record === null ? [] : [record];
}

function check<T>(
  by: z.ZodType<T>,
  { found, place }: { readonly found: unknown; readonly place: string },
  findings: Findings,
): T | null {
  const result = by.safeParse(found, { error: plainWords, reportInput: true });
  if (result.success) return result.data;
  findings.note(...result.error.issues.map((issue) => fileProblem(issue, place)));
  return null;
}

/** A field that the command line knows how to read: in the same words, behind the name of the field that stands there already. */
function readBy<I, T>(parse: (found: I, flag: string) => Parsed<T>): (found: I, ctx: z.core.$RefinementCtx<I>) => T {
  return (found, ctx) => {
    const read = parse(found, FLAG);
    if (read.ok) return read.value;
    for (const one of read.problems)
      ctx.addIssue({ code: 'custom', message: asSentence({ ...one, found: one.found.replace(`${FLAG}: `, '') }) });
    return z.NEVER;
  };
}

const FLAG = 'value';

const VALUES = { error: 'no default; accepted: a value such as 192.0.2.10, or a list of values' };
const TTL = { error: 'no TTL; accepted: whole seconds, such as 60' };
const TYPE = { error: 'no record type; accepted: AAAA, HTTPS' };

const fields = {
  name: z.string().transform(readBy(parseRecordName)),
  zone: z.string().min(1).max(255).optional(),
  role: z.string().transform(readBy(parseRoleName)).optional(),
  default: z.union([z.string(), z.array(z.string())], VALUES).transform(readBy(parseDefault)),
  ttl: z.union([z.string(), z.int()], TTL).transform(String).transform(readBy(parseTtl)).optional(),
  leave: z.array(z.string().regex(/^[A-Z0-9]{1,10}$/, TYPE)).optional(),
  verify: z.enum(['authoritative', 'api']).optional(),
  force: z.boolean().optional(),
  alarms: z.array(z.string().min(1)).min(1).optional(),
};

const declared = z
  .strictObject(fields, {
    error: (issue) => {
      const accepted = Object.keys(fields).join(', ');
      if (issue.code !== 'unrecognized_keys') return `no record; accepted: an object with ${accepted}`;
      return `unknown key ${issue.keys.map(quoted).join(', ')}; accepted: ${accepted}`;
    },
  })
  .transform(({ name, zone, role, verify, force, alarms, ...wish }): DeclaredRecord => ({
    task: {
      record: name.record,
      zone: zone ?? null,
      role: role ?? null,
      verify: verify ?? 'authoritative',
      wish: { kind: 'default', target: wish.default, ttl: wish.ttl ?? null, leave: wish.leave ?? [] },
    },
    force: force ?? false,
    alarms: alarms ?? null,
  }));

const schema = z
  .array(declared, { error: `no JSON list; accepted: ${EXAMPLE}` })
  .min(1, { error: 'too few; accepted: at least 1' });

function parseDefault(found: string | readonly string[], flag: string): ReturnType<typeof parseTarget> {
  return parseTarget([found].flat(), flag);
}

const DNS_PORT = 53;

function parseServers(text: string | null): Parsed<readonly HostPort[]> {
  const servers = text === null ? [] : text.split(',').map((one) => readHostPort(one, DNS_PORT));
  const known = servers.filter((one) => one !== null);
  if (known.length === servers.length) return parsed(known);
  return rejected(
    problem(`SWITCHYARD_NAME_SERVERS: ${quoted(text ?? '')} is no list of servers`, 'HOST[:PORT], separated by commas'),
  );
}

/** Another Route 53 or STS, such as the sandbox's. */
function parseEndpoint(service: 'ROUTE_53' | 'STS', url: string | null): Parsed<string | null> {
  if (url === null || /^https?:\/\/[^\s/]+/.test(url)) return parsed(url);
  return rejected(problem(`AWS_ENDPOINT_URL_${service}: ${quoted(url)} is no address`, 'an http or https address'));
}

const RATE = { burst: 50, perSecond: 10 };

/** The same bindings as the worker has, and every role of a record must be one of them. */
function rolesOf(env: Environment, records: readonly DeclaredRecord[], findings: Findings): readonly RoleBinding[] {
  const bindings = (given(env, 'SWITCHYARD_ROLES')?.split(',') ?? []).map((one) => readRoleBinding(one.trim()));
  if (bindings.includes(null)) findings.note(problem('SWITCHYARD_ROLES: one is no binding', BINDINGS));
  const { roles, problems } = withExternalIds(
    bindings.filter((one) => one !== null),
    env,
  );
  findings.note(...problems.map((one) => problem(one)));
  for (const { task } of records) {
    if (task.role === null || bindings.some((one) => one?.role === task.role)) continue;
    const bound = roles.map(({ role }) => role).join(', ') || 'none';
    findings.note(problem(`${task.record}: the role ${task.role} is not bound in SWITCHYARD_ROLES`, bound));
  }
  return roles;
}
