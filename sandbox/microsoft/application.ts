import { claimsSignedBy } from './jwt.ts';
import { Refusal } from './refusal.ts';

/** The one app registration of the stand-in, with the credentials that it has. */
export interface Application {
  /** Application (client) id. */
  readonly clientId: string;
  readonly secret: string | null;
  /** PEM; its private key, if it is there, is not looked at. */
  readonly certificate: string | null;
  /** A token of another identity provider that is trusted. */
  readonly federatedToken: string | null;
}

/** @throws Refusal where the request is of no application that is known here. */
export function mustBeKnown(application: Application, form: URLSearchParams): void {
  if (form.get('client_id') === application.clientId) return;
  const description = 'The application was not found in the directory.';
  throw new Refusal('unauthorized_client', { code: 700016, description });
}

/** @throws Refusal `invalid_client` where the credentials are missing or wrong. */
export function mustProveItself(application: Application, form: URLSearchParams, audience: string): void {
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    if (assertion === application.federatedToken || isSigned(application, assertion, audience)) return;
    throw invalid(700027, 'The certificate or the token that signs the assertion is not registered.');
  }
  const secret = form.get('client_secret');
  if (secret === null) throw invalid(7000218, "The request body must contain: 'client_assertion' or 'client_secret'.");
  if (secret !== application.secret) throw invalid(7000215, 'Invalid client secret provided.');
}

function isSigned({ clientId, certificate }: Application, assertion: string, audience: string): boolean {
  if (certificate === null) return false;
  const claims = claimsSignedBy(certificate, assertion);
  if (claims?.['iss'] !== clientId || claims['sub'] !== clientId || claims['aud'] !== audience) return false;
  return typeof claims['exp'] === 'number' && claims['exp'] * 1_000 > Date.now();
}

const invalid = (code: number, description: string): Refusal =>
  new Refusal('invalid_client', { code, description, status: 401 });
