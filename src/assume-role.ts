import type { Route53ClientConfig } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { RoleNotAssumed } from './policies/role-not-assumed.ts';

export interface RoleToAssume {
  readonly role: string;
  readonly arn: string;
  readonly externalId: string | null;
  readonly sessionName: string;
}

/** What a client of the SDK takes: it asks again 5 min before the credentials end, once for all requests that wait for them. */
type Provider = Exclude<NonNullable<Route53ClientConfig['credentials']>, { readonly accessKeyId: string }>;
type Credentials = Awaited<ReturnType<Provider>>;

/** The longest that a role allows which was assumed by another one; renewed all the same. */
const LIFETIME_S = 3_600;
/** Credentials that end sooner are not worth a request. */
const LAST_USE_MS = 10_000;

/**
 * Credentials of a role. Where they cannot be renewed, those at hand are used while they last: a token service that is out of reach must
 * not end a rollback five minutes early.
 */
export function roleCredentials(sts: () => STSClient, role: RoleToAssume): Provider {
  let last: Credentials | null = null;
  return async () => {
    try {
      last = await assume(sts(), role);
    } catch (cause) {
      if (last === null || lifeLeft(last) < LAST_USE_MS) throw new RoleNotAssumed(role.role, cause);
    }
    return last;
  };
}

async function assume(sts: STSClient, { arn, externalId, sessionName }: RoleToAssume): Promise<Credentials> {
  const { Credentials: found } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: arn,
      RoleSessionName: sessionName,
      DurationSeconds: LIFETIME_S,
      ...(externalId === null ? {} : { ExternalId: externalId }),
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = found ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw new Error('the answer has no credentials'); // a page of something in between can pass for XML
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}

function lifeLeft({ expiration }: Credentials): number {
  return expiration === undefined ? Infinity : expiration.getTime() - Date.now();
}
