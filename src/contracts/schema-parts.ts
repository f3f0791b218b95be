import { z } from 'zod';

/** An object whose unknown keys are errors that name the accepted ones. */
export function only<T extends z.core.$ZodShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const accepted = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys')
        return `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; accepted: ${accepted}`;
      return `expected a mapping with keys of ${accepted}`;
    },
  });
}

/** A duration, as text. */
export const span = z
  .string()
  .regex(/^(?=\d)(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?(\d{1,12}ms)?$/, {
    error: 'no duration; accepted: 90s, 10m, 2h',
  })
  .meta({ description: 'A duration: 90s, 10m, 2h.' });

/** Secrets are named, never located (A4). */
export const secretName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, {
  error: 'no name of a secret; accepted: small letters, digits and -, such as probe-token',
});
