import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import type { PairPolicy } from './file.ts';
import { ALWAYS, byName, only, secretName, SPAN, span, timeZone } from './schema-parts.ts';

/** The workflow id of a pair is made from it. */
const pairName = {
  pattern: /^[a-z][a-z0-9-]{0,62}$/,
  error: 'no name of a pair; accepted: small letters, digits and -, such as tasks',
};

/** Text that a service is asked with: one line, and whole. */
const line = (what: string, most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(text) && text.trim() === text, {
      error: `no ${what}; accepted: a text of one line, without blanks around it`,
    });

const SCOPES = 'everything, { projects: [Work] }, { label: mirror } or { filter: "#Work & !@waiting" }';

const scope = z
  .union(
    [
      z.literal('everything'),
      only({
        projects: z.array(line('project', 250)).min(1).max(100).optional(),
        label: line('label', 250)
          .regex(/^[^@]/, { error: 'no label; accepted: its name without @, such as mirror' })
          .optional(),
        filter: line('filter', 1_024).optional(),
      })
        .refine((one) => Object.values(one).filter((kind) => kind !== undefined).length === 1, {
          error: `no scope; accepted: ${SCOPES}`,
        })
        .meta({ minProperties: 1, maxProperties: 1 }),
    ],
    { error: `no scope; accepted: ${SCOPES}` },
  )
  .meta({ description: 'Which tasks are mirrored; everything by default.' });

const source = only({
  secret: secretName.meta({ description: 'The Todoist token: a secret of the worker, by its name.' }),
  scope: scope.optional(),
  assignee: z
    .enum(['me-or-none', 'anyone'])
    .optional()
    .meta({ description: 'In shared projects; me-or-none by default.' }),
});

const destination = only({
  account: z
    .string()
    .max(254)
    .regex(/^[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>]+$/, { error: 'no account; accepted: an address such as me@example.com' })
    .optional()
    .meta({ description: 'Who has signed in with `switchyard login PAIR`.' }),
  secret: secretName.optional().meta({ description: 'A ready access token, for trying out.' }),
  access: z
    .enum(['delegated', 'application'])
    .optional()
    .meta({ description: "application: the worker's own identity, for organisations." }),
  lists: line('list', 255)
    .optional()
    .meta({ description: "default, per-project, or a list's name (created where it is missing)." }),
})
  .check(({ value, issues }) => {
    const say = (message: string) => issues.push({ code: 'custom', input: value, path: [], message });
    if ((value.account === undefined) === (value.secret === undefined))
      say('one of account and secret says whose To Do it is; accepted: exactly one of them');
    if (value.access === 'application' && value.account === undefined)
      say('access: application needs the account whose To Do it is; accepted: account: me@example.com');
  })
  .meta({ oneOf: [{ required: ['account'] }, { required: ['secret'] }] });

const stopAt = only({
  removals: z
    .string({ error: 'no share; accepted: 0% to 100%, such as 10%' })
    .regex(/^(\d{1,2}|100)%$/, { error: 'no share; accepted: 0% to 100%, such as 10%' })
    .optional()
    .meta({ description: 'More removals than this share of the links stop a run; 10% by default.' }),
  atLeast: z.int().min(0).max(100_000).optional().meta({ description: 'So many removals never do; 5 by default.' }),
  never: z.int().min(0).max(100_000).optional().meta({ description: 'More than so many always do; 100 by default.' }),
  empty: z
    .enum(['stop', 'allow'])
    .optional()
    .meta({ description: 'Whether an empty source stops a run; stop by default.' }),
});

const fields = only({
  reminders: z.boolean().optional().meta({ description: 'Times of day become reminders; true by default.' }),
  categories: z.boolean().optional().meta({ description: 'Labels become categories; true by default.' }),
  priority3: z.enum(['high', 'normal']).optional().meta({ description: 'What p2 becomes; normal by default.' }),
  titleMax: z.int().min(20).max(255).optional().meta({ description: 'Characters; 255 by default.' }),
});

/** More often than once a minute would live off the allowance that writes need. */
const EVERY = { leastMs: 60_000, mostMs: 7 * 86_400_000 };

const every = span
  .refine(isOften, { error: 'no interval of a sync; accepted: a duration such as 90s, 10m or 2h, from 1m to 7d' })
  .meta({ description: 'How often it is synced, once `switchyard apply` has said so: from 1m to 7d.' });

/** One pair under `sync:`. */
const pairPolicy = only({
  every: every.optional(),
  timeZone: timeZone.optional().meta({ description: 'IANA name; by default the zone of the Todoist account.' }),
  from: source,
  to: destination,
  completion: z.enum(['both', 'todoist-only']).optional(),
  onDeleted: z.enum(['complete', 'delete', 'keep']).optional(),
  onOutOfScope: z.enum(['remove', 'keep']).optional(),
  stopAt: stopAt.optional(),
  fields: fields.optional(),
}).refine(tokensApart, {
  ...ALWAYS,
  path: ['to', 'secret'],
  error: "the token of Todoist is not To Do's; accepted: another secret, or account",
}) satisfies z.ZodType<PairPolicy>;

/** `sync:` of the file. */
export const syncPolicies = byName(pairName, pairPolicy).superRefine(pairsApart, ALWAYS);

/** What is no duration at all has been said already: with `abort` there, zod would leave out whatever is judged across keys. */
function isOften(text: string): boolean {
  if (!SPAN.test(text)) return true;
  const read = parseDuration(text);
  return read.kind === 'ok' && read.ms >= EVERY.leastMs && read.ms <= EVERY.mostMs;
}

/** As much of a pair as was understood. */
interface HalfRead {
  readonly from?: { readonly secret?: unknown } | null | undefined;
  readonly to?: { readonly account?: unknown; readonly secret?: unknown; readonly lists?: unknown } | null | undefined;
}

function tokensApart({ from, to }: HalfRead): boolean {
  return typeof from?.secret !== 'string' || from.secret !== to?.secret;
}

/** Two pairs that write into one list would each create a copy of what both mirror. */
function pairsApart(pairs: Readonly<Record<string, HalfRead | null>>, ctx: z.core.$RefinementCtx): void {
  const taken = new Map<string, string>();
  for (const [pair, half] of Object.entries(pairs)) {
    const to = half?.to;
    if (typeof (to?.account ?? to?.secret) !== 'string') continue;
    const place = JSON.stringify([to?.account, to?.secret, to?.lists ?? 'default']).toLowerCase();
    const other = taken.get(place);
    if (other === undefined) taken.set(place, pair);
    else ctx.addIssue({ code: 'custom', path: [pair, 'to'], message: sharing(pair, other) });
  }
}

const sharing = (pair: string, other: string): string =>
  `${pair} and ${other} write into the same lists of the same account; accepted: one pair a list`;
