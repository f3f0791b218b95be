import { z } from 'zod';
import { NOTICE_EVENTS } from '../core/notify/notice.ts';
import { TROUBLES } from '../core/notify/target.ts';
import { byName, only, secretName } from './schema-parts.ts';

/** As they appear in sentences and in the Temporal UI. */
const targetName = {
  pattern: /^[a-z][a-z0-9-]{0,62}$/,
  error: 'no name of a target; accepted: small letters, digits and -, such as oncall',
};

/** It ends in histories, where no secret may be (A1). */
const address = z
  .string()
  .max(500)
  .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, {
    error:
      'no address that can be told; accepted: https://hooks.example.com/switchyard, without a user, a query and a fragment, since it is no secret',
  });

const events = <const T extends readonly string[]>(accepted: T, why = '') =>
  z
    .array(z.enum(accepted, { error: `no event${why}; accepted: ${accepted.join(', ')}` }))
    .min(1)
    .optional();

const target = z.discriminatedUnion(
  'format',
  [
    only({
      format: z.literal('slack'),
      secret: secretName.meta({ description: 'The address of the incoming webhook is itself the secret.' }),
      on: events(NOTICE_EVENTS),
    }),
    only({
      format: z.literal('pagerduty'),
      secret: secretName.meta({ description: 'The routing key of an integration of the Events API v2.' }),
      url: address.optional().meta({ description: 'For the EU: https://events.eu.pagerduty.com/v2/enqueue.' }),
      on: events(TROUBLES, ' that pages somebody'),
    }),
    only({
      format: z.literal('webhook'),
      url: address,
      secret: secretName.optional().meta({ description: 'Signs each message as standardwebhooks.com says.' }),
      on: events(NOTICE_EVENTS),
    }),
  ],
  { error: 'no target; accepted: a mapping with a format of slack, pagerduty or webhook' },
);

/** Whom to tell of what happens, by name. */
export const notifyPolicies = byName(targetName, target);
