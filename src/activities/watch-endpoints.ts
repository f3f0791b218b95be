/**
 * One stretch of a hold. Writes nothing.
 *
 * - D7 The stretch is held only after every value was asked at least once in this attempt, and the verdict says what they answered.
 * - D4 What somebody else wrote ends it; "could not look" does not.
 */
import type { Route53Client } from '@aws-sdk/client-route-53';
import { maxAgeMs, metricTimeoutMs } from '../contracts/deploy.ts';
import type { MetricStretch, MetricsWatched, Watched, WatchEnd, WatchInput } from '../contracts/deploy-activities.ts';
import type { Observation, ProbeWindow, Verdict } from '../core/dns/gate.ts';
import { judgeHold } from '../core/dns/judge-hold.ts';
import { noticeProtected } from '../core/dns/refuse-guarded.ts';
import { addObservation } from '../core/dns/probe-windows.ts';
import type { StepView } from '../core/metrics/gate-state.ts';
import { gatesToAsk } from '../core/metrics/gates-to-ask.ts';
import { weighVerdicts } from '../core/metrics/weigh-verdicts.ts';
import type { AwsClients } from '../clients.ts';
import { failure } from '../policies/failures.ts';
import { lookForDrift } from './look-for-drift.ts';
import { makeLooks, type MetricLook } from './metrics/metric-looks.ts';
import type { MetricDeps } from './metrics/metric-provider.ts';
import { judgeMetrics, measureInRhythm, measureOnce, startMetrics, type Seen } from './metrics/watch-metrics.ts';
import { makeProbes, type ProbeDeps } from './probes.ts';
import { probeInRhythm } from './probe-rhythm.ts';
import { beating, never, withPartPulse, type Pulse } from './pulse.ts';
import { readProtections, typesOf } from './read-standing.ts';

export interface WatchDeps extends ProbeDeps, MetricDeps {
  readonly aws: Pick<AwsClients, 'route53' | 'budget'>;
}

/** What a heartbeat carries: the newest values, for the UI, and for the attempt that goes on after this one. */
export interface WatchBeat {
  readonly windows: readonly ProbeWindow[];
  readonly verdict: Verdict;
  readonly inconclusiveSince: number | null;
  readonly share: number;
  /** Looks for drift in a row that Route 53 did not answer. */
  readonly looksFailed: number;
  /** Turns in a row without a look, because other watches had taken what there was. */
  readonly looksSkipped: number;
  /** Protections that would block the rollback, as the last look at them found. */
  readonly protections: readonly string[];
  /** What the gates on metrics saw, where there are any. */
  readonly metrics?: MetricsWatched;
}

/** Probes black and red, measures, and looks for drift until `untilMs`, or until the first breach or drift. */
export function watchEndpoints(deps: WatchDeps, input: WatchInput, pulse: Pulse): Promise<Watched> {
  return watchBeside(deps, { input, pulse }, (watch, part) => drift(watch, deps, part));
}

/** Probes alone, for one of several records whose drift is looked for together. */
export function watchProbes(deps: Omit<WatchDeps, 'aws'>, input: WatchInput, pulse: Pulse): Promise<Watched> {
  return watchBeside(deps, { input, pulse }, (_watch, part) => never(part));
}

async function watchBeside(
  deps: Omit<WatchDeps, 'aws'>,
  { input, pulse }: { readonly input: WatchInput; readonly pulse: Pulse },
  drifting: (watch: Watch, part: Pulse) => Promise<WatchEnd>,
): Promise<Watched> {
  const probes = await makeProbes(deps, input);
  const looks = await makeLooks(deps, {
    gates: input.metrics?.gates ?? [],
    sides: input.sides,
    role: input.role,
    timeoutMs: metricTimeoutMs(input.pace),
  });
  const seeds = probes.flatMap((probe) => probe.windows);
  const watch = startWatch(input, { seeds, resumed: resumedFrom(pulse.resumed), now: pulse.now() });
  const end = await withPartPulse(pulse, (part) =>
    beating(
      part,
      () =>
        input.metrics?.once === true
          ? askOnce(watch, looks, part)
          : Promise.race([
              breach(watch, probes, part),
              harm(watch, looks, part),
              drifting(watch, part),
              untilHeld(watch, part),
            ]),
      () => watch.beat,
    ),
  );
  const { windows, verdict, inconclusiveSince, protections, metrics } = watch.beat;
  const measured = metrics === undefined ? {} : { metrics };
  return { end, windows, verdict, inconclusiveSince, protections, at: pulse.now(), ...measured };
}

/** Runs at most `most` watches at once, so that writes always find a slot; the rest asks again, here or at another worker. */
export function roomFor(most: number): <T>(watch: () => Promise<T>) => Promise<T> {
  let running = 0;
  return async (watch) => {
    if (running >= most)
      throw failure('Unavailable', `This worker watches ${most} records already.`, {
        next: 'Start another worker.',
        retryAfterMs: 1_000,
      });
    running += 1;
    try {
      return await watch();
    } finally {
      running -= 1;
    }
  };
}

interface Watch {
  readonly input: WatchInput;
  beat: WatchBeat;
  /** What the probes alone say. */
  probes: Verdict;
  /** Windows that have had no observation in this attempt. */
  readonly unasked: Set<string>;
  onAsked: () => void;
}

const UNCHECKED: Verdict = { kind: 'pass', reason: 'no gate is asked for' };

function startWatch(
  input: WatchInput,
  from: { readonly seeds: readonly ProbeWindow[]; readonly resumed: Partial<WatchBeat>; readonly now: number },
): Watch {
  const carried = from.resumed.windows ?? input.windows;
  const windows = from.seeds.map((seed) => carried.find((window) => keyOf(window) === keyOf(seed)) ?? seed);
  const inconclusiveSince =
    from.resumed.inconclusiveSince === undefined ? input.inconclusiveSince : from.resumed.inconclusiveSince;
  const beat: { -readonly [K in keyof WatchBeat]: WatchBeat[K] } = {
    windows,
    verdict: UNCHECKED,
    inconclusiveSince,
    share: input.share,
    looksFailed: 0,
    looksSkipped: 0,
    protections: from.resumed.protections ?? [],
  };
  const { metrics } = input;
  if (metrics !== undefined)
    beat.metrics = { states: startMetrics(metrics, from.resumed.metrics?.states), readings: [] };
  const watch: Watch = {
    input,
    beat,
    probes: UNCHECKED,
    unasked: new Set(from.seeds.map(keyOf)),
    onAsked: () => undefined,
  };
  judge(watch, from.now);
  return watch;
}

/** Fulfilled with the first breach; rejects when the pulse ends. */
async function breach(watch: Watch, probes: Parameters<typeof probeInRhythm>[0], pulse: Pulse): Promise<WatchEnd> {
  if (probes.length === 0) return never(pulse);
  return new Promise((resolve, reject) => {
    probeInRhythm(probes, { pulse, everyMs: watch.input.pace.probeEveryMs }, (observations) => {
      see(watch, observations, pulse.now());
      pulse.beat(watch.beat);
      if (watch.beat.verdict.kind === 'fail') resolve(breachOf(watch));
    }).catch(reject);
  });
}

/** Fulfilled with the first breach that a gate on metrics makes, by what it says or by saying nothing for too long, or when somebody is to be asked about one. */
async function harm(watch: Watch, looks: readonly MetricLook[], pulse: Pulse): Promise<WatchEnd> {
  const { metrics, pace } = watch.input;
  if (metrics === undefined) return never(pulse);
  return new Promise((resolve, reject) => {
    const decide = (): void => {
      judge(watch, pulse.now());
      const end = endOf(watch);
      if (end !== null) resolve(end);
    };
    const seen = seenBy(watch, () => {
      decide();
      pulse.beat(watch.beat); // a worker that dies now has lost no sample
    });
    measureInRhythm(looks, { pulse, sinceMs: metrics.sinceMs }, seen).catch(reject);
    again(pulse, pace.probeEveryMs, decide).catch(reject);
  });
}

/** Silence is judged by the clock: nothing else would notice it. */
async function again(pulse: Pulse, everyMs: number, decide: () => void): Promise<never> {
  for (;;) {
    await pulse.sleep(everyMs);
    decide();
  }
}

async function askOnce(watch: Watch, looks: readonly MetricLook[], pulse: Pulse): Promise<WatchEnd> {
  const sinceMs = watch.input.metrics?.sinceMs ?? pulse.now();
  await measureOnce(
    looks,
    { pulse, sinceMs },
    seenBy(watch, () => undefined),
  );
  judge(watch, pulse.now());
  return { kind: 'held' };
}

function seenBy(watch: Watch, onSeen: () => void): Seen {
  return {
    state: (index) => watch.beat.metrics?.states[index],
    see: (index, state) => {
      const { states = [], readings = [] } = watch.beat.metrics ?? {};
      watch.beat = { ...watch.beat, metrics: { states: states.with(index, state), readings } };
      onSeen();
    },
  };
}

/** What gates on metrics end a stretch with; null: nothing. */
function endOf(watch: Watch): WatchEnd | null {
  if (watch.beat.verdict.kind === 'fail') return breachOf(watch);
  const { metrics } = watch.input;
  if (metrics?.asked === undefined) return null;
  const gates = gatesToAsk(watch.beat.metrics?.readings ?? [], metrics.mayFail);
  const isOpen = metrics.asked.some((gate) => gates.includes(gate));
  if (isOpen || (metrics.asked.length === 0 && gates.length === 0)) return null; // it is being asked, or there is nothing to ask
  return { kind: 'asks', gates };
}

/** With gates on metrics it says whether anything failed by what it said: probes do so by whether they were inconclusive before. */
function breachOf({ beat, probes }: Watch): WatchEnd {
  const { verdict, metrics, inconclusiveSince } = beat;
  if (metrics === undefined) return { kind: 'breach', verdict };
  const failing = metrics.readings.filter((reading) => reading.verdict.kind === 'fail' && reading.weight !== 'dry-run');
  const probesAreSure = probes.kind === 'fail' && inconclusiveSince === null;
  return { kind: 'breach', verdict, inconclusive: failing.every(({ late }) => late) && !probesAreSure };
}

function see(watch: Watch, observations: readonly Observation[], now: number): void {
  let { windows } = watch.beat;
  for (const observation of observations) {
    windows = addObservation(windows, observation, watch.input.pace.fail);
    watch.unasked.delete(keyOf(observation));
  }
  watch.beat = { ...watch.beat, windows };
  judge(watch, now);
  if (watch.unasked.size === 0) watch.onAsked();
}

function judge(watch: Watch, now: number): void {
  const probes = judgeProbes(watch, now);
  const { metrics } = watch.input;
  watch.probes = probes.verdict;
  if (metrics === undefined) {
    watch.beat = { ...watch.beat, ...probes };
    return;
  }
  const judged = judgeMetrics(metrics, watch.beat.metrics?.states ?? [], stepView(watch.input, metrics, now));
  const verdict = weighVerdicts({
    probes: watch.input.gates.length === 0 ? null : probes.verdict,
    metrics: judged.readings,
    mayFail: metrics.mayFail,
  });
  watch.beat = { ...watch.beat, ...probes, verdict, metrics: judged };
}

function judgeProbes({ input, beat }: Watch, now: number): Pick<WatchBeat, 'verdict' | 'inconclusiveSince'> {
  const { pace, gates } = input;
  const { windows, inconclusiveSince } = beat;
  if (gates.length === 0) return { verdict: UNCHECKED, inconclusiveSince };
  return judgeHold({
    windows,
    rule: pace.fail,
    now,
    maxAgeMs: maxAgeMs(pace),
    inconclusiveSince,
    ownViewMs: pace.ownViewMs,
    limitMs: inconclusiveLimitMs(input),
  });
}

function stepView(input: WatchInput, { sinceMs, holdMs }: MetricStretch, now: number): StepView {
  const { share } = input;
  return { now, sinceMs, holdMs, share, limitMs: inconclusiveLimitMs(input), timeoutMs: metricTimeoutMs(input.pace) };
}

function inconclusiveLimitMs({ pace: { inconclusive }, share }: WatchInput): number {
  return share >= 100 ? inconclusive.limitAtFullMs : inconclusive.limitMs;
}

/** Fulfilled with the first drift; looks that fail, or have to wait for their turn, are counted and shown, nothing more. */
async function drift(watch: Watch, { aws }: WatchDeps, pulse: Pulse): Promise<WatchEnd> {
  const client = aws.route53();
  for (let turn = 0; ; turn += 1) {
    await pulse.sleep(untilNextTurn(watch));
    if (!aws.budget.mayLook()) {
      watch.beat = { ...watch.beat, looksSkipped: watch.beat.looksSkipped + 1 };
      continue;
    }
    const look = await lookForDrift(client, watch.input);
    if (look.kind === 'drift') return look;
    const looksFailed = look.kind === 'not-seen' ? watch.beat.looksFailed + 1 : 0;
    watch.beat = { ...watch.beat, looksFailed, looksSkipped: 0 };
    if (turn % PROTECTIONS_EVERY === 0 && aws.budget.mayLook()) await lookAtProtections(watch, client);
  }
}

/** Looks for drift between two looks at protections: one that comes is a matter of the rollback, not of the next second. */
export const PROTECTIONS_EVERY = 4;

/** Where they cannot be read, what was seen before stays: "could not look" is not "there is none". */
async function lookAtProtections(watch: Watch, client: Route53Client): Promise<void> {
  const { record, zone, standing, sides } = watch.input;
  const protections = await readProtections(client, { record, zone });
  if (protections === null) return;
  const types = typesOf(standing.sets, ...sides.map(({ sets }) => sets));
  watch.beat = { ...watch.beat, protections: noticeProtected(record, types, protections) };
}

/** Whoever was skipped comes back sooner than whoever has looked: else the same watches would go without for ever. */
function untilNextTurn({ beat, input }: Watch): number {
  return beat.looksSkipped === 0 ? input.pace.driftEveryMs : input.pace.driftEveryMs / 10;
}

async function untilHeld(watch: Watch, pulse: Pulse): Promise<WatchEnd> {
  const asked = new Promise<void>((resolve) => {
    watch.onAsked = resolve;
    if (watch.unasked.size === 0) resolve();
  });
  await pulse.sleep(Math.max(0, watch.input.untilMs - pulse.now()));
  await asked;
  if (watch.input.metrics === undefined) return { kind: 'held' };
  judge(watch, pulse.now());
  return endOf(watch) ?? { kind: 'held' };
}

/** What the attempt before said last, perhaps in another process; only what is there is used. */
function resumedFrom(details: unknown): Partial<WatchBeat> {
  const beat = (details ?? {}) as Partial<WatchBeat>;
  return Array.isArray(beat.windows) ? beat : {};
}

function keyOf({ gate, side, value }: Pick<ProbeWindow, 'gate' | 'side' | 'value'>): string {
  return `${gate} ${side} ${value}`;
}
