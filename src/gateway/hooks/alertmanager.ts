import { z } from 'zod';
import { isSecret } from '../genuine.ts';
import { denied, unreadable, wishing, type Hook, type ReadSecret } from '../hook.ts';
import { readBody } from '../read-body.ts';
import { NOTHING_RINGS, ring, type AlarmRule } from '../ring.ts';

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const group = z.object({
  version: z.literal('4'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: z.object({ alertname: z.string() }),
        startsAt: z.iso.datetime({ offset: true }),
      }),
    )
    .max(10_000),
});

/** Alerts of a Prometheus Alertmanager; they are named by their `alertname`, and prove themselves by a bearer token. */
export function alertmanagerHook(secret: ReadSecret, rules: readonly AlarmRule[]): Hook {
  return {
    name: 'alertmanager',
    read: async ({ body, header, now }) => {
      if (!isSecret(/^Bearer (.+)$/.exec(header('authorization') ?? '')?.[1], await secret()))
        return denied('bad token');
      const read = readBody(body, group);
      if (read === null) return unreadable('no group of alerts');
      const firing = read.alerts
        .filter(({ status }) => status === 'firing')
        .map(({ labels, startsAt }) => ({ name: labels.alertname, since: Date.parse(startsAt) }));
      return wishing(ring(firing, rules, now), NOTHING_RINGS);
    },
  };
}
