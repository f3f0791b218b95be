/** What stands between a request and the account: who may come in, what is asked, and the form of every answer. */
import { randomUUID } from 'node:crypto';
import type { Protocol, Reply } from '../faulted-server.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import { accessKeyOf, HOME_ACCOUNT, Identities, type Caller } from '../sts/identities.ts';
import { Account, newLedger, type Ledger } from './account.ts';
import type { Settings } from './call.ts';
import { isAllowed, type Policy } from './policy.ts';
import { policyRequestOf } from './policy-request.ts';
import { accessDenied, notYours, Refusal, throttled } from './refusal.ts';
import { routeOf } from './routes.ts';
import { createThrottle, PUBLISHED_LIMITS } from './throttle.ts';
import type { Limits } from './throttle.ts';
import { writeDocument } from './xml.ts';

export interface FrontDoor {
  readonly ledger: Ledger;
  readonly identities: Identities;
  readonly accounts: Map<string, Account>;
  readonly settings: Settings;
  readonly denials: Set<(request: FaultedRequest) => boolean>;
  /** What an access key may do, where that was said; all others may do everything. */
  readonly policies: Map<string, Policy>;
  readonly mayPass: (accountId: string, action: string) => boolean;
  throttling: 'real' | 'off';
}

export interface FrontDoorOptions {
  readonly insyncAfterMs?: number;
  readonly throttling?: 'real' | 'off';
  readonly limits?: Limits;
  readonly identities?: Identities;
}

export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const throttles = new Map<string, ReturnType<typeof createThrottle>>();
  return {
    ledger: newLedger(),
    identities: options.identities ?? new Identities(),
    accounts: new Map(),
    settings: { insyncAfterMs: options.insyncAfterMs ?? 50, processingMs: 0 },
    denials: new Set(),
    policies: new Map(),
    throttling: options.throttling ?? 'off',
    mayPass: (accountId, action) => {
      const throttle = throttles.get(accountId) ?? createThrottle(options.limits ?? PUBLISHED_LIMITS);
      throttles.set(accountId, throttle);
      return throttle(action);
    },
  };
}

export function accountIn({ accounts, ledger }: FrontDoor, accountId = HOME_ACCOUNT): Account {
  const account = accounts.get(accountId) ?? new Account(ledger);
  accounts.set(accountId, account);
  return account;
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
  const { settings, identities } = door;
  const route = routeOf(request.method, request.path);
  if (route === undefined) throw new Refusal({ status: 404, code: 'UnknownOperationException' }, 'No such operation.');
  const caller = identities.callerOf(request);
  if ([...door.denials].some((denies) => denies(request))) throw accessDenied(caller, route.name);
  const policy = door.policies.get(accessKeyOf(request));
  if (policy !== undefined && !isAllowed(policy, policyRequestOf(route, request)))
    throw accessDenied(caller, route.name);
  if (door.throttling === 'real' && !door.mayPass(caller.accountId, route.name)) throw throttled();
  const account = accountIn(door, caller.accountId);
  mustOwn(door, { caller, account, id: route.path[0] });
  const query = new URL(request.path, 'http://localhost').searchParams;
  return route.run({ account, settings, path: route.path, query, body: request.body, by: accessKeyOf(request) });
}

/** Zones and changes of others are there, and none of the caller's business. */
function mustOwn(
  { ledger }: FrontDoor,
  { caller, account, id = '' }: { caller: Caller; account: Account; id: string | undefined },
): void {
  const owner = ledger.owners.get(id);
  if (owner !== undefined && owner !== account) throw notYours(caller.arn);
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
