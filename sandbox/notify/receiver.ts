/** Somebody's own receiver of webhooks, which takes only what is signed as https://www.standardwebhooks.com says. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Reply } from '../faulted-server.ts';
import type { FaultedRequest } from '../faults.ts';

export interface Received {
  readonly id: string;
  /** The body, as JSON. */
  readonly message: Readonly<Record<string, unknown>>;
}

export interface Receiver {
  /** `whsec_` and the key in base64. */
  readonly secret: string;
  /** Whatever came and was in order, oldest first; what came twice is there twice. */
  readonly received: readonly Received[];
  readonly answer: (request: FaultedRequest) => Reply;
}

const TOLERANCE_S = 300;

export function createReceiver(): Receiver {
  const key = Buffer.from('the key of the sandbox, 32 bytes');
  const received: Received[] = [];
  const answer = (request: FaultedRequest): Reply => {
    const id = header(request, 'webhook-id');
    if (id === '' || id.includes('.') || !isNow(request) || !isSigned(request, key)) return { status: 401, body: '' };
    received.push({ id, message: JSON.parse(request.body) as Received['message'] });
    return { status: 204, body: '' };
  };
  return { secret: `whsec_${key.toString('base64')}`, received, answer };
}

const header = ({ headers }: FaultedRequest, name: string): string => String(headers[name] ?? '');

function isNow(request: FaultedRequest): boolean {
  return Math.abs(Date.now() / 1_000 - Number(header(request, 'webhook-timestamp'))) < TOLERANCE_S;
}

function isSigned(request: FaultedRequest, key: Buffer): boolean {
  const signed = `${header(request, 'webhook-id')}.${header(request, 'webhook-timestamp')}.${request.body}`;
  const wanted = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  const found = Buffer.from(header(request, 'webhook-signature'));
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}
