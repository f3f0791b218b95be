import { z } from 'zod';
import { ALWAYS, byName, only, roleName, secretName, span } from './schema-parts.ts';

/** Without a name and a password in it (A1), and without a query of its own. */
const address = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@$]+(\/[^\s?#]*)?$/, { error: 'no address; accepted: https://prom.example.com' })
  .max(1_000);
const jsonAddress = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@$]+(\/[^\s#]*)?$/, {
    error: 'no address; accepted: https://stats.example.com/$side.json',
  })
  .max(1_000);
const region = z.string().regex(/^[a-z]{2}(-[a-z0-9]+)+$/, { error: 'no region; accepted: eu-central-1' });

const providerName = {
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,62}$/,
  error: 'no name of a provider; accepted: a letter, then letters, digits, dot, _ and -',
};

const askingRole = roleName.meta({
  description: "Whose credentials ask CloudWatch: a name of SWITCHYARD_ROLES; by default the record's role.",
});

const provider = only({
  prometheus: address.optional().meta({ description: 'Root of a Prometheus, or of what speaks its HTTP API.' }),
  cloudwatch: only({ region: region.optional(), role: askingRole.optional() }).optional(),
  json: jsonAddress
    .optional()
    .meta({ description: 'Answers a document in JSON; $side, $value and $tick may stand in it.' }),
  secret: secretName.optional().meta({ description: 'Of the worker; sent as a bearer token.' }),
}).superRefine((one, ctx) => {
  const { prometheus, cloudwatch, json, secret } = one;
  if ([prometheus, cloudwatch, json].filter((kind) => kind !== undefined).length !== 1)
    ctx.addIssue({ code: 'custom', message: 'a provider is one of prometheus, cloudwatch, json' });
  if (cloudwatch !== undefined && secret !== undefined)
    ctx.addIssue({
      code: 'custom',
      path: ['secret'],
      message: 'CloudWatch is asked with credentials of AWS; accepted: no secret, or role',
    });
}, ALWAYS);

/** The key `providers`. */
export const providerPolicies = byName(providerName, provider);

const query = z.string().min(1).max(4_000);
const name = z.string().regex(providerName.pattern, { error: providerName.error });
const tick = span.optional().meta({ description: 'How long one count lasts: $tick in a query; 1m by default.' });

const metrics = byName(
  {
    pattern: /^[a-z][a-zA-Z0-9_]{0,62}$/,
    error: 'no id of a metric; accepted: a small letter, then letters, digits, _',
  },
  only({
    namespace: z.string().min(1).max(255),
    metric: z.string().min(1).max(255),
    dimensions: z.record(z.string().min(1).max(255), z.string().min(1).max(1_024)).optional(),
    stat: z.string().min(1).max(50).optional().meta({ description: 'Sum, Average, p99 ...; Sum by default.' }),
  }),
).meta({ description: 'Metrics of CloudWatch that the query names by their key.' });

const onInconclusive = only({ wait: span.optional(), then: z.enum(['rollback', 'approve']).optional() }).meta({
  description:
    'What becomes of a gate that says nothing for longer than `wait`: red is restored, or somebody is asked.',
});

const count = z.int().min(1).max(1_000);

/** Keys that stand beside any gate on metrics. */
export const metricGateKeys = {
  provider: name.optional().meta({ description: 'Of `providers`.' }),
  query: query.optional().meta({ description: 'PromQL, an expression of CloudWatch, or a JSON pointer.' }),
  metrics: metrics.optional(),
  failWhen: z.string().max(60).optional().meta({ description: 'What a bad sample is: "> 0.01".' }),
  samples: only({
    bad: z.int().min(1).max(100).optional(),
    of: z.int().min(1).max(100).optional(),
    min: count.optional(),
    after: span.optional(),
    every: span.optional(),
  })
    .optional()
    .meta({
      description: 'Fails at `bad` of the newest `of`; passes from `min` on; begins `after` the step is in sync.',
    }),
  cloudwatchAlarm: z.string().min(1).max(255).optional(),
  region: region.optional(),
  role: askingRole.optional(),
  compare: only({
    provider: name,
    errors: query,
    requests: query,
    metrics: metrics.optional(),
    tick,
    alpha: z.number().gt(0).max(0.5).optional(),
    minEffect: z.number().min(1).max(100).optional(),
    minRequests: z.int().min(1).max(1_000_000_000).optional(),
  }).optional(),
  onInconclusive: onInconclusive.optional(),
  critical: z.boolean().optional().meta({ description: 'false: counts together with others, see `mayFail`.' }),
  dryRun: z.boolean().optional().meta({ description: 'Measured and shown; never decides.' }),
} as const;

/** The key `observedShare` of a record. */
export const observedShare = only({
  provider: name,
  requests: query,
  metrics: metrics.optional(),
  tick,
  tolerance: z
    .string()
    .regex(/^\d{1,3}%$/, { error: 'no part of a share; accepted: 50%' })
    .optional(),
  onInconclusive: onInconclusive.optional(),
});
