/** Which alarms an event tells of. A reset moves traffic, so that only an event that is understood may cause one. */
import * as z from 'zod';
import { quoted } from '../../src/cli/parse/parsed.ts';
import { LambdaError } from './lambda-error.ts';

export interface AlarmState {
  readonly name: string;
  /** Null where the event does not tell it. */
  readonly arn: string | null;
  readonly value: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export type Call = { readonly kind: 'by-hand' } | { readonly kind: 'alarms'; readonly alarms: readonly AlarmState[] };

/**
 * Services retry for hours and days. An alarm that arrives after the incident must not undo the deployment that ended it; the
 * template makes Lambda give up at the same age.
 */
export const OLDEST_ALARM_MS = 15 * 60_000;

/**
 * Reads an event of Lambda: empty, an alarm of CloudWatch through SNS, through EventBridge, or as an action of the alarm itself.
 *
 * @throws LambdaError BadEvent for anything else, StaleAlarm for an alarm that has been in ALARM for more than 15 min.
 */
export function readEvent(event: unknown, now: number): Call {
  if (isEmpty(event)) return { kind: 'by-hand' };
  const read = alarmEvent.safeParse(event);
  if (!read.success) throw new LambdaError('BadEvent', [unknownEvent(event)]);
  const stale = read.data.find(({ value, since }) => value === 'ALARM' && now - since > OLDEST_ALARM_MS);
  if (stale !== undefined) throw new LambdaError('StaleAlarm', [tooOld(stale, now)]);
  return { kind: 'alarms', alarms: read.data };
}

/** `aws lambda invoke` without a payload. */
function isEmpty(event: unknown): boolean {
  return event === null || event === undefined || (typeof event === 'object' && Object.keys(event).length === 0);
}

/** CloudWatch writes `2025-11-25T12:03:11.123+0000`. */
const moment = z.string().transform((text, ctx) => {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  ctx.addIssue({ code: 'custom', message: 'no time' });
  return z.NEVER;
});

const value = z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']);
const state = z.object({ value, timestamp: moment });

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const notification = z
  .object({ AlarmName: z.string(), AlarmArn: z.string().nullish(), NewStateValue: value, StateChangeTime: moment })
  .transform((of): AlarmState => {
    return { name: of.AlarmName, arn: of.AlarmArn ?? null, value: of.NewStateValue, since: of.StateChangeTime };
  });

const message = z.string().transform(parsedJson).pipe(notification);

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const throughSns = z
  .object({ Records: z.array(z.object({ Sns: z.object({ Message: message }) })).min(1) })
  .transform(({ Records }) => Records.map(({ Sns }) => Sns.Message));

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const throughEventBridge = z
  .object({
    source: z.literal('aws.cloudwatch'),
    'detail-type': z.literal('CloudWatch Alarm State Change'),
    resources: z.array(z.string()),
    detail: z.object({ alarmName: z.string(), state }),
  })
  .transform(({ resources, detail }) => [alarmOf(detail, resources[0] ?? null)]);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const asAction = z
  .object({
    source: z.literal('aws.cloudwatch'),
    alarmArn: z.string(),
    alarmData: z.object({ alarmName: z.string(), state }),
  })
  .transform(({ alarmArn, alarmData }) => [alarmOf(alarmData, alarmArn)]);

const alarmEvent = z.union([throughSns, throughEventBridge, asAction]);

interface Told {
  readonly alarmName: string;
  readonly state: { readonly value: AlarmState['value']; readonly timestamp: number };
}

function alarmOf({ alarmName, state: { value, timestamp } }: Told, arn: string | null): AlarmState {
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

const KEYS_SHOWN = 5;

/** Names keys only: what stands in an event of others is nobody's business here (A1). */
function unknownEvent(event: unknown): string {
  return `The event is ${kindOf(event)}, which is no alarm of CloudWatch; nothing was done. To reset by hand, invoke with {}.`;
}

function kindOf(event: unknown): string {
  if (Array.isArray(event)) return 'a list';
  if (typeof event !== 'object' || event === null) return `a ${typeof event}`;
  return `an object with ${Object.keys(event).slice(0, KEYS_SHOWN).map(quoted).join(', ')}`;
}

function tooOld({ name, since }: AlarmState, now: number): string {
  const minutes = Math.round((now - since) / 60_000);
  const limit = OLDEST_ALARM_MS / 60_000;
  return `The alarm ${quoted(name)} went off ${minutes} min ago, more than ${limit}; nothing was done. If the record must be reset, invoke with {}.`;
}
