/**
 * What `doctor` finds out on the worker: its runtime, identity, permissions, reach and secrets. Changes nothing: the one write that it
 * sends deletes a record that cannot exist.
 */
import { ChangeResourceRecordSetsCommand, ListHostedZonesByNameCommand } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { randomUUID } from 'node:crypto';
import type { DiagnoseInput, DoctorActivities, Finding } from '../contracts/doctor.ts';
import { cleanText } from '../core/clean-text.ts';
import { canonicalName, displayName, fenceName } from '../core/dns/name.ts';
import type { RecordSet } from '../core/dns/record-set.ts';
import type { Zone } from '../core/dns/snapshot.ts';
import type { AwsClients } from '../clients.ts';
import type { Config } from '../config.ts';
import { nodeFinding } from '../oldest-node.ts';
import { classify } from '../policies/classify.ts';
import { failure } from '../policies/failures.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { askNameServer } from './ask-name-server.ts';
import { authoritativeServers, type AuthoritativeServer } from './authoritative-servers.ts';
import { findZone, theZone } from './find-zone.ts';
import { withTimeLimit } from './linked-signal.ts';
import { lookDeps, type LookDeps } from './look-deps.ts';
import { probeTargets, spotsOf, type ProbeTarget } from './probe-targets.ts';
import { problemOf } from './probe-result.ts';
import { probeTcp } from './probe-tcp.ts';
import { readName, readProtections } from './read-standing.ts';
import { secretNames, secretVariable } from './secrets.ts';
import { toWire } from './wire-record-set.ts';

export interface DoctorDeps {
  readonly config: Pick<Config, 'aws' | 'reach' | 'secrets'>;
  readonly aws: AwsClients;
  readonly now?: () => number;
  readonly askTimeoutMs?: number;
}

/** The activity of `doctor`, as the worker registers it. */
export function createDoctorActivities(deps: DoctorDeps): DoctorActivities {
  return { diagnose: (input) => diagnose(deps, input) };
}

/** Every finding; a look that failed is a finding too. */
export async function diagnose(deps: DoctorDeps, input: DiagnoseInput): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    identity(deps),
    roles(deps),
    clock(deps),
    zoneFindings(deps, input),
    secrets(deps),
  ]);
  return [nodeFinding('node', process.versions.node), ...findings.flat()];
}

const good = (check: string, sentence: string): Finding => ({ check, ok: true, sentence, next: null });
const bad = (check: string, sentence: string, next: string | null = null): Finding => ({
  check,
  ok: false,
  sentence,
  next,
});
const unseen = (check: string, sentence: string, next: string | null = null): Finding => ({
  check,
  ok: null,
  sentence,
  next,
});

async function identity({ config, aws }: DoctorDeps): Promise<readonly Finding[]> {
  const check = 'aws identity';
  if (config.aws.endpoint !== null && config.aws.stsEndpoint === null)
    return [
      unseen(check, 'Route 53 is at an address of its own, and AWS_ENDPOINT_URL_STS names no token service to ask.'),
    ];
  try {
    const { Arn, Account } = await aws.sts().send(new GetCallerIdentityCommand({}));
    return [good(check, `The worker is ${Arn ?? 'nobody'} of account ${Account ?? 'unknown'}.`)];
  } catch (error) {
    const { sentence, next, outcomeUnknown } = classify(error, { action: 'GetCallerIdentity', subject: 'the worker' });
    return [outcomeUnknown ? unseen(check, sentence, next) : bad(check, sentence, next)];
  }
}

/** Of every role, whether its credentials are given out and Route 53 takes them. */
async function roles({ aws }: DoctorDeps): Promise<readonly Finding[]> {
  return Promise.all(
    aws.roles.map(async (role) => {
      const check = `role ${role}`;
      try {
        await aws
          .inRole(role)
          .route53()
          .send(new ListHostedZonesByNameCommand({ MaxItems: 1 }));
        return good(check, 'Its credentials are given out, and Route 53 takes them.');
      } catch (error) {
        const named = classify(error, { action: 'ListHostedZonesByName', subject: `the role ${role}` });
        return named.outcomeUnknown ? unseen(check, named.sentence) : bad(check, named.sentence, named.next);
      }
    }),
  );
}

/** AWS refuses signatures that are five minutes off; holds and deadlines are the server's, not this clock's. */
const CLOCK_MAY_BE_OFF_MS = 60_000;

async function clock({ aws, now = Date.now }: DoctorDeps): Promise<readonly Finding[]> {
  const date = await dateOfRoute53(aws).catch(() => null);
  if (date === null) return [unseen('clock', 'Route 53 told no time to compare with.')];
  const offset = now() - date;
  const seconds = Math.round(Math.abs(offset) / 1_000);
  if (Math.abs(offset) <= CLOCK_MAY_BE_OFF_MS)
    return [good('clock', `The clock is within ${seconds} s of Route 53's.`)];
  const sentence = `The clock is ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} Route 53's, expected 60 s at most.`;
  return [bad('clock', sentence, 'Synchronise it (NTP): AWS refuses signatures that are 5 min off.')];
}

async function dateOfRoute53(aws: AwsClients): Promise<number | null> {
  let date: string | undefined;
  const command = new ListHostedZonesByNameCommand({ MaxItems: 1 });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { readonly headers?: Readonly<Record<string, string>> }).headers?.['date'];
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  const sent: unknown = await aws
    .route53()
    .send(command)
    .catch((error: unknown) => error);
  date ??= (sent as { $response?: { headers?: Readonly<Record<string, string>> } }).$response?.headers?.['date'];
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? null : time;
}

async function zoneFindings(asked: DoctorDeps, input: DiagnoseInput): Promise<readonly Finding[]> {
  if (input.record === null && input.zone === null) return [];
  try {
    const deps = { ...asked, aws: asked.aws.inRole(input.role) };
    const zone = await zoneFor(deps, input);
    const kind = zone.private ? 'private' : 'public';
    const found = good('zone', `${displayName(zone.name)} is the ${kind} zone ${zone.id}.`);
    const record = input.record === null ? displayName(zone.name) : readRecordName(input.record);
    const place = { record, zone };
    const looks = [mayRead(deps, place), mayChange(deps, place), servers(deps, zone)];
    if (input.record !== null) looks.push(targets(deps, place));
    return [found, ...(await Promise.all(looks)).flat()];
  } catch (error) {
    const { sentence, next } = whatItSays(error);
    return [bad('zone', sentence, next)];
  }
}

interface Place {
  readonly record: string;
  readonly zone: Zone;
}

async function mayRead({ aws }: DoctorDeps, place: Place): Promise<readonly Finding[]> {
  const client = aws.route53();
  const list = await readName(client, place).then(
    () => good('route53:ListResourceRecordSets', 'Record sets can be read.'),
    (error: unknown) => {
      const { sentence, next } = whatItSays(error);
      return bad('route53:ListResourceRecordSets', sentence, next);
    },
  );
  const check = 'route53:ListResourceRecordSetProtections';
  const protections = await readProtections(client, place);
  if (protections !== null) return [list, good(check, 'Protections can be read.')];
  const next = `Grant ${check}: without it a protected record is found only by the refused write.`;
  return [list, unseen(check, 'Protections cannot be read.', next)];
}

/** Deletes a text that cannot stand there: `InvalidChangeBatch` means that the permission is there, and nothing can be changed by it. */
async function mayChange({ aws }: DoctorDeps, { record, zone }: Place): Promise<readonly Finding[]> {
  const check = 'route53:ChangeResourceRecordSets';
  const never = toWire(textSet(fenceName(record), `"switchyard doctor ${randomUUID()}"`));
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: zone.id,
    ChangeBatch: { Comment: 'switchyard doctor', Changes: [{ Action: 'DELETE', ResourceRecordSet: never }] },
  });
  try {
    await aws.route53().send(command);
    return [unseen(check, 'Route 53 accepted a deletion of what does not exist; nothing follows from that.')];
  } catch (error) {
    const { type, sentence, next } = classify(error, { action: 'ChangeResourceRecordSets', subject: record });
    if (type === 'Foreign') return [good(check, 'Records can be changed (tried with a deletion that cannot succeed).')];
    return [
      type === 'Throttled' || type === 'Unavailable' || type === 'ZoneBusy'
        ? unseen(check, sentence, next)
        : bad(check, sentence, next),
    ];
  }
}

function textSet(name: string, value: string): RecordSet {
  const none = { alias: null, setIdentifier: null, weight: null, healthCheckId: null, other: {} };
  return { ...none, name, type: 'TXT', ttl: 60, values: [value] };
}

/** Each authoritative server, by UDP and by TCP. */
async function servers(deps: DoctorDeps, zone: Zone): Promise<readonly Finding[]> {
  if (zone.private)
    return [unseen('name servers', 'A private zone has none that can be asked.', 'Deploy with --verify api.')];
  const look = lookDeps(deps);
  const all = await authoritativeServers(zone, look.reach.nameServers, look.resolve);
  return Promise.all(
    all.flatMap((server) => (['udp', 'tcp'] as const).map((transport) => askOne({ look, zone, transport }, server))),
  );
}

async function askOne(
  { look, zone, transport }: { readonly look: LookDeps; readonly zone: Zone; readonly transport: 'udp' | 'tcp' },
  { name, address }: AuthoritativeServer,
): Promise<Finding> {
  const check = `name server ${name} (${transport.toUpperCase()})`;
  const next = `Open port 53 (${transport.toUpperCase()}) from the worker, or deploy with --verify api.`;
  if (address === null)
    return bad(check, 'Its name does not resolve.', 'Check the resolver of the worker (SWITCHYARD_RESOLVERS).');
  const question = { name: zone.name, type: 'NS' };
  const answer = await askNameServer(address, question, { timeoutMs: look.askTimeoutMs, transport });
  if (answer.kind === 'silent') return bad(check, cleanText(`No authoritative answer: ${answer.why}.`, 300), next);
  return good(check, 'Answers with authority.');
}

const HTTPS = 443;

/** Whether the endpoints that the record points at can be reached from here. */
async function targets(deps: DoctorDeps, place: Place): Promise<readonly Finding[]> {
  const look = lookDeps(deps);
  const { sets } = await readName(deps.aws.route53(), place);
  return Promise.all(probeTargets([{ side: 'red', sets }]).map((target) => reach(look, target)));
}

async function reach(look: LookDeps, target: ProbeTarget): Promise<Finding> {
  const check = `target ${target.value}`;
  try {
    const spots = await spotsOf(look, target, HTTPS);
    const results = await withTimeLimit(new AbortController().signal, 2 * look.askTimeoutMs, (signal) =>
      Promise.all(spots.map((spot) => probeTcp(spot, HTTPS, signal))),
    );
    const ill = results.find((result) => !result.ok);
    if (ill === undefined) return good(check, `Reached at port ${HTTPS}.`);
    return unseen(check, cleanText(`Not reached: ${ill.seen}.`, 300), 'Gates on another port may still pass.');
  } catch (cause) {
    return bad(check, cleanText(`${problemOf(cause)}.`, 300));
  }
}

/** By name and binding alone (A1). */
async function secrets({ config }: DoctorDeps): Promise<readonly Finding[]> {
  const names = await secretNames(config.secrets);
  if (names.length === 0) return [unseen('secrets', 'The worker has no secrets.')];
  return names.map((name) => {
    const hosts = config.secrets.hosts.get(name) ?? [];
    if (hosts.length > 0) return good(`secret ${name}`, `May be sent to ${hosts.join(', ')}.`);
    return unseen(
      `secret ${name}`,
      'May be sent to no host.',
      `Set ${secretVariable(name)}_HOSTS on the worker, where a gate or a notice shall use it.`,
    );
  });
}

async function zoneFor({ aws }: DoctorDeps, { record, zone }: DiagnoseInput): Promise<Zone> {
  const client = aws.route53();
  if (record === null) return theZone(client, zone ?? '');
  return findZone(client, readRecordName(record), zone);
}

function readRecordName(text: string): string {
  const read = canonicalName(text);
  if (read.kind === 'ok') return read.name;
  throw failure('Invalid', read.why);
}
