import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { USUAL_EGRESS } from '../egress.ts';
import { USER_AGENT } from '../user-agent.ts';
import { wayTo, type Way } from '../way-to.ts';

const WITHIN_MS = 3_000;
const MOST_BYTES = 64 * 1_024;
const HTTPS_PORT = 443;

/** Another authority, and another way there. */
export interface FetchOptions {
  readonly way?: Way;
  readonly tls?: Pick<RequestOptions, 'ca'>;
  readonly withinMs?: number;
}

/**
 * The text at an https address, which is neither this machine nor a metadata service (A4), within seconds and up to 64 KiB; no redirect is
 * followed, and nothing unpacked.
 *
 * @throws where it is not to be had.
 */
export async function fetchText(url: string, options: FetchOptions = {}): Promise<string> {
  const { hostname, pathname, search } = new URL(url);
  const { way = wayTo({ host: hostname, port: HTTPS_PORT }, USUAL), tls = {}, withinMs = WITHIN_MS } = options;
  const request = httpsRequest({
    ...way,
    ...tls,
    servername: hostname,
    path: `${pathname}${search}`,
    agent: false,
    signal: AbortSignal.timeout(withinMs),
    headers: { 'user-agent': USER_AGENT, host: hostname, 'accept-encoding': 'identity' },
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      request.end();
    });
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode ?? 'without a status'}`);
    return await bodyOf(response);
  } finally {
    request.destroy();
  }
}

/** Private too: AWS answers for its own names inside of a VPC. */
const USUAL = { connectTo: [], egress: USUAL_EGRESS };

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
