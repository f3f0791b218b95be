import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { SecureContext } from 'node:tls';
import type { HttpGate } from '../core/dns/gate.ts';
import { USER_AGENT } from '../user-agent.ts';
import { atPointer } from './json-pointer.ts';
import { problemOf, type ProbeResult } from './probe-result.ts';
import type { Spot } from './probe-targets.ts';

export interface HttpProbe {
  readonly gate: HttpGate;
  readonly spot: Spot;
  /** Host header and SNI. */
  readonly host: string;
  /** Resolved already, secrets included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly trust: SecureContext | null;
  /** Bounds the whole probe, redirects included. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Takes the secrets out of a text of the other side: it may send back what it was sent (A1). */
  readonly clean: (text: string) => string;
}

const MOST_REDIRECTS = 5;
const MOST_BODY_BYTES = 64 * 1_024;

/**
 * Asks one address with the record's Host and SNI: a connection of its own, no proxy, no keep-alive, redirects only where the
 * gate allows them, and then on the same host and address.
 */
export async function probeHttp(probe: HttpProbe): Promise<ProbeResult> {
  const startedAt = probe.now();
  try {
    const answer = await follow(probe, probe.gate.path, MOST_REDIRECTS);
    return judgeAnswer(probe, answer, probe.now() - startedAt);
  } catch (cause) {
    return { ok: false, seen: `${problemOf(cause)} ${probe.gate.path}` };
  }
}

interface HttpAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
  /** More came than was read. */
  readonly cut: boolean;
}

type Judged = Pick<HttpProbe, 'gate' | 'clean'>;

function judgeAnswer({ gate, clean }: HttpProbe, answer: HttpAnswer, latencyMs: number): ProbeResult {
  const said = `HTTP ${answer.status} ${gate.path}`;
  const problem = problemIn({ gate, clean }, answer, latencyMs);
  return problem === null ? { ok: true, seen: said } : { ok: false, seen: `${said}${problem}` };
}

function problemIn({ gate, clean }: Judged, answer: HttpAnswer, latencyMs: number): string | null {
  if (!gate.status.includes(answer.status)) return gate.status.length === 0 ? ', no status is accepted' : '';
  if (gate.contains !== null && !answer.body.includes(gate.contains))
    return `, the body lacks ${JSON.stringify(gate.contains)}`;
  const json = jsonProblem({ gate, clean }, answer);
  if (json !== null) return json;
  if (gate.maxLatencyMs !== null && latencyMs > gate.maxLatencyMs)
    return `, took ${latencyMs} ms, at most ${gate.maxLatencyMs} ms are accepted`;
  return null;
}

function jsonProblem({ gate, clean }: Judged, answer: HttpAnswer): string | null {
  const wanted = Object.entries(gate.json);
  if (wanted.length === 0) return null;
  if (answer.cut) return `, the body is longer than ${MOST_BODY_BYTES} bytes`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.body);
  } catch {
    return ', the body is not JSON';
  }
  const wrong = wanted.find(([pointer, value]) => !isDeepStrictEqual(atPointer(parsed, pointer), value));
  if (wrong === undefined) return null;
  return `, ${wrong[0]} is ${shown(atPointer(parsed, wrong[0]), clean)}, expected ${shown(wrong[1], clean)}`;
}

function shown(value: unknown, clean: HttpProbe['clean']): string {
  return value === undefined ? 'absent' : clean(JSON.stringify(value)).slice(0, 60);
}

async function follow(probe: HttpProbe, path: string, redirects: number): Promise<HttpAnswer> {
  const answer = await ask(probe, path);
  if (!probe.gate.followRedirects || answer.location === null) return answer;
  if (redirects === 0) throw new Error(`more than ${MOST_REDIRECTS} redirects from`);
  return follow(probe, samePlace(probe, path, answer.location), redirects - 1);
}

/** The path to go on with; another scheme, host or port is never asked (A4). */
function samePlace({ gate, host }: HttpProbe, path: string, location: string): string {
  const here = new URL(`${gate.scheme}://${host}:${gate.port}${path}`);
  const next = URL.canParse(location, here.href) ? new URL(location, here) : null;
  if (next?.origin !== here.origin) throw new Error('redirected to another place from');
  return `${next.pathname}${next.search}`;
}

async function ask(probe: HttpProbe, path: string): Promise<HttpAnswer> {
  const request = open(probe, path);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      request.end();
    });
    const status = response.statusCode ?? 0;
    const redirect = status >= 300 && status < 400 ? (response.headers.location ?? null) : null;
    return { status, location: redirect, ...(await bodyOf(response)) };
  } finally {
    request.destroy();
  }
}

function open({ gate, spot, host, headers, trust, signal }: HttpProbe, path: string): ClientRequest {
  const usual = gate.port === (gate.scheme === 'https' ? 443 : 80);
  const options: RequestOptions = {
    host: spot.connect.host,
    port: spot.connect.port,
    method: gate.method,
    path,
    agent: false,
    signal,
    headers: { 'user-agent': USER_AGENT, accept: '*/*', ...headers, host: usual ? host : `${host}:${gate.port}` },
  };
  if (gate.scheme === 'http') return httpRequest(options);
  return httpsRequest({
    ...options,
    servername: host,
    rejectUnauthorized: gate.verifyCertificate,
    ...(trust === null ? {} : { secureContext: trust }),
  });
}

async function bodyOf(response: IncomingMessage): Promise<{ readonly body: string; readonly cut: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) break;
  }
  return { body: Buffer.concat(chunks).toString('utf8').slice(0, MOST_BODY_BYTES), cut: bytes > MOST_BODY_BYTES };
}
