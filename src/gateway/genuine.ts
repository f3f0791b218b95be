import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Whether a text is the secret, in a time that says nothing of how much of it is right. */
export function isSecret(found: string | undefined, secret: string): boolean {
  return found !== undefined && timingSafeEqual(sha256(found), sha256(secret));
}

/** Whether a signature is the HMAC-SHA256 of exactly these bytes; another encoding of the right one is not. */
export function isSigned(
  body: Uint8Array,
  { signature, secret, encoding }: { signature: string | undefined; secret: string; encoding: 'hex' | 'base64' },
): boolean {
  return isSecret(signature, createHmac('sha256', secret).update(body).digest(encoding));
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
