import { Route53Client, type Route53ClientConfig } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsConfig } from './config.ts';
import { USER_AGENT } from './user-agent.ts';

/** How long one request to AWS may take, in milliseconds. */
export interface RequestTimeouts {
  readonly readMs: number;
  /** Far below an activity's startToClose: the answer of a write is waited for, then the record is read back. */
  readonly writeMs: number;
}

export const REQUEST_TIMEOUTS: RequestTimeouts = { readMs: 8_000, writeMs: 15_000 };

/** AWS clients, made when first needed: not every chore of a process needs credentials. */
export interface AwsClients {
  readonly timeouts: RequestTimeouts;
  route53(): Route53Client;
  sts(): STSClient;
}

export interface AwsClientsOptions {
  readonly timeouts?: RequestTimeouts;
  /** Default: the SDK's own chain (variables, profile, web identity, instance role). */
  readonly credentials?: NonNullable<Route53ClientConfig['credentials']>;
}

/**
 * One attempt a request: a retry of the SDK's own after a lost answer turns an applied change into `InvalidChangeBatch`
 * (measured), so that whoever asks must see every unknown outcome.
 */
export function createAwsClients(config: AwsConfig, options: AwsClientsOptions = {}): AwsClients {
  const timeouts = options.timeouts ?? REQUEST_TIMEOUTS;
  const common = {
    region: config.region,
    maxAttempts: 1,
    userAgentAppId: USER_AGENT,
    requestHandler: {
      connectionTimeout: Math.min(3_000, timeouts.readMs),
      requestTimeout: timeouts.readMs,
      throwOnRequestTimeout: true, // by default the SDK only warns
      socketTimeout: timeouts.writeMs, // a body that stalls after its headers
    },
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
  return {
    timeouts,
    route53: once(() => new Route53Client({ ...common, ...endpoint(config.endpoint) })),
    sts: once(() => new STSClient({ ...common, ...endpoint(config.stsEndpoint) })),
  };
}

function endpoint(url: string | null): { endpoint?: string } {
  return url === null ? {} : { endpoint: url };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
