/** Reads a ChangeResourceRecordSets request, and refuses what the API's model refuses before the zone is even looked at. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { invalidInput, outOfBounds } from './refusal.ts';
import { mustBeInOrder, readRecordSet } from './record-set-xml.ts';
import { routingPolicies } from './record-set.ts';
import { child, children, readRequest, text } from './xml.ts';
import type { XmlNode } from './xml.ts';

export interface Change {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly recordSet: ResourceRecordSet;
}

export interface ChangeRequest {
  readonly comment?: string;
  readonly changes: readonly Change[];
}

/** @throws Refusal MalformedInput or InvalidInput. */
export function readChangeRequest(body: string): ChangeRequest {
  const batch = child(readRequest(body, 'ChangeResourceRecordSetsRequest'), 'ChangeBatch') ?? {};
  const comment = text(batch, 'Comment');
  const changes = children(child(batch, 'Changes') ?? {}, 'Change').map(readChange);
  const request = { changes, ...(comment !== undefined && { comment }) };
  mustBeWithinBounds(request);
  changes.forEach(mustBeConsistent);
  return request;
}

function readChange(node: XmlNode): Change {
  const element = typeof node === 'string' ? {} : node;
  mustBeInOrder(element, ['Action', 'ResourceRecordSet']);
  const recordSet = readRecordSet(child(element, 'ResourceRecordSet') ?? {});
  return { action: (text(element, 'Action') ?? '') as Change['action'], recordSet }; // bounds are checked just after
}

function mustBeWithinBounds({ comment, changes }: ChangeRequest): void {
  const violations = changes.flatMap((change, index) => violationsOf(change, index + 1));
  if (comment !== undefined && comment.length > 256)
    violations.unshift(violation(comment, 'comment', 'have length less than or equal to 256'));
  if (changes.length === 0) violations.unshift(violation('[]', 'changes', 'have length greater than or equal to 1'));
  if (violations.length > 0) throw outOfBounds(violations);
}

const ACTIONS = ['CREATE', 'DELETE', 'UPSERT'];
const TYPES = 'SOA A TXT NS CNAME MX NAPTR PTR SRV SPF AAAA CAA DS TLSA SSHFP SVCB HTTPS'.split(' ');

function violationsOf({ action, recordSet }: Change, index: number): string[] {
  const { Name, Type, SetIdentifier, Weight, TTL, ResourceRecords } = recordSet;
  const at = (field: string) => `changes.${index}.member.resourceRecordSet.${field}`;
  const within = (value: unknown, options: readonly string[]) => options.includes(String(value));
  return [
    ...(within(action, ACTIONS)
      ? []
      : [violation(action, `changes.${index}.member.action`, `satisfy enum value set: [${ACTIONS.join(', ')}]`)]),
    ...(Name === undefined ? [violation('null', at('name'), 'not be null')] : []),
    ...(Name !== undefined && Name.length > 1024
      ? [violation(Name, at('name'), 'have length less than or equal to 1024')]
      : []),
    ...(within(Type, TYPES) ? [] : [violation(Type, at('type'), `satisfy enum value set: [${TYPES.join(', ')}]`)]),
    ...(SetIdentifier !== undefined && (SetIdentifier.length < 1 || SetIdentifier.length > 128)
      ? [violation(SetIdentifier, at('setIdentifier'), 'have length between 1 and 128, inclusive')]
      : []),
    ...rangeViolation(Weight, at('weight'), 255),
    ...rangeViolation(TTL, at('tTL'), 2147483647),
    ...(ResourceRecords?.length === 0
      ? [violation('[]', at('resourceRecords'), 'have length greater than or equal to 1')]
      : []),
    ...(ResourceRecords ?? [])
      .filter(({ Value }) => (Value ?? '').length > 4000)
      .map(({ Value }) => violation(Value, at('resourceRecords.value'), 'have length less than or equal to 4000')),
  ];
}

function rangeViolation(value: number | undefined, field: string, most: number): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= most)) return [];
  const bound = value > most ? `less than or equal to ${most}` : 'greater than or equal to 0';
  return [violation(value, field, `have value ${bound}`)];
}

function violation(value: unknown, field: string, constraint: string): string {
  return `Value '${String(value)}' at 'changeBatch.${field}' failed to satisfy constraint: Member must ${constraint}`;
}

/** Which fields go together: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html */
function mustBeConsistent({ action, recordSet }: Change): void {
  const { Name = '', Type = '', SetIdentifier } = recordSet;
  const problem = inconsistency(recordSet);
  if (problem === undefined) return;
  const where = `[Action=${action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? 'null'}]`;
  throw invalidInput(`Invalid request: ${problem} in Change with ${where}`);
}

function inconsistency(set: ResourceRecordSet): string | undefined {
  const policies = routingPolicies(set);
  if (policies.length > 1) return `Expected exactly one of [${policies.join(', ')}], but found more than one`;
  if (policies.length === 0 && set.SetIdentifier !== undefined)
    return `Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer], but found none`;
  if (policies.length === 1 && set.SetIdentifier === undefined) return `Missing field 'SetIdentifier'`;
  return contentInconsistency(set);
}

function contentInconsistency(set: ResourceRecordSet): string | undefined {
  const { TTL, ResourceRecords, AliasTarget, TrafficPolicyInstanceId } = set;
  const expected =
    'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
  const values = TTL !== undefined || ResourceRecords !== undefined;
  const kinds = [AliasTarget !== undefined, values, TrafficPolicyInstanceId !== undefined].filter(Boolean).length;
  if (kinds > 1) return `${expected}, but found more than one`;
  if (kinds === 0) return `${expected}, but found none`;
  if (values && (TTL === undefined || ResourceRecords === undefined))
    return `Missing field '${TTL === undefined ? 'TTL' : 'ResourceRecords'}'`;
  if (AliasTarget && (!AliasTarget.HostedZoneId || AliasTarget.EvaluateTargetHealth === undefined))
    return `Missing field '${AliasTarget.HostedZoneId ? 'EvaluateTargetHealth' : 'HostedZoneId'}' of AliasTarget`;
  return undefined;
}
