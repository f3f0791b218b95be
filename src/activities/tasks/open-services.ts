/** Clients of one pair, with the tokens that its spec names: secrets by name, a kept sign-in, or the worker's own identity (A4). */
import type { PairSpec } from '../../contracts/sync.ts';
import type { Config } from '../../config.ts';
import { applicationTokens } from '../../sign-in/application-tokens.ts';
import { signInTokens } from '../../sign-in/sign-in-tokens.ts';
import type { Tokens } from '../../sign-in/tokens.ts';
import { ownSecret } from '../secrets.ts';
import { createGraph } from './graph.ts';
import { graphGate } from './graph-gate.ts';
import type { CountRequest, Services } from './services.ts';
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

/** What the clients of one attempt are used for. */
export interface ServiceUse {
  /** Told of every request that is sent. */
  readonly count: CountRequest;
  /** Asked right before each write to To Do leaves. */
  readonly mayWrite: () => boolean;
}

/** For looks. */
export const READ_ONLY: ServiceUse = { count: () => undefined, mayWrite: () => false };

/** @throws ServiceError where the worker may not open the mailbox. */
export function openServices(deps: ServiceDeps, spec: PairSpec, { count, mayWrite }: ServiceUse): Services {
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
    gate: graphGate(account?.toLowerCase() ?? `secret ${secret ?? ''}`),
    count,
    mayWrite,
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
