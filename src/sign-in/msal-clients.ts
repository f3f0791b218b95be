import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  ConfidentialClientApplication,
  PublicClientApplication,
  type Configuration,
  type INetworkModule,
} from '@azure/msal-node';
import type { MicrosoftConfig } from '../config.ts';
import { ownError } from './sign-in-error.ts';

/** What a person is asked to allow; MSAL adds `offline_access` and `openid`. */
export const DELEGATED_SCOPES: readonly string[] = ['Tasks.ReadWrite', 'User.Read'];

/** One that has a client id: without it nobody can sign in. */
export type Registered = MicrosoftConfig & { readonly clientId: string };

/** @throws ServiceError where no application is configured. */
export function mustBeRegistered(microsoft: MicrosoftConfig, request: string): Registered {
  const { clientId } = microsoft;
  if (clientId !== null) return { ...microsoft, clientId };
  const next = 'Set SWITCHYARD_MICROSOFT_CLIENT_ID to the application (client) id of the app registration.';
  throw ownError({ kind: 'forbidden', request, code: 'NO_CLIENT_ID', next });
}

/** For persons. A new one for each use: what MSAL remembers of one must not decide about the next. */
export function publicClient(microsoft: Registered, network: INetworkModule): PublicClientApplication {
  return new PublicClientApplication({ auth: authorityOf(microsoft), system: systemOf(network) });
}

/** For the application itself, with the first of secret, certificate and federated token that is there. @throws ServiceError */
export async function confidentialClient(
  microsoft: Registered,
  network: INetworkModule,
  request: string,
): Promise<ConfidentialClientApplication> {
  const credentials = await credentialsOf(microsoft, request);
  return new ConfidentialClientApplication({
    auth: { ...authorityOf(microsoft), ...credentials },
    system: systemOf(network),
  });
}

/** Where the endpoints are is said here, so that MSAL asks no other host for it. */
function authorityOf({ authority, clientId }: Registered): Configuration['auth'] {
  const metadata = {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
  return {
    clientId,
    authority,
    knownAuthorities: [new URL(authority).host],
    authorityMetadata: JSON.stringify(metadata),
  };
}

/** MSAL logs nothing: its lines may hold names and claims (A1). */
function systemOf(networkClient: INetworkModule): NonNullable<Configuration['system']> {
  return { networkClient, loggerOptions: { loggerCallback: () => undefined, piiLoggingEnabled: false } };
}

type Credentials = Pick<Configuration['auth'], 'clientSecret' | 'clientCertificate' | 'clientAssertion'>;

async function credentialsOf(microsoft: Registered, request: string): Promise<Credentials> {
  const { clientSecret, clientCertificate, federatedTokenFile } = microsoft;
  if (clientSecret !== null) return { clientSecret: clientSecret() };
  if (clientCertificate !== null) return { clientCertificate: await certificateIn(clientCertificate, request) };
  if (federatedTokenFile !== null) return { clientAssertion: await federatedToken(federatedTokenFile, request) };
  const next =
    'Set SWITCHYARD_MICROSOFT_CLIENT_SECRET, SWITCHYARD_MICROSOFT_CLIENT_CERTIFICATE or SWITCHYARD_MICROSOFT_FEDERATED_TOKEN_FILE.';
  throw ownError({ kind: 'forbidden', request, code: 'NO_CREDENTIALS', next });
}

/** A file with the private key (RSA) and the certificate, in PEM. */
async function certificateIn(path: string, request: string) {
  try {
    const pem = await readFile(path, 'utf8');
    const [certificate, key] = [new X509Certificate(pem), createPrivateKey(pem)];
    if (key.asymmetricKeyType !== 'rsa' || !certificate.checkPrivateKey(key)) throw new Error('not a pair');
    const thumbprintSha256 = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    return { thumbprintSha256, privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  } catch {
    const next =
      'SWITCHYARD_MICROSOFT_CLIENT_CERTIFICATE must be a file with the private key (RSA, not encrypted) and its certificate in PEM.';
    throw ownError({ kind: 'forbidden', request, code: 'BAD_CERTIFICATE', next });
  }
}

/** Read anew for each request: the platform replaces the file before the token in it expires. */
async function federatedToken(path: string, request: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.trim() !== '') return text.trim();
  const next =
    'SWITCHYARD_MICROSOFT_FEDERATED_TOKEN_FILE (or AZURE_FEDERATED_TOKEN_FILE) must be a file with a token in it.';
  throw ownError({ kind: 'forbidden', request, code: 'NO_FEDERATED_TOKEN', next });
}
