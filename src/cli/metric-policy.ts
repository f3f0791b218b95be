import type {
  GatePolicy,
  NamedMetricsPolicy,
  ObservedSharePolicy,
  OnInconclusivePolicy,
  SwitchyardFile,
} from '../contracts/file.ts';
import { roleOf } from '../contracts/deploy.ts';
import { fillableWords, unknownWords } from '../core/metrics/fill-query.ts';
import type { MetricGate, MetricQuery, NamedMetric, Provider, Weight } from '../core/metrics/metric-gate.ts';
import { readFailWhen, type FailWhen, type SampleRule } from '../core/metrics/metric-rule.ts';
import { parseSpan, type DurationRange } from './parse/numbers.ts';
import { quoted, type Findings } from './parse/parsed.ts';
import { problem } from './stop.ts';

/** What a gate is read with. */
export interface MetricSources {
  readonly providers: NonNullable<SwitchyardFile['providers']>;
  readonly findings: Findings;
  /** `switchyard.yaml:12`, of a key below this gate. */
  readonly at: (...keys: readonly PropertyKey[]) => string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const RHYTHM: DurationRange = { minMs: SECOND, maxMs: 60 * MINUTE, range: 'from 1s to 1h' };
/** CloudWatch has one value a minute; the others are asked as often as a scrape usually happens. */
const EVERY_MS = { prometheus: 15 * SECOND, json: 15 * SECOND, cloudwatch: MINUTE } as const;
const TICK_MS = MINUTE;
const ALARM_EVERY_MS = 15 * SECOND;

/** A gate on metrics as the file has it, in force at every step; null where it is a probe, or where a problem was noted. */
export function metricGate(name: string, policy: GatePolicy, sources: MetricSources): MetricGate | null {
  const weight = weightOf(policy, sources);
  const base = { name, weight, share: null, ...unsureOf(policy.onInconclusive, weight, sources) };
  noteStrangers(name, policy, sources);
  const { query, cloudwatchAlarm, compare, provider, metrics } = policy;
  if (query !== undefined) {
    const asked = queryOf({ provider, text: query, metrics }, [], sources);
    if (asked === null) return null;
    const failWhen = failWhenOf(policy.failWhen, sources);
    return { ...base, kind: 'threshold', query: asked, failWhen, samples: samplesOf(policy, asked.provider, sources) };
  }
  if (cloudwatchAlarm !== undefined) {
    const { region = null } = policy;
    return {
      ...base,
      kind: 'alarm',
      alarm: cloudwatchAlarm,
      region,
      ...roleOf(policy),
      everyMs: ALARM_EVERY_MS,
      accepted: false,
    };
  }
  if (compare === undefined) return null;
  const errors = queryOf({ ...compare, text: compare.errors }, ['compare', 'errors'], sources);
  const requests = queryOf({ ...compare, text: compare.requests }, ['compare', 'requests'], sources);
  for (const key of ['errors', 'requests'] as const)
    mustTellSides(compare[key], compare.provider, ['compare', key], sources);
  if (errors === null || requests === null) return null;
  return {
    ...base,
    kind: 'compare',
    errors,
    requests,
    tickMs: tickOf(compare.tick, ['compare', 'tick'], sources),
    alpha: compare.alpha ?? 0.05,
    minEffect: compare.minEffect ?? 1.2,
    minRequests: compare.minRequests ?? 500,
  };
}

/** The gate that waits until black gets its share. */
export function shareGate(policy: ObservedSharePolicy, sources: MetricSources): MetricGate | null {
  const requests = queryOf({ ...policy, text: policy.requests }, ['requests'], sources);
  mustTellSides(policy.requests, policy.provider, ['requests'], sources);
  const tolerance = Number.parseInt(policy.tolerance ?? '50%', 10) / 100;
  if (tolerance <= 0 || tolerance > 1)
    sources.findings.note(
      problem(`${sources.at('tolerance')}: ${quoted(policy.tolerance ?? '')} is out of range`, '1% to 100%'),
    );
  if (requests === null) return null;
  return {
    kind: 'share',
    name: 'observed share',
    weight: 'critical',
    share: null,
    ...unsureOf(policy.onInconclusive, 'critical', sources),
    requests,
    tickMs: tickOf(policy.tick, ['tick'], sources),
    tolerance,
  };
}

function weightOf({ critical, dryRun }: GatePolicy, { findings, at }: MetricSources): Weight {
  if (critical === false && dryRun === true)
    findings.note(problem(`${at('dryRun')}: a dry run never decides, so critical says nothing`, 'one of them'));
  if (dryRun === true) return 'dry-run';
  return critical === false ? 'counted' : 'critical';
}

/** Keys that belong to another kind of gate would be ignored. */
function noteStrangers(name: string, policy: GatePolicy, { findings, at }: MetricSources): void {
  const kind = KINDS.find((one) => policy[one] !== undefined);
  const strangers = (Object.keys(policy) as (keyof GatePolicy)[]).filter(
    (key) => policy[key] !== undefined && key !== kind && !(kind !== undefined && BESIDE[kind].includes(key)),
  );
  for (const key of strangers)
    findings.note(
      problem(
        `${at(key)}: ${key} says nothing about ${name}`,
        kind === undefined ? null : `beside ${kind}: ${BESIDE[kind].join(', ') || 'nothing'}`,
      ),
    );
}

const KINDS = ['http', 'tcp', 'dns', 'query', 'cloudwatchAlarm', 'compare'] as const;
const ANY_METRIC = ['onInconclusive', 'critical', 'dryRun'] as const;
const BESIDE: Readonly<Record<(typeof KINDS)[number], readonly (keyof GatePolicy)[]>> = {
  http: [],
  tcp: [],
  dns: [],
  query: ['provider', 'metrics', 'failWhen', 'samples', ...ANY_METRIC],
  cloudwatchAlarm: ['region', 'role', ...ANY_METRIC],
  compare: ANY_METRIC,
};

/** For how long a gate may say nothing, and what then. */
function unsureOf(
  { wait, then }: OnInconclusivePolicy = {},
  weight: Weight,
  { findings, at }: MetricSources,
): Pick<MetricGate, 'waitMs' | 'then'> {
  if (then === 'approve' && weight === 'dry-run')
    findings.note(
      problem(`${at('onInconclusive', 'then')}: a dry run never decides, so nobody is asked about it`, 'no then'),
    );
  const waitMs =
    wait === undefined ? null : findings.take(parseSpan(wait, `${at('onInconclusive', 'wait')}: wait`), null);
  return { waitMs, ...(then === 'approve' ? { then } : {}) };
}

interface AskedQuery {
  readonly provider: string | undefined;
  readonly text: string;
  readonly metrics?: NamedMetricsPolicy | undefined;
}

function queryOf(
  { provider: name, text, metrics = {} }: AskedQuery,
  keys: readonly PropertyKey[],
  sources: MetricSources,
): MetricQuery | null {
  const { findings, at } = sources;
  const provider = providerOf(name, keys, sources);
  const unknown = unknownWords(
    [text, ...Object.values(metrics).flatMap(({ dimensions = {} }) => Object.values(dimensions))].join(' '),
  );
  if (unknown.length > 0)
    findings.note(problem(`${at(...keys)}: nothing stands for ${unknown.join(', ')}`, fillableWords));
  if (provider === null) return null;
  if (provider.kind === 'json' && !text.startsWith('/'))
    findings.note(problem(`${at(...keys)}: ${quoted(text)} is no JSON pointer`, '/error_rate'));
  if (provider.kind !== 'cloudwatch' && Object.keys(metrics).length > 0)
    findings.note(problem(`${at(...keys)}: metrics are named for CloudWatch alone`, `none for ${provider.name}`));
  return { provider, text, metrics: Object.entries(metrics).map(asNamedMetric) };
}

function asNamedMetric([id, { namespace, metric, dimensions = {}, stat = 'Sum' }]: readonly [
  string,
  NamedMetricsPolicy[string],
]): NamedMetric {
  return { id, namespace, metric, dimensions, stat };
}

function providerOf(
  name: string | undefined,
  keys: readonly PropertyKey[],
  { providers, findings, at }: MetricSources,
): Provider | null {
  const known = Object.keys(providers).join(', ') || 'none is declared under providers:';
  if (name === undefined) {
    findings.note(problem(`${at(...keys)}: a query needs a provider`, known));
    return null;
  }
  const policy = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (policy === undefined) {
    findings.note(problem(`${at(...keys)}: there is no provider ${quoted(name)}`, known));
    return null;
  }
  const { prometheus, json, cloudwatch, secret = null } = policy;
  if (prometheus !== undefined) return { kind: 'prometheus', name, url: prometheus, secret };
  return json === undefined
    ? { kind: 'cloudwatch', name, region: cloudwatch?.region ?? null, ...roleOf(cloudwatch ?? {}) }
    : { kind: 'json', name, url: json, secret };
}

/** A count that is the same for both sides compares black with itself. */
function mustTellSides(
  text: string,
  provider: string,
  keys: readonly PropertyKey[],
  { providers, findings, at }: MetricSources,
): void {
  const address = Object.hasOwn(providers, provider) ? (providers[provider]?.json ?? '') : '';
  if (/\$(side|value)\b/.test(`${text} ${address}`)) return;
  findings.note(problem(`${at(...keys)}: without $side or $value it counts the same for black and red`, fillableWords));
}

function failWhenOf(text: string | undefined, { findings, at }: MetricSources): FailWhen {
  const read = text === undefined ? null : readFailWhen(text);
  if (read !== null) return read;
  const found =
    text === undefined ? `${at()}: a query needs failWhen` : `${at('failWhen')}: ${quoted(text)} is no comparison`;
  findings.note(problem(found, '"> 0.01", with one of > >= < <='));
  return { operator: '>', bound: 0 };
}

function samplesOf({ samples = {} }: GatePolicy, { kind }: Provider, { findings, at }: MetricSources): SampleRule {
  const { bad = 3, of = 5, min = 5, after, every } = samples;
  if (bad > of)
    findings.note(problem(`${at('samples', 'bad')}: ${bad} of ${of} samples can never be bad`, `at most ${of}`));
  const rhythm = (text: string, key: string): number =>
    findings.take(parseSpan(text, `${at('samples', key)}: ${key}`, RHYTHM), 0);
  return {
    bad,
    of,
    min,
    afterMs: after === undefined ? 0 : findings.take(parseSpan(after, `${at('samples', 'after')}: after`), 0),
    everyMs: every === undefined ? EVERY_MS[kind] : rhythm(every, 'every'),
  };
}

function tickOf(text: string | undefined, keys: readonly PropertyKey[], { findings, at }: MetricSources): number {
  return text === undefined ? TICK_MS : findings.take(parseSpan(text, `${at(...keys)}: tick`, RHYTHM), TICK_MS);
}
