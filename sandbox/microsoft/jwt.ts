/** JSON web tokens as the token endpoint makes and reads them: https://www.rfc-editor.org/rfc/rfc7519 */
import { constants, verify, X509Certificate } from 'node:crypto';

/** A token that nobody can check: clients of Microsoft read claims of it without looking at the signature. */
export function unsignedToken(claims: Readonly<Record<string, unknown>>): string {
  return [{ alg: 'none', typ: 'JWT' }, claims, 'unsigned'].map(encoded).join('.');
}

/** Claims of a token whose header names this certificate and whose signature (RSA-PSS) is its key's; null for any other. */
export function claimsSignedBy(certificate: string, token: string): Readonly<Record<string, unknown>> | null {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const x509 = new X509Certificate(certificate);
  const named = decoded(header)?.['x5t#S256'];
  const thumbprint = Buffer.from(x509.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  if (named !== thumbprint || decoded(header)?.['alg'] !== 'PS256') return null;
  const key = { key: x509.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING };
  const genuine = verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
  return genuine ? decoded(claims) : null;
}

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

function decoded(part: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
