import type { Gate, HttpGate, ProbeHeader } from '../core/dns/gate.ts';
import type { GatePolicy, HttpGatePolicy, RecordPolicy } from '../contracts/file.ts';
import { metricGate, shareGate } from './metric-policy.ts';
import { placeGates, type NamedGate, type PlacedGates } from './placed-gates.ts';
import { HTTP_DEFAULTS } from './parse/check.ts';
import { parseSpan } from './parse/numbers.ts';
import type { Findings } from './parse/parsed.ts';
import { parseRecordName } from './parse/record-name.ts';
import { parseTarget } from './parse/target.ts';
import type { ReadFile } from './read-file.ts';
import { problem } from './stop.ts';

/** The policy of one record out of `switchyard.yaml`, its gates looked up. */
export interface NamedPolicy extends PlacedGates {
  readonly record: string;
  readonly policy: RecordPolicy;
  /** `switchyard.yaml:12`, of a key of this policy. */
  readonly at: (...keys: readonly PropertyKey[]) => string;
}

/**
 * Every record that the file declares, by its canonical name. Noted: names that are none, two keys for one name, gates that are not
 * declared, defaults that are no values.
 */
export function readRecords({ file, at }: ReadFile, findings: Findings): ReadonlyMap<string, NamedPolicy> {
  const records = new Map<string, NamedPolicy>();
  const known = new Map<string, readonly NamedGate[]>();
  for (const [key, policy] of Object.entries(file.records ?? {})) {
    const place = (...keys: readonly PropertyKey[]): string => at(['records', key, ...keys]);
    const name = parseRecordName(key);
    if (!name.ok) {
      findings.note(...name.problems.map((one) => ({ ...one, found: `${place()}: ${one.found}` })));
      continue;
    }
    const { record } = name.value;
    if (records.has(record)) findings.note(problem(`${place()}: ${record} is declared twice`, 'every record once'));
    const gates = gatesOf(policy, { file, at, known, place, findings });
    checkDefault(policy, place, findings);
    checkAlarms(policy, place, findings);
    records.set(record, { record, policy, ...gates, at: place });
  }
  return records;
}

interface LookUp extends Pick<ReadFile, 'file' | 'at'> {
  /** Gates that were read already: what is wrong with one is told once. */
  readonly known: Map<string, readonly NamedGate[]>;
  readonly place: (...keys: readonly PropertyKey[]) => string;
  readonly findings: Findings;
}

function gatesOf(policy: RecordPolicy, look: LookUp): PlacedGates {
  const { file, place, findings } = look;
  const { observedShare: asked } = policy;
  const at = (...keys: readonly PropertyKey[]): string => place('observedShare', ...keys);
  const share = asked === undefined ? null : shareGate(asked, { providers: file.providers ?? {}, findings, at });
  const find = (names: readonly string[], ...keys: readonly PropertyKey[]) => lookUp(names, keys, look);
  return placeGates({ policy, find, share, findings, place });
}

function lookUp(names: readonly string[], keys: readonly PropertyKey[], look: LookUp): readonly NamedGate[] {
  const { file, known, place, findings } = look;
  const declared = file.gates ?? {};
  return names.flatMap((name, index) => {
    const policy = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (policy === undefined) {
      const names = Object.keys(declared).join(', ') || 'none is declared under gates:';
      findings.note(problem(`${place(...keys, index)}: there is no gate ${JSON.stringify(name)}`, names));
      return [];
    }
    const found = known.get(name) ?? namedGate(name, policy, look);
    known.set(name, found);
    return found;
  });
}

function namedGate(name: string, policy: GatePolicy, { file, at, findings }: LookUp): readonly NamedGate[] {
  const below = (...keys: readonly PropertyKey[]): string => at(['gates', name, ...keys]);
  const metric = metricGate(name, policy, { providers: file.providers ?? {}, findings, at: below });
  const isProbe = PROBES.some((kind) => policy[kind] !== undefined);
  if (isProbe) return [{ kind: 'probe', gate: gateOf(name, policy, { at, findings }) }];
  return metric === null ? [] : [{ kind: 'metric', gate: metric }];
}

const PROBES = ['http', 'tcp', 'dns'] as const;

function gateOf(name: string, { http, tcp }: GatePolicy, { at, findings }: Pick<LookUp, 'at' | 'findings'>): Gate {
  if (http !== undefined) return httpGate(name, http, { at, findings });
  if (tcp !== undefined) return { kind: 'tcp', name, port: tcp.port };
  return { kind: 'dns', name };
}

function httpGate(name: string, http: HttpGatePolicy, { at, findings }: Pick<LookUp, 'at' | 'findings'>): HttpGate {
  const scheme = http.scheme ?? HTTP_DEFAULTS.scheme;
  const { maxLatency } = http;
  const flag = `${at(['gates', name, 'http', 'maxLatency'])}: maxLatency`;
  return {
    ...HTTP_DEFAULTS,
    name,
    scheme,
    host: http.host ?? null,
    port: http.port ?? (scheme === 'https' ? 443 : 80),
    path: http.path ?? HTTP_DEFAULTS.path,
    method: http.method ?? HTTP_DEFAULTS.method,
    headers: Object.entries(http.headers ?? {}).map(asHeader),
    status: http.status ?? HTTP_DEFAULTS.status,
    contains: http.contains ?? null,
    json: http.json ?? {},
    maxLatencyMs: maxLatency === undefined ? null : findings.take(parseSpan(maxLatency, flag), 0),
    followRedirects: http.followRedirects ?? false,
    verifyCertificate: http.verifyCertificate ?? true,
  };
}

function asHeader([name, value]: readonly [string, string | { readonly secret: string }]): ProbeHeader {
  return typeof value === 'string' ? { name, value } : { name, secret: value.secret };
}

function checkAlarms({ onAlarm = {}, default: home }: RecordPolicy, place: LookUp['place'], findings: Findings): void {
  for (const [alarm, act] of Object.entries(onAlarm))
    if (act === 'reset' && home === undefined)
      findings.note(problem(`${place('onAlarm', alarm)}: there is nothing to reset to`, 'a default: of this record'));
}

function checkDefault(policy: RecordPolicy, place: LookUp['place'], findings: Findings): void {
  if (policy.default === undefined) return;
  findings.take(parseTarget([policy.default].flat(), `${place('default')}: default`), null);
}
