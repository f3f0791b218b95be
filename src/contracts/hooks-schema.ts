import { z } from 'zod';
import type { HooksPolicy } from './file.ts';
import { only, secretName } from './schema-parts.ts';

const proven = only({ secret: secretName });

/** Whether a pair is declared is judged where the file is read. */
const pairs = z.array(z.string().min(1).max(63)).min(1).max(100);

const topic = z.string().regex(/^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, {
  error: 'no topic; accepted: an ARN such as arn:aws:sns:eu-central-1:123456789012:alarms',
});

/** What `switchyard gateway` listens to; nothing that is not named here. */
export const hooksPolicy = only({
  todoist: only({ secret: secretName, pairs: pairs.optional() })
    .optional()
    .meta({ description: "The client secret of one's application at Todoist; all pairs by default." }),
  github: proven.optional(),
  gitlab: proven.optional(),
  alertmanager: proven.optional().meta({ description: 'Its bearer token.' }),
  cloudwatch: proven.optional().meta({ description: 'The key that an EventBridge connection sends as X-Api-Key.' }),
  sns: only({ topics: z.array(topic).min(1).max(100) }).optional(),
}) satisfies z.ZodType<HooksPolicy>;

const alarmName = z.string().min(1).max(255);

/** By the name of an alarm. */
export const onAlarm = z
  .record(alarmName, z.enum(['abort', 'reset'], { error: 'no reaction to an alarm; accepted: abort, reset' }))
  .meta({ description: 'By the name of an alarm: abort the deployment of this record, or reset it to its default.' });
