import { z } from 'zod';
import type { GroupPolicy } from './file.ts';
import { ALWAYS, byName, only } from './schema-parts.ts';

const groupName = {
  pattern: /^[a-z][a-z0-9-]{0,62}$/,
  error: 'no name of a group; accepted: small letters, digits and -, such as shop',
};

/** More in one run than Temporal's lists of children and the UI's tables are readable with. */
const MOST_RECORDS = 100;

/** Whether a name is declared, and declared once, is judged where names are read: `WWW.example.com.` is `www.example.com`. */
const groupPolicy = only({
  records: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(MOST_RECORDS)
    .meta({ description: 'Names of `records`, moved and put back together.' }),
  keepHealthy: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'How many of the records have to serve healthily at any time.' }),
}).superRefine(keepsNoMoreThanItHas, ALWAYS) satisfies z.ZodType<GroupPolicy>;

/** `groups:` of the file. */
export const groupPolicies = byName(groupName, groupPolicy);

/** As much of a group as was understood. */
interface HalfRead {
  readonly records?: unknown;
  readonly keepHealthy?: unknown;
}

function keepsNoMoreThanItHas({ records, keepHealthy }: HalfRead, ctx: z.core.$RefinementCtx): void {
  if (!Array.isArray(records) || typeof keepHealthy !== 'number' || keepHealthy <= records.length) return;
  const message = `${keepHealthy} of ${records.length} records; accepted: at most ${records.length}`;
  ctx.addIssue({ code: 'custom', path: ['keepHealthy'], message });
}
