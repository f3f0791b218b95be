import { Route53Client, type Route53ClientConfig } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { roleCredentials } from './assume-role.ts';
import type { AwsConfig } from './config.ts';
import { failure } from './policies/failures.ts';
import { createRequestBudget, type RequestBudget } from './request-budget.ts';
import { accountOf, type RoleBinding } from './role-bindings.ts';
import { USER_AGENT } from './user-agent.ts';

/** How long one request to AWS may take, in milliseconds. */
export interface RequestTimeouts {
  readonly readMs: number;
  /** Far below an activity's startToClose: the answer of a write is waited for, then the record is read back. */
  readonly writeMs: number;
}

export const REQUEST_TIMEOUTS: RequestTimeouts = { readMs: 8_000, writeMs: 15_000 };

/** AWS clients of one identity, made when first needed: not every chore of a process needs credentials. */
export interface AwsClients {
  readonly timeouts: RequestTimeouts;
  /** Of the account: its requests wait for their turn, whichever role they are made with. */
  readonly budget: RequestBudget;
  route53(): Route53Client;
  sts(): STSClient;
  /** The roles that may be asked for, by name. */
  readonly roles: readonly string[];
  /** The clients of a role, the same for all who ask; without a role those of the process itself. @throws RoleUnknown (A4). */
  inRole(role: string | null | undefined): AwsClients;
  /** Closes the connections of all clients that were made, those of roles too. */
  destroy(): void;
  /** What clients of other services are made with, by those who need them. */
  readonly common: CommonOptions;
}

type CommonOptions = Pick<
  Route53ClientConfig,
  'region' | 'maxAttempts' | 'userAgentAppId' | 'requestHandler' | 'credentials'
>;

export interface AwsClientsOptions {
  readonly timeouts?: RequestTimeouts;
  /** Default: the SDK's own chain (variables, profile, web identity, instance role). */
  readonly credentials?: Credentials;
}

type Credentials = NonNullable<Route53ClientConfig['credentials']>;

export function createAwsClients(config: AwsConfig, options: AwsClientsOptions = {}): AwsClients {
  const { timeouts = REQUEST_TIMEOUTS } = options;
  const made: { destroy(): void }[] = [];
  const kept = <T extends { destroy(): void }>(make: () => T): (() => T) =>
    once(() => {
      const client = make();
      made.push(client);
      return client;
    });
  const destroy = (): void => made.forEach((client) => client.destroy());
  const budgetOf = memoized(() => createRequestBudget(config.rate));
  const roles = config.roles.map(({ role }) => role);
  const clientsOf = (account: string, credentials: Credentials | undefined): AwsClients => {
    const budget = budgetOf(account);
    const common = commonOf(config, timeouts, credentials);
    const route53 = kept(() => paced(new Route53Client({ ...common, ...endpoint(config.endpoint) }), budget));
    const sts = kept(() => new STSClient({ ...common, ...endpoint(config.stsEndpoint) }));
    return { timeouts, budget, common, route53, sts, roles, inRole: (role) => inRole(role), destroy };
  };
  const own = clientsOf('own', options.credentials);
  const assuming = memoized((name) => {
    const { role, arn, externalId } = bindingOf(config.roles, name);
    if (arn === null) return own;
    const { sessionName } = config;
    return clientsOf(
      accountOf(arn),
      roleCredentials(() => own.sts(), { role, arn, externalId, sessionName }),
    );
  });
  const inRole = (role: string | null | undefined): AwsClients =>
    role === null || role === undefined ? own : assuming(role);
  return own;
}

/**
 * One attempt a request: a retry of the SDK's own after a lost answer turns an applied change into `InvalidChangeBatch`
 * (measured), so that whoever asks must see every unknown outcome.
 */
function commonOf(
  { region }: AwsConfig,
  timeouts: RequestTimeouts,
  credentials: Credentials | undefined,
): CommonOptions {
  return {
    region,
    maxAttempts: 1,
    userAgentAppId: USER_AGENT,
    requestHandler: {
      connectionTimeout: Math.min(3_000, timeouts.readMs),
      requestTimeout: timeouts.readMs,
      throwOnRequestTimeout: true, // by default the SDK only warns
      socketTimeout: timeouts.writeMs, // a body that stalls after its headers
    },
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** Every request waits for its turn before it is signed, so that its own time-outs do not begin while it waits. */
function paced(client: Route53Client, budget: RequestBudget): Route53Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      await budget.turn();
      return next(args);
    },
    { step: 'initialize', name: 'accountBudget' },
  );
  return client;
}

function bindingOf(roles: readonly RoleBinding[], name: string): RoleBinding {
  const binding = roles.find(({ role }) => role === name);
  if (binding !== undefined) return binding;
  const allowed = roles.map(({ role }) => role).join(', ') || 'none';
  throw failure('RoleUnknown', `The role ${name} is not bound here; allowed: ${allowed}.`, {
    next: 'Bind it to an ARN in SWITCHYARD_ROLES of the process that talks to Route 53, or correct role: of the record.',
  });
}

function endpoint(url: string | null): { endpoint?: string } {
  return url === null ? {} : { endpoint: url };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** What is made for a name once; where making it fails, it is made again. */
function memoized<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const one = made.get(name) ?? make(name);
    made.set(name, one);
    return one;
  };
}
