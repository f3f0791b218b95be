import { z } from 'zod';

/** An object whose unknown keys are errors that name the accepted ones. */
export function only<T extends z.core.$ZodShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const accepted = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys')
        return `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; accepted: ${accepted}`;
      return `no mapping; accepted: a mapping with keys of ${accepted}`;
    },
  });
}

/** What is judged across keys is judged even where other keys are wrong, so that all problems come at once (A2). */
export const ALWAYS = { when: ({ value }: z.core.ParsePayload) => typeof value === 'object' && value !== null };

/** A mapping by names. A name that is none hides nothing of what stands under it, as it would with a schema of keys (A2). */
export function byName<T extends z.ZodType>(
  { pattern, error }: { readonly pattern: RegExp; readonly error: string },
  value: T,
): z.ZodRecord<z.ZodString, T> {
  return z
    .record(z.string(), value)
    .superRefine((found, ctx) => {
      for (const name of Object.keys(found))
        if (!pattern.test(name)) ctx.addIssue({ code: 'custom', path: [name], input: name, message: error });
    }, ALWAYS)
    .meta({ propertyNames: { type: 'string', pattern: pattern.source } });
}

/** What a duration looks like. */
export const SPAN = /^(?=\d)(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?(\d{1,12}ms)?$/;

/** A duration, as text. */
export const span = z
  .string()
  .regex(SPAN, {
    error: 'no duration; accepted: 90s, 10m, 2h',
  })
  .meta({ description: 'A duration: 90s, 10m, 2h.' });

const NO_SECRET = { error: 'no name of a secret; accepted: small letters, digits and -, such as probe-token' };

/** Secrets are named, never located (A4). */
export const secretName = z.string(NO_SECRET).regex(/^[a-z][a-z0-9-]{0,62}$/, NO_SECRET);

/** A time zone by its IANA name. */
export const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'no time zone; accepted: an IANA name such as Europe/Berlin' });

/** Offsets such as +02:00 know no summer time, and Temporal's own names are written like this one. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,62}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // a RangeError is how it says no
  }
}

const NO_ROLE = { error: 'no name of a role; accepted: small letters, digits and -, such as route53-net' };

/** Roles are named, never located (A4): SWITCHYARD_ROLES binds them to ARNs. */
export const roleName = z.string(NO_ROLE).regex(/^[a-z][a-z0-9-]{0,62}$/, NO_ROLE);
