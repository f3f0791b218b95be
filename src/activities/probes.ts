/**
 * Makes the probes of a check or a watch: every gate against every value of both sides.
 *
 * - A4 Probes go to the record's own name and targets and to `SWITCHYARD_PROBE_HOSTS`; secrets only where they are bound.
 * - A1 What a probe saw is cleaned, short, and without any secret that it sent.
 */
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { ProbeSide, RecordRef } from '../contracts/deploy-activities.ts';
import { cleanText } from '../core/clean-text.ts';
import type { Gate, HttpGate, Observation, ProbeWindow, TcpGate } from '../core/dns/gate.ts';
import { displayName } from '../core/dns/name.ts';
import { failure } from '../policies/failures.ts';
import type { SecretsConfig } from '../config.ts';
import { serverNames } from './authoritative-servers.ts';
import { withTimeLimit } from './linked-signal.ts';
import type { LookDeps } from './look-deps.ts';
import { probeDns } from './probe-dns.ts';
import { probeHttp } from './probe-http.ts';
import { problemOf, type ProbeResult } from './probe-result.ts';
import { probeTargets, spotsOf, type ProbeTarget, type Spot } from './probe-targets.ts';
import { probeTcp } from './probe-tcp.ts';
import type { Pulse } from './pulse.ts';
import { hiddenFrom, secretFor, withoutSecrets } from './secrets.ts';

export interface ProbeDeps extends LookDeps {
  readonly secrets: SecretsConfig;
  /** What https probes trust; null: the runtime's own authorities. */
  readonly trust: SecureContext | null;
}

export interface ProbeInput extends RecordRef {
  readonly gates: readonly Gate[];
  readonly sides: readonly ProbeSide[];
  readonly pace: { readonly probeTimeoutMs: number };
}

/** One thing to ask again and again. */
export interface Probe {
  /** The windows that its observations go to: known before the first, so that what was not asked yet counts as no data (D7). */
  readonly windows: readonly ProbeWindow[];
  ask(pulse: Pulse): Promise<readonly Observation[]>;
}

/** @throws Refused where a gate asks for a host or a secret that the worker's configuration does not allow. */
export async function makeProbes(deps: ProbeDeps, input: ProbeInput): Promise<readonly Probe[]> {
  const targets = probeTargets(input.sides);
  const probes = await Promise.all(input.gates.map((gate) => probesOfGate(deps, { input, targets }, gate)));
  return probes.flat();
}

/** The authorities of the runtime and those of `SWITCHYARD_CA_FILE`. */
export function trustOf(ca: string | null): SecureContext | null {
  return ca === null ? null : createSecureContext({ ca: [...rootCertificates, ca] });
}

interface Around {
  readonly input: ProbeInput;
  readonly targets: readonly ProbeTarget[];
}

async function probesOfGate(deps: ProbeDeps, around: Around, gate: Gate): Promise<readonly Probe[]> {
  const { input, targets } = around;
  switch (gate.kind) {
    case 'http':
      return Promise.all(targets.map((target) => httpProbe(deps, around, { gate, target })));
    case 'tcp':
      return targets.map((target) =>
        endpointProbe(deps, { input, gate, target }, (spot, signal) => probeTcp(spot, gate.port, signal)),
      );
    case 'dns':
      return [dnsProbe(deps, input, gate.name)];
  }
}

async function httpProbe(
  deps: ProbeDeps,
  { input, targets }: Around,
  { gate, target }: { readonly gate: HttpGate; readonly target: ProbeTarget },
): Promise<Probe> {
  const host = hostOf(deps, { gate, input, targets });
  const sent: string[] = [];
  const headers: Record<string, string> = {};
  for (const header of gate.headers) {
    const verified = gate.scheme === 'https' && gate.verifyCertificate;
    const text =
      'secret' in header
        ? await secretFor(deps.secrets, header.secret, { host, value: target.value, verified })
        : header.value;
    if ('secret' in header) sent.push(text);
    headers[header.name] = text;
  }
  const secrets = await hiddenFrom(deps.secrets, sent);
  return endpointProbe(deps, { input, gate, target, secrets }, (spot, signal, now) =>
    probeHttp({
      gate,
      spot,
      host,
      headers,
      trust: deps.trust,
      signal,
      now,
      clean: (text) => withoutSecrets(text, secrets),
    }),
  );
}

/** The host that the probe claims to ask for; a wildcard is asked for as one of the names that it covers. */
function hostOf(deps: ProbeDeps, { gate, input, targets }: { readonly gate: HttpGate } & Around): string {
  const own = displayName(input.record).replace(/^\*/, 'switchyard-probe');
  const host = gate.host === null ? own : displayName(gate.host);
  const allowed = [own, ...targets.map(({ value }) => value), ...deps.reach.probeHosts];
  if (allowed.includes(host)) return host;
  throw failure('Refused', `The gate ${gate.name} asks for ${host}, which is neither ${own} nor one of its targets.`, {
    next: `Set SWITCHYARD_PROBE_HOSTS=${[...deps.reach.probeHosts, host].join(',')} on the worker, if it may be probed.`,
  });
}

function dnsProbe(deps: ProbeDeps, input: ProbeInput, gate: string): Probe {
  const windows = serverNames(input.zone, deps.reach.nameServers).flatMap((value) =>
    input.sides.map(({ side }) => ({ gate, side, value, observations: [] })),
  );
  return { windows, ask: (pulse) => probeDns(deps, { ...input, gate }, pulse) };
}

interface Subject {
  readonly input: ProbeInput;
  readonly gate: HttpGate | TcpGate;
  readonly target: ProbeTarget;
  /** Sent along; taken out of whatever is seen. */
  readonly secrets?: readonly string[];
}

type AskSpot = (spot: Spot, signal: AbortSignal, now: () => number) => Promise<ProbeResult>;

/** Probes every address of the value at once; the time limit spans the look-up of a name too. */
function endpointProbe(deps: ProbeDeps, { input, gate, target, secrets = [] }: Subject, ask: AskSpot): Probe {
  const window = { gate: gate.name, side: target.side, value: target.value };
  const askOnce = async (pulse: Pulse): Promise<readonly Observation[]> => {
    const at = pulse.now();
    const limitMs = input.pace.probeTimeoutMs;
    const late = { ok: false, seen: `no answer within ${limitMs} ms${gate.kind === 'http' ? ` ${gate.path}` : ''}` };
    const { ok, seen } = await withTimeLimit(pulse.signal, limitMs, (signal) =>
      unlessLate(signal, late, async () => {
        const spots = await spotsOf(deps, target, gate.port);
        return together(spots, await Promise.all(spots.map((spot) => ask(spot, signal, pulse.now))));
      }),
    );
    const latencyMs = pulse.now() - at;
    return [{ ...window, at, ok, latencyMs, seen: cleanText(withoutSecrets(seen, secrets), LONGEST_SEEN) }];
  };
  return { windows: [{ ...window, observations: [] }], ask: askOnce };
}

async function unlessLate(
  signal: AbortSignal,
  late: ProbeResult,
  probe: () => Promise<ProbeResult>,
): Promise<ProbeResult> {
  const end = new Promise<ProbeResult>((resolve) => {
    signal.addEventListener('abort', () => resolve(late), { once: true });
  });
  const result = probe().catch((cause: unknown) => ({ ok: false, seen: problemOf(cause) }));
  return Promise.race([end, result]);
}

/** One ill address makes the value ill. */
function together(spots: readonly Spot[], results: readonly ProbeResult[]): ProbeResult {
  const ill = results.findIndex((result) => !result.ok);
  const shown = Math.max(ill, 0);
  const seen = results[shown]?.seen ?? 'nothing was asked';
  const where = spots.length > 1 ? ` at ${spots[shown]?.address ?? ''}` : '';
  return { ok: ill === -1 && results.length > 0, seen: `${seen}${where}` };
}

const LONGEST_SEEN = 200;
