/** How CloudWatch tells of its alarms, whoever carries the message. */
import * as z from 'zod';

export interface AlarmState {
  readonly name: string;
  /** Null where the event does not tell it. */
  readonly arn: string | null;
  readonly value: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * Services retry for hours and days. An alarm that arrives after the incident must not undo the deployment that ended it.
 */
export const OLDEST_ALARM_MS = 15 * 60_000;

/** CloudWatch writes `2025-11-25T12:03:11.123+0000`. */
const moment = z.string().transform((text, ctx) => {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  ctx.addIssue({ code: 'custom', message: 'no time' });
  return z.NEVER;
});

const value = z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']);

/** A state and since when, in events. */
export const alarmState = z.object({ value, timestamp: moment });

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const notification = z
  .object({ AlarmName: z.string(), AlarmArn: z.string().nullish(), NewStateValue: value, StateChangeTime: moment })
  .transform((of): AlarmState => {
    return { name: of.AlarmName, arn: of.AlarmArn ?? null, value: of.NewStateValue, since: of.StateChangeTime };
  });

/** The text of a message of SNS. */
export const alarmMessage = z.string().transform(parsedJson).pipe(notification);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export const alarmEvent = z
  .object({
    source: z.literal('aws.cloudwatch'),
    'detail-type': z.literal('CloudWatch Alarm State Change'),
    resources: z.array(z.string()),
    detail: z.object({ alarmName: z.string(), state: alarmState }),
  })
  .transform(({ resources, detail }) => alarmOf(detail, resources[0] ?? null));

interface Told {
  readonly alarmName: string;
  readonly state: { readonly value: AlarmState['value']; readonly timestamp: number };
}

export function alarmOf({ alarmName, state: { value, timestamp } }: Told, arn: string | null): AlarmState {
  return { name: alarmName, arn, value, since: timestamp };
}

function parsedJson(text: string, ctx: z.core.$RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
}
