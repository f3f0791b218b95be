/**
 * An X.509 authority of our own, in memory, so that probes can check certificates as they do in production.
 * Profile: https://www.rfc-editor.org/rfc/rfc5280#section-4
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  bitString,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
  TRUE,
  utcTime,
  utf8String,
} from './der.ts';

/** A certificate with its key, both PEM, as node:tls takes them. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  /** The authority's own certificate, PEM: whoever trusts it trusts what it issues. */
  readonly pem: string;
  /** A certificate for these DNS names; `*.example.com` stands for one label. */
  issue(hosts: readonly string[]): Identity;
}

export function createAuthority(name: string): CertificateAuthority {
  const own = newKeys();
  const issuer: Issuer = { name, keys: own };
  const pem = certificate(issuer, { name, publicKey: own.publicKey, extensions: authorityExtensions(own.publicKey) });
  return { pem, issue: (hosts) => issueFor(issuer, hosts) };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Issuer {
  readonly name: string;
  readonly keys: Keys;
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly extensions: Buffer;
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectIdentifier('2.5.4.3');
const DAY_MS = 86_400_000;

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function issueFor(issuer: Issuer, hosts: readonly string[]): Identity {
  const { publicKey, privateKey } = newKeys();
  const extensions = serverExtensions(hosts, issuer.keys.publicKey);
  return {
    cert: certificate(issuer, { name: 'Switchyard sandbox endpoint', publicKey, extensions }),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function certificate(issuer: Issuer, subject: Subject): string {
  const version3 = tagged(0, integer(Buffer.from([2])));
  const content = sequence(
    version3,
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer.name),
    sequence(utcTime(new Date(Date.now() - DAY_MS)), utcTime(new Date(Date.now() + 90 * DAY_MS))),
    distinguishedName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, subject.extensions),
  );
  return pemOf(sequence(content, ECDSA_WITH_SHA256, bitString(sign('sha256', content, issuer.keys.privateKey))));
}

function distinguishedName(commonName: string): Buffer {
  const set = element(0x31, sequence(COMMON_NAME, utf8String(commonName)));
  return sequence(set);
}

function authorityExtensions(publicKey: KeyObject): Buffer {
  const signsCertificatesAndLists = bitString(Buffer.from([0x06]), 1);
  return sequence(
    extension('2.5.29.19', sequence(TRUE), 'critical'),
    extension('2.5.29.15', signsCertificatesAndLists, 'critical'),
    extension('2.5.29.14', octetString(keyIdentifier(publicKey))),
  );
}

function serverExtensions(hosts: readonly string[], issuerKey: KeyObject): Buffer {
  const digitalSignature = bitString(Buffer.from([0x80]), 7);
  const serverAuth = objectIdentifier('1.3.6.1.5.5.7.3.1');
  const dnsNames = hosts.map((host) => element(0x82, Buffer.from(host)));
  return sequence(
    extension('2.5.29.15', digitalSignature, 'critical'),
    extension('2.5.29.37', sequence(serverAuth)),
    extension('2.5.29.17', sequence(...dnsNames)),
    extension('2.5.29.35', sequence(element(0x80, keyIdentifier(issuerKey)))),
  );
}

function extension(oid: string, value: Buffer, importance?: 'critical'): Buffer {
  const critical = importance === undefined ? [] : [TRUE];
  return sequence(objectIdentifier(oid), ...critical, octetString(value));
}

/** The SHA-1 of the public point, which is the last 65 bytes of a P-256 key. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
