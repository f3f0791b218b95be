/**
 * Signing in at Microsoft, on loopback over TLS: device codes, refresh tokens that rotate, applications with their credentials.
 *
 * What it keeps to: a refresh token is good once, and for a grace afterwards; a code is good once; an application proves itself.
 */
import { createAuthority, type CertificateAuthority } from '../endpoints/certificate-authority.ts';
import { startFaultedServer } from '../faulted-server.ts';
import { createFaultPlan, type FaultPlan } from '../faults.ts';
import { Directory, type Account, type IssuedToken, type Lifetimes } from './directory.ts';
import { protocolOf } from './token-endpoint.ts';

export type { Account, IssuedToken } from './directory.ts';

export interface MicrosoftOptions extends Partial<Lifetimes> {
  /** Issues the certificate of the endpoint; one of its own unless told otherwise. */
  readonly ca?: CertificateAuthority;
  /** A fixed port; any free one unless told otherwise. */
  readonly port?: number;
  /** `common` unless told otherwise. */
  readonly tenant?: string;
  readonly clientId?: string;
  /** Credentials of the application; none of them unless told otherwise. */
  readonly clientSecret?: string;
  /** PEM. */
  readonly clientCertificate?: string;
  readonly federatedToken?: string;
  /** How often a device is asked to come again; 1 unless told otherwise. */
  readonly pollSeconds?: number;
  /** Told of every access token, so that another stand-in can accept it. */
  readonly onToken?: (issued: IssuedToken) => void;
  /** Told of every access token that was ended before its time. */
  readonly onTokenEnd?: (token: string) => void;
}

export interface MicrosoftStandIn {
  /** `https://localhost:PORT/TENANT` */
  readonly authority: string;
  readonly clientId: string;
  /** PEM: whoever trusts it trusts the endpoint. */
  readonly ca: string;
  /** Operations: `devicecode`, `device`, `token`, `openid-configuration`. */
  readonly faults: FaultPlan;
  /** A person signs in with the code. @throws RangeError where it was not given out. */
  approve(userCode: string, account: Account): void;
  decline(userCode: string): void;
  /** Ends every refresh token of the account: signed out everywhere (suberror `bad_token`), or the password changed (AADSTS50173). */
  revoke(upn: string, why?: 'signed-out' | 'password-changed'): void;
  /** Every access token of now is good no longer, although it says otherwise. */
  expireAccessTokens(): void;
  /** Moves this service's clock ahead, and nobody else's. */
  passTime(ms: number): void;
  /** SWITCHYARD_CA_FILE is the caller's to add: one file can hold the authorities of several stand-ins. */
  env(): Record<string, string>;
  dropConnections(): void;
  close(): Promise<void>;
}

const DEFAULTS: Lifetimes = {
  accessTokenSeconds: 3_600,
  refreshTokenDays: 90,
  graceMs: 60_000,
  codeSeconds: 900,
};
const CLIENT_ID = '11111111-2222-3333-4444-555555555555';

export async function startMicrosoft(options: MicrosoftOptions = {}): Promise<MicrosoftStandIn> {
  const { ca = createAuthority('Switchyard sandbox CA'), tenant = 'common', clientId = CLIENT_ID } = options;
  const faults = createFaultPlan();
  const directory = new Directory(lifetimesOf(options));
  const entra = {
    directory,
    application: applicationOf(options, clientId),
    tenant,
    lifetimes: lifetimesOf(options),
    pollSeconds: options.pollSeconds ?? 1,
    onToken: options.onToken ?? (() => undefined),
  };
  const server = await startFaultedServer(protocolOf(entra, { faults, tls: ca.issue(['localhost']) }), options.port);
  const authority = `${server.url}/${tenant}`;
  return {
    authority,
    clientId,
    ca: ca.pem,
    faults,
    ...handsOf(directory, options),
    env: () => ({ SWITCHYARD_MICROSOFT_AUTHORITY: authority, SWITCHYARD_MICROSOFT_CLIENT_ID: clientId }),
    dropConnections: () => server.dropConnections(),
    close: () => server.close(),
  };
}

function lifetimesOf(options: MicrosoftOptions): Lifetimes {
  return {
    accessTokenSeconds: options.accessTokenSeconds ?? DEFAULTS.accessTokenSeconds,
    refreshTokenDays: options.refreshTokenDays ?? DEFAULTS.refreshTokenDays,
    graceMs: options.graceMs ?? DEFAULTS.graceMs,
    codeSeconds: options.codeSeconds ?? DEFAULTS.codeSeconds,
  };
}

function applicationOf(options: MicrosoftOptions, clientId: string) {
  return {
    clientId,
    secret: options.clientSecret ?? null,
    certificate: options.clientCertificate ?? null,
    federatedToken: options.federatedToken ?? null,
  };
}

/** What a person and an administrator do. */
function handsOf(directory: Directory, { onTokenEnd }: MicrosoftOptions) {
  return {
    approve: (userCode: string, account: Account) => directory.decide(userCode, account),
    decline: (userCode: string) => directory.decide(userCode, 'declined'),
    revoke: (upn: string, why: 'signed-out' | 'password-changed' = 'signed-out') => directory.revoke(upn, why),
    expireAccessTokens: () => directory.endAccessTokens().forEach(({ token }) => onTokenEnd?.(token)),
    passTime: (ms: number) => directory.passTime(ms),
  };
}
