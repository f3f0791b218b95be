import { alarmEvent } from '../cloudwatch-alarm.ts';
import { isSecret } from '../genuine.ts';
import { denied, unreadable, wishing, type Hook, type ReadSecret } from '../hook.ts';
import { readBody } from '../read-body.ts';
import { NOTHING_RINGS, ring, type AlarmRule } from '../ring.ts';

/**
 * An alarm of CloudWatch by way of an API destination of EventBridge, whose connection sends a key in the header `X-Api-Key`.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export function cloudwatchHook(secret: ReadSecret, rules: readonly AlarmRule[]): Hook {
  return {
    name: 'cloudwatch',
    read: async ({ body, header, now }) => {
      if (!isSecret(header('x-api-key'), await secret())) return denied('bad key');
      const alarm = readBody(body, alarmEvent);
      if (alarm === null) return unreadable('no alarm of CloudWatch');
      return wishing(ring(alarm.value === 'ALARM' ? [alarm] : [], rules, now), NOTHING_RINGS);
    },
  };
}
