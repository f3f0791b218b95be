/**
 * The endpoints of one authority, as far as a device, a worker and an application use them.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 */
import { createHash } from 'node:crypto';
import type { Identity } from '../endpoints/certificate-authority.ts';
import type { Protocol, Reply } from '../faulted-server.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import { mustBeKnown, mustProveItself, type Application } from './application.ts';
import type { Account, Directory, IssuedToken, Lifetimes } from './directory.ts';
import { unsignedToken } from './jwt.ts';
import { json, Refusal, refusalReply } from './refusal.ts';

export interface Entra {
  readonly directory: Directory;
  readonly application: Application;
  readonly tenant: string;
  readonly lifetimes: Lifetimes;
  /** How often a device is asked to come again. */
  readonly pollSeconds: number;
  readonly onToken: (issued: IssuedToken) => void;
}

/** Operations of the fault plan: `devicecode`, `device`, `token`, `openid-configuration`; the grant of a token stands in the body. */
export function protocolOf(entra: Entra, { faults, tls }: { faults: FaultPlan; tls: Identity }): Protocol {
  return {
    faults,
    tls,
    operationOf: (_method, path) => routeOf(entra, path)?.operation ?? 'unknown',
    process: (request) => answer(entra, request),
    refusal: ({ status, code, message }) =>
      refusalReply(new Refusal(code, { code: 90033, description: message, status })),
  };
}

/** What a request brings: its form, and the authority at the Host that was asked. */
interface Asked {
  readonly form: URLSearchParams;
  readonly authority: string;
}

interface Route {
  readonly operation: string;
  readonly run: (entra: Entra, asked: Asked) => unknown;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/oauth2/v2.0/devicecode': { operation: 'devicecode', run: newCode },
  '/oauth2/v2.0/token': { operation: 'token', run: newTokens },
  '/device': { operation: 'device', run: enterCode },
  '/v2.0/.well-known/openid-configuration': { operation: 'openid-configuration', run: configuration },
};

function routeOf({ tenant }: Entra, path: string): Route | undefined {
  const [place = ''] = path.split('?');
  return place.startsWith(`/${tenant}/`) ? ROUTES[place.slice(tenant.length + 1)] : undefined;
}

function answer(entra: Entra, { path, headers, body }: FaultedRequest): Reply {
  const route = routeOf(entra, path);
  if (route === undefined) return json(404, { error: 'not_found' });
  const authority = `https://${headers.host ?? 'localhost'}/${entra.tenant}`;
  try {
    return json(200, route.run(entra, { form: new URLSearchParams(body), authority }));
  } catch (cause) {
    if (cause instanceof Refusal) return refusalReply(cause);
    throw cause;
  }
}

function newCode(entra: Entra, { form, authority }: Asked): unknown {
  mustBeKnown(entra.application, form);
  const { deviceCode, userCode } = entra.directory.newCode(entra.application.clientId);
  const address = `${authority}/device`;
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: address,
    expires_in: entra.lifetimes.codeSeconds,
    interval: entra.pollSeconds,
    message: `To sign in, open ${address} and enter the code ${userCode}.`,
  };
}

/**
 * Where a person enters the code, for whoever plays with the sandbox: `curl --cacert CA -d code=CODE -d account=me@example.com ADDRESS`.
 * Who signs in need not exist.
 */
function enterCode({ directory }: Entra, { form }: Asked): unknown {
  const [code, upn] = [form.get('code') ?? '', form.get('account') ?? ''];
  if (upn === '') return { usage: 'POST code=CODE and account=me@example.com' };
  if (!directory.isWaiting(code))
    throw new Refusal('bad_verification_code', { code: 501181, description: 'No such code.' });
  directory.decide(code, { upn, oid: objectIdOf(upn) });
  return { approved: code, account: upn };
}

/** A GUID, the same for the same name. */
function objectIdOf(upn: string): string {
  const digits = createHash('sha256').update(upn.toLowerCase()).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function newTokens(entra: Entra, asked: Asked): unknown {
  const { directory, application } = entra;
  const { form } = asked;
  mustBeKnown(application, form);
  switch (form.get('grant_type') ?? '') {
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code':
      return delegated(entra, asked, directory.redeemCode(form.get('device_code') ?? '', application.clientId));
    case 'refresh_token':
      return delegated(entra, asked, directory.exchange(form.get('refresh_token') ?? '', application.clientId));
    case 'client_credentials':
      mustProveItself(application, form, `${asked.authority}/oauth2/v2.0/token`);
      return bearer(entra, directory.newAccessToken(null));
    default:
      throw new Refusal('unsupported_grant_type', { code: 70003, description: 'The grant type is not supported.' });
  }
}

function delegated(entra: Entra, { form, authority }: Asked, account: Account): unknown {
  const { directory, application } = entra;
  const seconds = Math.floor(directory.now / 1_000);
  const claims = { aud: application.clientId, iss: `${authority}/v2.0`, iat: seconds, exp: seconds + 3_600 };
  const person = { oid: account.oid, sub: account.oid, tid: TENANT_ID, preferred_username: account.upn, ver: '2.0' };
  return {
    ...bearer(entra, directory.newAccessToken(account)),
    scope: form.get('scope') ?? '',
    refresh_token: directory.newRefreshToken(account, application.clientId),
    id_token: unsignedToken({ ...claims, ...person }),
    client_info: Buffer.from(JSON.stringify({ uid: account.oid, utid: TENANT_ID })).toString('base64url'),
  };
}

/** The directory in which every account here is. */
const TENANT_ID = '99999999-8888-7777-6666-555555555555';

function bearer({ lifetimes, onToken }: Entra, issued: IssuedToken): Readonly<Record<string, unknown>> {
  onToken(issued);
  const { accessTokenSeconds: expires_in } = lifetimes;
  const refresh_in = Math.floor(expires_in / 2); // the offer to renew early, as Microsoft makes it for long tokens
  return { token_type: 'Bearer', expires_in, refresh_in, access_token: issued.token };
}

function configuration(_entra: Entra, { authority }: Asked): unknown {
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
}
