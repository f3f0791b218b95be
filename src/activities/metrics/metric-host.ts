/**
 * Asks a host for numbers, over HTTP.
 *
 * - A4 Only hosts of `SWITCHYARD_METRIC_HOSTS` at addresses of `SWITCHYARD_EGRESS`, and no redirect to another one; a secret only where
 *   it is bound.
 * - A1 What comes back is cleaned, short, and without any secret of this worker.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { cleanText } from '../../core/clean-text.ts';
import { plainHost } from '../../host-port.ts';
import { failure } from '../../policies/failures.ts';
import { USER_AGENT } from '../../user-agent.ts';
import { wayTo, type Ways } from '../../way-to.ts';
import { problemOf } from '../probe-result.ts';
import { hiddenFrom, secretFor, withoutSecrets } from '../secrets.ts';
import type { MetricDeps } from './metric-provider.ts';

export interface HostQuestion {
  readonly url: string;
  /** A form that is posted; null asks with GET. */
  readonly form: URLSearchParams | null;
  readonly signal: AbortSignal;
}

/** An answer, or in words why there is none. */
export type HostAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'none'; readonly why: string };

export interface MetricHost {
  ask(question: HostQuestion): Promise<HostAnswer>;
  /** A text of the other side, fit to be shown. */
  clean(text: string): string;
}

/** @throws Refused where the worker's configuration does not allow the host, or the secret there. */
export async function openMetricHost(
  { reach, secrets, trust }: MetricDeps,
  { name, url, secret }: { readonly name: string; readonly url: string; readonly secret: string | null },
): Promise<MetricHost> {
  const { protocol, hostname, port } = new URL(url);
  const verified = protocol === 'https:';
  const host = `${hostname}:${port || (verified ? 443 : 80)}`;
  if (!reach.metricHosts.includes(host) && !reach.metricHosts.includes(hostname))
    throw notAllowed(name, host, reach.metricHosts);
  const value = isIP(plainHost(hostname)) === 0 ? '' : plainHost(hostname); // a name proves nothing without a certificate
  const token =
    secret === null ? null : await secretFor(secrets, secret, { host: plainHost(hostname), value, verified });
  const hidden = await hiddenFrom(secrets, token === null ? [] : [token]);
  const headers = {
    'user-agent': USER_AGENT,
    accept: 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  return {
    ask: (question) => ask({ ...question, headers, ways: reach, trust }),
    clean: (text) => cleanText(withoutSecrets(text, hidden), LONGEST_TEXT),
  };
}

const LONGEST_TEXT = 200;
const MOST_BYTES = 1_048_576;

interface Asked extends HostQuestion {
  readonly headers: Readonly<Record<string, string>>;
  readonly ways: Ways;
  readonly trust: MetricDeps['trust'];
}

async function ask(asked: Asked): Promise<HostAnswer> {
  try {
    return await answerTo(asked);
  } catch (cause) {
    return { kind: 'none', why: asked.signal.aborted ? 'no answer in time' : problemOf(cause) };
  }
}

async function answerTo({ url, form, signal, headers, ways, trust }: Asked): Promise<HostAnswer> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  const target = { host: plainHost(hostname), port: Number(port || (secure ? 443 : 80)) };
  const body = form?.toString() ?? null;
  const options: RequestOptions = {
    ...wayTo(target, ways),
    method: body === null ? 'GET' : 'POST',
    path: `${pathname}${search}`,
    agent: false,
    signal,
    headers: {
      ...headers,
      host: new URL(url).host,
      ...(body === null
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
    },
  };
  const named = isIP(target.host) === 0 ? { servername: target.host } : {};
  const request = secure
    ? httpsRequest({ ...options, ...named, ...(trust === null ? {} : { secureContext: trust }) })
    : httpRequest(options);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      request.end(body ?? undefined);
    });
    return { kind: 'answer', status: response.statusCode ?? 0, body: await bodyOf(response) };
  } finally {
    request.destroy();
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function notAllowed(name: string, host: string, allowed: readonly string[]) {
  const hosts = allowed.length === 0 ? 'no host' : allowed.join(', ');
  return failure('Refused', `The provider ${name} is at ${host}, and this worker asks ${hosts} for metrics.`, {
    next: `Set SWITCHYARD_METRIC_HOSTS=${[...allowed, host].join(',')} on the worker, if it may be asked.`,
  });
}
