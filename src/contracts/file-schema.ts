import { z } from 'zod';
import { sitePolicies } from './docs-schema.ts';
import type { SwitchyardFile } from './file.ts';
import { freezePolicies } from './freeze-schema.ts';
import { guardPolicy } from './guard-schema.ts';
import { groupPolicies } from './group-schema.ts';
import { hooksPolicy, onAlarm } from './hooks-schema.ts';
import { metricGateKeys, observedShare, providerPolicies } from './metrics-schema.ts';
import { notifyPolicies } from './notify-schema.ts';
import { ALWAYS, byName, only, roleName, secretName, span } from './schema-parts.ts';
import { syncPolicies } from './sync-schema.ts';

const seconds = z
  .union([span, z.int().min(1).max(604_800)], {
    error: 'no TTL; accepted: whole seconds from 1 to 604800, such as 60 or 60s',
  })
  .meta({ description: 'Seconds: 60 or 60s.' });

const gateName = {
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,62}$/,
  error: 'no name of a gate; accepted: a letter, then letters, digits, dot, _ and -',
};
/** Whether it is a DNS name is judged where names are read: here stands what the length of one allows. */
const recordName = { pattern: /^[\s\S]{1,255}$/, error: 'no record; accepted: a DNS name such as www.example.com' };
/** What a header of this name carries would end in histories and logs (A1). */
const CARRIES_SECRETS = /^(authorization|proxy-authorization|cookie|x-api-key|x-auth-token)$/i;

const headerName = {
  pattern: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/,
  error: 'no name of a header; accepted: one such as X-Probe',
};

const headers = byName(
  headerName,
  z.union(
    [
      z.string().regex(/^[\t\x20-\x7e]{0,1000}$/, { error: 'no header; accepted: a text of one line' }),
      only({ secret: secretName }),
    ],
    {
      error: 'no header; accepted: a text of one line, or { secret: NAME }',
    },
  ),
)
  .superRefine((found, ctx) => {
    for (const [header, value] of Object.entries(found)) {
      if (typeof value !== 'string' || !CARRIES_SECRETS.test(header)) continue;
      const message = `${header} carries a secret, which must not stand in this file; accepted: { secret: NAME }, a secret of the worker`;
      ctx.addIssue({ code: 'custom', path: [header], message });
    }
  }, ALWAYS)
  .meta({ description: 'A plain value, or { secret: NAME } of the worker.' });

const httpGate = only({
  scheme: z.enum(['http', 'https']).optional(),
  host: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .meta({ description: "Host header and SNI; the record's own name by default." }),
  port: z.int().min(1).max(65_535).optional(),
  path: z
    .string()
    .regex(/^\/[\x21-\x5b\x5d-\x7e]*$/, { error: 'no path; accepted: /healthz' })
    .max(2_048)
    .optional(),
  method: z.enum(['GET', 'HEAD', 'POST', 'OPTIONS']).optional(),
  headers: headers.optional(),
  status: z.array(z.int().min(100).max(599)).min(1).optional(),
  contains: z.string().min(1).max(1_000).optional(),
  json: byName({ pattern: /^(\/.*)?$/, error: 'no JSON pointer; accepted: /ok' }, z.unknown())
    .optional()
    .meta({ description: 'JSON pointers and the values expected there.' }),
  maxLatency: span.optional(),
  followRedirects: z.boolean().optional(),
  verifyCertificate: z.boolean().optional(),
});

const KINDS = ['http', 'tcp', 'dns', 'query', 'cloudwatchAlarm', 'compare'] as const;

const gate = only({
  http: httpGate.optional(),
  tcp: only({ port: z.int().min(1).max(65_535) }).optional(),
  dns: only({}).optional(),
  ...metricGateKeys,
})
  .refine((one) => KINDS.filter((kind) => one[kind] !== undefined).length === 1, {
    error: `a gate is one of ${KINDS.join(', ')}`,
  })
  .meta({ minProperties: 1 });

const gateNames = z.array(z.string().regex(gateName.pattern, { error: gateName.error })).min(1);

const step = z.union(
  [
    z.int().min(1).max(100),
    only({
      share: z.int().min(1).max(100),
      hold: span.optional(),
      gates: gateNames.optional().meta({ description: 'Names of `gates`, in force at this step alone.' }),
    }),
  ],
  { error: 'no step; accepted: a share from 1 to 100, or { share: 50, hold: 10m, gates: [errors] }' },
);

const identity = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, { error: 'no identity; accepted: one such as ann@example.com or *@example.com' });

const approval = only({
  by: z
    .union([identity, z.array(identity).min(1).max(50)], {
      error: 'no identities; accepted: a list such as ["*@example.com", ann]',
    })
    .optional()
    .meta({ description: 'Who may decide, with * for any text; not authenticated. Everybody by default.' }),
  within: span.optional().meta({ description: 'Then the safe way is taken; 30m by default, at most 24h.' }),
  remind: span.optional().meta({ description: 'Between two reminders; none by default.' }),
});

const recordPolicy = only({
  zone: z.string().min(1).max(255).optional().meta({ description: 'Zone id or exact zone name.' }),
  role: roleName.optional().meta({ description: 'Whose credentials reach the zone: a name of SWITCHYARD_ROLES.' }),
  type: z.enum(['A', 'AAAA', 'CNAME']).optional(),
  default: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(100)])
    .optional()
    .meta({ description: 'What `switchyard reset` puts back.' }),
  gates: gateNames.optional().meta({ description: 'Names of `gates`, in force at every step.' }),
  mayFail: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .meta({ description: 'How many gates that are not critical may fail at one time; 1 by default.' }),
  observedShare: observedShare
    .optional()
    .meta({ description: 'Counts the requests that each side really gets: steps wait until black gets its share.' }),
  steps: z.array(step).min(1).max(100).optional(),
  hold: span.optional(),
  bake: span.optional(),
  interval: span.optional(),
  fail: z
    .string()
    .regex(/^\d{1,3}\/\d{1,3}$/, { error: 'no rule; accepted: FAILURES/PROBES, such as 4/6' })
    .optional(),
  deadline: span.optional(),
  confirmBy: span.optional().meta({ description: 'At 100 %: rolled back unless confirmed within this.' }),
  preLowerTtl: seconds.optional(),
  ttl: seconds.optional(),
  slowRollbackOk: z.boolean().optional(),
  leave: z.array(z.string().regex(/^[A-Z0-9]{1,10}$/, { error: 'no record type; accepted: AAAA, HTTPS' })).optional(),
  verify: z.enum(['authoritative', 'api']).optional(),
  ifRedIsIll: z.enum(['compare', 'restore', 'hold']).optional(),
  onAlarm: onAlarm.optional(),
  approve: only({
    cutover: approval.optional(),
    promotion: approval.optional(),
    inconclusive: approval
      .optional()
      .meta({ description: 'Who is asked about gates with `onInconclusive: { then: approve }`.' }),
  })
    .refine((one) => Object.values(one).some((rule) => rule !== undefined), {
      error: 'approve says none of cutover, promotion, inconclusive',
    })
    .optional()
    .meta({
      description: 'What waits for somebody: the first write, the promotion, going on where gates say nothing.',
    }),
});

/** The schema of `switchyard.yaml`. Published as schema/switchyard.schema.json by scripts/schema.mjs; a test compares. */
export const fileSchema = only({
  version: z.literal(1, { error: 'no version of this file; accepted: 1' }),
  notify: notifyPolicies.optional(),
  providers: providerPolicies.optional(),
  gates: byName(gateName, gate).optional(),
  records: byName(recordName, recordPolicy).optional(),
  groups: groupPolicies.optional(),
  sync: syncPolicies.optional(),
  docs: sitePolicies.optional(),
  freeze: freezePolicies.optional(),
  hooks: hooksPolicy.optional(),
  guard: guardPolicy.optional(),
}) satisfies z.ZodType<SwitchyardFile>;

/** JSON Schema (draft 2020-12) of what people write. */
export function fileJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $id: 'switchyard.schema.json',
    title: 'switchyard.yaml',
    ...z.toJSONSchema(fileSchema, { io: 'input' }),
  };
}
