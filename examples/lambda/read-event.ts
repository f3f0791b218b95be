/** Which alarms an event tells of. A reset moves traffic, so that only an event that is understood may cause one. */
import * as z from 'zod';
import { quoted } from '../../src/cli/parse/parsed.ts';
import {
  alarmEvent,
  alarmMessage,
  alarmOf,
  alarmState,
  OLDEST_ALARM_MS,
  type AlarmState,
} from '../../src/gateway/cloudwatch-alarm.ts';
import { LambdaError } from './lambda-error.ts';

export type Call = { readonly kind: 'by-hand' } | { readonly kind: 'alarms'; readonly alarms: readonly AlarmState[] };

/**
 * Reads an event of Lambda: empty, an alarm of CloudWatch through SNS, through EventBridge, or as an action of the alarm itself.
 *
 * @throws LambdaError BadEvent for anything else, StaleAlarm for an alarm that has been in ALARM for more than 15 min.
 */
export function readEvent(event: unknown, now: number): Call {
  if (isEmpty(event)) return { kind: 'by-hand' };
  const read = alarms.safeParse(event);
  if (!read.success) throw new LambdaError('BadEvent', [unknownEvent(event)]);
  const stale = read.data.find(({ value, since }) => value === 'ALARM' && now - since > OLDEST_ALARM_MS);
  if (stale !== undefined) throw new LambdaError('StaleAlarm', [tooOld(stale, now)]);
  return { kind: 'alarms', alarms: read.data };
}

/** `aws lambda invoke` without a payload. */
function isEmpty(event: unknown): boolean {
  return event === null || event === undefined || (typeof event === 'object' && Object.keys(event).length === 0);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const throughSns = z
  .object({ Records: z.array(z.object({ Sns: z.object({ Message: alarmMessage }) })).min(1) })
  .transform(({ Records }) => Records.map(({ Sns }) => Sns.Message));

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const asAction = z
  .object({
    source: z.literal('aws.cloudwatch'),
    alarmArn: z.string(),
    alarmData: z.object({ alarmName: z.string(), state: alarmState }),
  })
  .transform(({ alarmArn, alarmData }) => [alarmOf(alarmData, alarmArn)]);

const alarms = z.union([throughSns, alarmEvent.transform((alarm) => [alarm]), asAction]);

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
