/** Everything that a request can meet, and how one request to a mailbox is run. */
import type { AcceptedTokens, Grant } from './access.ts';
import { accessDenied, checkAddress } from './access.ts';
import type { Answer } from './answer.ts';
import { refusalAnswer } from './answer.ts';
import type { DeltaTokens } from './delta-tokens.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import type { Mailbox } from './mailbox.ts';
import { invalid, Refusal } from './refusal.ts';
import { routeOf } from './routes.ts';
import type { Route } from './routes.ts';
import type { Settings } from './settings.ts';
import type { Throttle } from './throttle.ts';

export interface Desk {
  readonly settings: Settings;
  readonly tokens: AcceptedTokens;
  readonly throttle: Throttle;
  readonly deltas: DeltaTokens;
  readonly denials: Set<(request: FaultedRequest) => boolean>;
  /** The plan for steps of a `$batch`. */
  readonly steps: FaultPlan;
  /** By id or user principal name. */
  mailbox(user: string): Mailbox | undefined;
  /** Rejects when the stand-in is closed meanwhile. */
  wait(ms: number): Promise<void>;
}

/** A request, or a step of a `$batch`. */
export interface Ask {
  readonly method: string;
  /** After the root, with its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly grant: Grant;
  /** The root as it was asked for: links in answers begin with it. */
  readonly root: string;
}

/** How steps and requests are called in fault plans. */
export function operationOf(method: string, path: string): string {
  return routeOf(method, pathOnly(path))?.name ?? 'Unknown';
}

/** Runs a request in its turn: what goes over the limits never runs. */
export async function runInTurn(desk: Desk, ask: Ask): Promise<Answer> {
  return answering(async () => {
    const leave = desk.throttle.enter(mailboxUserOf(desk, ask));
    try {
      return await run(desk, ask);
    } finally {
      leave();
    }
  });
}

/** Runs one that is counted as in flight already. */
export function runCounted(desk: Desk, ask: Ask): Promise<Answer> {
  return answering(() => run(desk, ask));
}

/** Refusals are answers; anything else is a mistake of the stand-in. */
export async function answering(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Refusal) return refusalAnswer(cause);
    throw cause;
  }
}

/** Whose mailbox counts it; of one that names none, the token's. */
export function mailboxUserOf(desk: Desk, { method, path, grant }: Ask): string {
  const route = routeOf(method, pathOnly(path));
  const named = route?.mailbox.kind === 'user' ? desk.mailbox(route.mailbox.user) : undefined;
  return named?.user.userPrincipalName ?? grant.user;
}

async function run(desk: Desk, ask: Ask): Promise<Answer> {
  const { method, path, headers, text, root } = ask;
  const address = pathOnly(path);
  const route = routeOf(method, address);
  if (route === undefined) throw invalid(`Resource not found for ${method} on this segment.`, 'BadRequest');
  const mailbox = mailboxOf(desk, ask, route);
  const request = { operation: route.name, method, path, headers, body: text };
  if ([...desk.denials].some((denies) => denies(request))) throw accessDenied();
  desk.throttle.spend(mailbox.user.userPrincipalName);
  await desk.wait(method === 'GET' ? desk.settings.latencyMs.read : desk.settings.latencyMs.write);
  const query = new URLSearchParams(path.slice(address.length));
  const hand = { by: 'api', op: route.name } as const;
  return route.run({
    mailbox,
    ids: route.ids,
    query,
    headers,
    text,
    address: root + address,
    hand,
    deltas: desk.deltas,
  });
}

/** @throws Refusal 403 for another's mailbox, 404 for nobody's, 400 for `/me` with an application's token. */
function mailboxOf(desk: Desk, { grant }: Ask, { mailbox }: Route): Mailbox {
  const user = mailbox.kind === 'me' ? grant.user : mailbox.user;
  const found = desk.mailbox(user);
  const own = found?.user.userPrincipalName === grant.user;
  checkAddress(grant, mailbox.kind === 'me' ? { kind: 'me' } : { own });
  if (found === undefined)
    throw new Refusal({ status: 404, code: 'ErrorInvalidUser' }, 'The requested user is invalid.');
  return found;
}

const pathOnly = (path: string): string => path.split('?')[0] ?? '';
