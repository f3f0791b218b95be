/** AES-256-GCM around a kept sign-in: who has the file alone has nothing. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';

const schema = z.object({
  sealed: z.literal('aes-256-gcm'),
  /** Tells another key from a broken file. */
  key: z.string(),
  iv: z.base64(),
  tag: z.base64(),
  text: z.base64(),
});

export type Sealed = z.output<typeof schema>;

export type Unsealed =
  | { readonly kind: 'open'; readonly text: string }
  | { readonly kind: 'locked'; readonly why: 'no-key' | 'other-key' }
  | { readonly kind: 'damaged' };

export const isSealed = (value: unknown): value is Sealed => schema.safeParse(value).success;

export function seal(text: string, key: Buffer): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const base64 = (bytes: Buffer): string => bytes.toString('base64');
  return {
    sealed: 'aes-256-gcm',
    key: nameOf(key),
    iv: base64(iv),
    tag: base64(cipher.getAuthTag()),
    text: base64(sealed),
  };
}

export function unseal(sealed: Sealed, key: Buffer | null): Unsealed {
  if (key === null) return { kind: 'locked', why: 'no-key' };
  if (sealed.key !== nameOf(key)) return { kind: 'locked', why: 'other-key' };
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 });
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.text, 'base64')), decipher.final()]);
    return { kind: 'open', text: text.toString('utf8') };
  } catch {
    return { kind: 'damaged' }; // written with this key, and changed since
  }
}

/** Says nothing about the key but whether it is the same. */
const nameOf = (key: Buffer): string =>
  createHmac('sha256', key).update('switchyard sign-in').digest('hex').slice(0, 16);
