/** What stands between a request and the account: who may come in, what is asked, and the form of every answer. */
import { randomUUID } from 'node:crypto';
import type { Protocol, Reply } from '../faulted-server.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import type { Account } from './account.ts';
import type { Settings } from './call.ts';
import { accessDenied, Refusal, throttled } from './refusal.ts';
import { routeOf } from './routes.ts';
import { createThrottle, PUBLISHED_LIMITS } from './throttle.ts';
import type { Limits } from './throttle.ts';
import { writeDocument } from './xml.ts';

export interface FrontDoor {
  readonly account: Account;
  readonly settings: Settings;
  readonly denials: Set<(request: FaultedRequest) => boolean>;
  readonly mayPass: (action: string) => boolean;
  throttling: 'real' | 'off';
}

export function createFrontDoor(
  account: Account,
  options: { readonly insyncAfterMs?: number; readonly throttling?: 'real' | 'off'; readonly limits?: Limits },
): FrontDoor {
  return {
    account,
    settings: { insyncAfterMs: options.insyncAfterMs ?? 50, processingMs: 0 },
    denials: new Set(),
    throttling: options.throttling ?? 'off',
    mayPass: createThrottle(options.limits ?? PUBLISHED_LIMITS),
  };
}

export function protocolOf(door: FrontDoor, faults: FaultPlan): Protocol {
  return {
    faults,
    operationOf: (method, path) => routeOf(method, path)?.name ?? 'Unknown',
    process: (request) => admit(door, request),
    refusal: (error) => errorReply(new Refusal(error, error.message)),
  };
}

async function admit(door: FrontDoor, request: FaultedRequest): Promise<Reply> {
  try {
    return withHeaders(await run(door, request));
  } catch (cause) {
    if (cause instanceof Refusal) return errorReply(cause);
    throw cause;
  }
}

async function run(door: FrontDoor, request: FaultedRequest): Promise<Reply> {
  const { account, settings } = door;
  const route = routeOf(request.method, request.path);
  if (route === undefined) throw new Refusal({ status: 404, code: 'UnknownOperationException' }, 'No such operation.');
  const by = accessKeyOf(request);
  if ([...door.denials].some((denies) => denies(request))) throw accessDenied(by, route.name);
  if (door.throttling === 'real' && !door.mayPass(route.name)) throw throttled();
  const query = new URL(request.path, 'http://localhost').searchParams;
  return route.run({ account, settings, path: route.path, query, body: request.body, by });
}

/** Who signed the request (Signature Version 4); the signature itself is not checked. */
function accessKeyOf({ headers }: FaultedRequest): string {
  return /Credential=([^/,]+)/.exec(headers.authorization ?? '')?.[1] ?? 'anonymous';
}

function errorReply(refusal: Refusal): Reply {
  const requestId = randomUUID();
  const Type = refusal.status >= 500 ? 'Receiver' : 'Sender';
  const error = { Type, Code: refusal.code, Message: refusal.message, ...refusal.members };
  const body = writeDocument('ErrorResponse', { Error: error, RequestId: requestId });
  return withHeaders({ status: refusal.status, body }, requestId);
}

function withHeaders(reply: Reply, requestId: string = randomUUID()): Reply {
  return { ...reply, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...reply.headers } };
}
