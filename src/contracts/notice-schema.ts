import { z } from 'zod';
import { NOTICE_EVENTS } from '../core/notify/notice.ts';
import type { WebhookMessage } from '../core/notify/webhook-message.ts';

const text = (description: string) => z.string().meta({ description });

/** What a webhook is sent. Published as schema/notice.schema.json; later versions add keys, and never take one away. */
export const noticeSchema = z.object({
  schemaVersion: z.literal(1),
  id: text('The same whenever the same notice comes again, as in the header webhook-id: drop what you have seen.'),
  event: z.enum(NOTICE_EVENTS),
  at: z.iso.datetime().meta({ description: 'When it happened, UTC.' }),
  subject: text('What it happened to: www.example.com, sync/tasks.'),
  severity: z.enum(['info', 'warning', 'error', 'critical']),
  title: text('What happened, in a few words that make sense alone.'),
  sentence: text('The facts: why, with values and times.'),
  stands: z.string().nullable().meta({ description: 'What stands now.' }),
  next: z.string().nullable().meta({ description: 'The next thing to do.' }),
  outcome: z.string().nullable().meta({ description: 'How it ended: promoted, rolled-back; null while it goes on.' }),
  trouble: z
    .enum(['begins', 'ends'])
    .nullable()
    .meta({ description: 'Whether somebody has to look from now on, or no longer.' }),
  key: text('What trouble is filed under: its beginning and its end have the same.'),
  link: z.string().nullable().meta({ description: 'The run in the Temporal UI.' }),
}) satisfies z.ZodType<WebhookMessage>;

/** JSON Schema (draft 2020-12) of it. */
export function noticeJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $id: 'notice.schema.json',
    title: 'What Switchyard sends to a webhook',
    ...z.toJSONSchema(noticeSchema, { io: 'input' }),
  };
}
