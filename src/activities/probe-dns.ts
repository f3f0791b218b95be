import type { RecordRef, ProbeSide } from '../contracts/deploy-activities.ts';
import { cleanText } from '../core/clean-text.ts';
import type { Observation } from '../core/dns/gate.ts';
import { askNameServer, type NameServerAnswer } from './ask-name-server.ts';
import { authoritativeServers, type AuthoritativeServer } from './authoritative-servers.ts';
import type { LookDeps } from './look-deps.ts';
import { typesOf } from './read-standing.ts';
import type { Pulse } from './pulse.ts';

export interface DnsProbe extends RecordRef {
  /** Name of the gate. */
  readonly gate: string;
  readonly sides: readonly ProbeSide[];
}

const LONGEST_SEEN = 200;

/**
 * Asks every authoritative server for the moved types: each must answer with something.
 * The name belongs to both sides, so each look is an observation of both: where name servers fall silent, neither side is to blame.
 */
export async function probeDns(deps: LookDeps, probe: DnsProbe, pulse: Pulse): Promise<readonly Observation[]> {
  const servers = await authoritativeServers(probe.zone, deps.reach.nameServers, deps.resolve);
  const types = typesOf(...probe.sides.map(({ sets }) => sets));
  const looks = await Promise.all(servers.map((server) => look(deps, { probe, types, pulse }, server)));
  return looks.flat();
}

interface Around {
  readonly probe: DnsProbe;
  readonly types: readonly string[];
  readonly pulse: Pulse;
}

async function look(
  deps: LookDeps,
  { probe, types, pulse }: Around,
  { name: value, address }: AuthoritativeServer,
): Promise<readonly Observation[]> {
  const at = pulse.now();
  const options = { timeoutMs: deps.askTimeoutMs, signal: pulse.signal };
  const ask = (type: string): Promise<NameServerAnswer> =>
    address === null
      ? Promise.resolve({ kind: 'silent', why: 'its name does not resolve' })
      : askNameServer(address, { name: probe.record, type }, options);
  const answers = await Promise.all(types.map(ask));
  const seen = cleanText(types.map((type, index) => `${type} ${sayAnswer(answers[index])}`).join(', '), LONGEST_SEEN);
  const ok = answers.every((answer) => answer.kind === 'answer' && answer.values.length > 0);
  const observation = { gate: probe.gate, value, at, ok, latencyMs: pulse.now() - at, seen };
  return probe.sides.map(({ side }) => ({ ...observation, side }));
}

function sayAnswer(answer: NameServerAnswer | undefined): string {
  if (answer?.kind !== 'answer') return answer?.why ?? 'not asked';
  return answer.values.length === 0 ? `no answer (${answer.rcode})` : answer.values.join(' and ');
}
