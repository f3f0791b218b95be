/**
 * Clients of one pair, with the tokens that its spec names: secrets by name, a kept sign-in, or the worker's own identity (A4).
 *
 * - S4 The account behind a token is compared with the one that the pair declares before anything is read.
 */
import type { PairSpec } from '../../contracts/sync.ts';
import type { Config } from '../../config.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { applicationTokens } from '../../sign-in/application-tokens.ts';
import { signInTokens } from '../../sign-in/sign-in-tokens.ts';
import { ownSecret } from '../secrets.ts';
import { createGraph } from './graph.ts';
import { graphGate } from './graph-gate.ts';
import type { Services } from './look.ts';
import type { CountRequest, Graph, Tokens } from './services.ts';
import { createTodoist } from './todoist.ts';

export interface ServiceDeps {
  readonly config: Pick<Config, 'tasks' | 'secrets'>;
  readonly now: () => number;
  readonly timeouts: ServiceTimeouts;
}

export interface ServiceTimeouts {
  readonly readMs: number;
  /** Of a batch of 20 writes: 3 to 6 s each (measured), and more when Graph is slow. */
  readonly writeMs: number;
}

/** Both within the time that a worker gives its writes when it is told to stop. */
export const SERVICE_TIMEOUTS: ServiceTimeouts = { readMs: 30_000, writeMs: 45_000 };

export function openServices(deps: ServiceDeps, spec: PairSpec, count: CountRequest): Services {
  const { config, now, timeouts } = deps;
  const todoist = createTodoist({
    url: config.tasks.todoistUrl,
    token: () => ownSecret(config.secrets, spec.from.secret),
    count,
    now,
    timeouts,
  });
  const { account, access, secret } = spec.to;
  const mailbox = access === 'application' && account !== null ? `/users/${encodeURIComponent(account)}` : '/me';
  const graph = createGraph({
    url: config.tasks.graphUrl,
    mailbox,
    tokens: tokensOf(deps, spec),
    gate: graphGate(account ?? `secret ${secret ?? ''}`),
    count,
    now,
    timeouts,
  });
  return { todoist, graph };
}

function tokensOf({ config, now }: ServiceDeps, { pair, to }: PairSpec): Tokens {
  const { secret, account, access } = to;
  if (secret !== null) return { accessToken: () => ownSecret(config.secrets, secret) };
  const { microsoft } = config.tasks;
  if (access === 'application') return applicationTokens({ microsoft, mailbox: account ?? '', now });
  return signInTokens({ microsoft, pair, account, now });
}

/** What Graph says of a mailbox's owner. */
interface Owner {
  readonly id?: unknown;
  readonly userPrincipalName?: unknown;
  readonly mail?: unknown;
}

/** @throws ServiceError `forbidden` where the mailbox is another's than the pair declares (S4). */
export async function mustBeAccount(graph: Graph, { pair, to }: PairSpec, signal: AbortSignal): Promise<void> {
  if (to.account === null || to.access === 'application') return; // there the path itself names the mailbox
  const owner = ((await graph.get('', 'GET me', signal)) ?? {}) as Owner;
  const wanted = to.account.toLowerCase();
  const names = [owner.userPrincipalName, owner.mail, owner.id];
  if (names.some((name) => typeof name === 'string' && name.toLowerCase() === wanted)) return;
  throw new ServiceError({
    service: 'Microsoft To Do',
    kind: 'forbidden',
    request: 'GET me',
    outcome: 'not-run',
    status: null,
    code: 'WRONG_ACCOUNT',
    retryAfterMs: null,
    next: `The token belongs to another account than ${to.account}: sign in as that one with ./switchyard login ${pair}.`,
  });
}
