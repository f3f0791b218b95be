import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  element,
  integer,
  objectIdentifier,
  sequence,
  tagged,
  utcTime,
  utf8String,
} from '../endpoints/der.ts';

const SHA256_WITH_RSA = sequence(objectIdentifier('1.2.840.113549.1.1.11'), element(0x05));
const COMMON_NAME = objectIdentifier('2.5.4.3');
const DAY_MS = 86_400_000;

/** A self-signed certificate with its RSA key in one PEM text, as it is registered for an application and handed to its worker. */
export function createApplicationCertificate(name: string): string {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const subject = sequence(element(0x31, sequence(COMMON_NAME, utf8String(name))));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    SHA256_WITH_RSA,
    subject,
    sequence(utcTime(new Date(Date.now() - DAY_MS)), utcTime(new Date(Date.now() + 90 * DAY_MS))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const certificate = sequence(content, SHA256_WITH_RSA, bitString(sign('sha256', content, privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  return `${privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}${pem}`;
}
