import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { plainHost } from '../host-port.ts';
import { USER_AGENT } from '../user-agent.ts';
import { wayTo, type Ways } from '../way-to.ts';

export interface Post {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly trust: SecureContext | null;
  readonly ways: Ways;
  /** Bounds the whole exchange. */
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The beginning of it. */
  readonly body: string;
}

const MOST_BODY_BYTES = 2_048;

/** Posts JSON on a connection of its own; a redirect is an answer like any other, since nobody has bound a secret to where it leads (A4). */
export async function postJson(post: Post): Promise<PostAnswer> {
  const request = open(post);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      request.end(post.body);
    });
    const retryAfter = response.headers['retry-after'] ?? null;
    return { status: response.statusCode ?? 0, retryAfter, body: await beginningOf(response) };
  } finally {
    request.destroy();
  }
}

function open({ url, body, headers, trust, ways, signal }: Post): ClientRequest {
  const secure = url.protocol === 'https:';
  const host = plainHost(url.hostname);
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const options: RequestOptions = {
    ...wayTo({ host, port }, ways),
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    agent: false,
    signal,
    headers: {
      'user-agent': USER_AGENT,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
      host: url.host,
    },
  };
  if (!secure) return httpRequest(options);
  return httpsRequest({ ...options, servername: host, ...(trust === null ? {} : { secureContext: trust }) });
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, MOST_BODY_BYTES);
}
