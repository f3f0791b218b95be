/**
 * What is told of events, on loopback: an incoming webhook of Slack, PagerDuty's Events API v2, and a receiver of signed webhooks.
 *
 * What it keeps to: Slack takes a text and nothing that it would have to guess; PagerDuty keeps one incident a dedup key; a webhook that is not
 * signed by its secret, or not now, is refused.
 */
import { startFaultedServer, type Protocol, type Reply } from '../faulted-server.ts';
import { createFaultPlan, type FaultPlan, type FaultedRequest } from '../faults.ts';
import { createPagerDuty, type PagerDuty } from './pagerduty.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { createSlack, type Slack } from './slack.ts';

export interface NotifyStandIn {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly slack: Slack;
  readonly pagerDuty: PagerDuty;
  readonly receiver: Receiver;
  /** Operations: `slack`, `pagerduty`, `webhook`. */
  readonly faults: FaultPlan;
  /** The secrets `slack-hook`, `pagerduty-key` and `hook-secret` of a worker, each bound to this host alone. */
  env(): Record<string, string>;
  close(): Promise<void>;
}

export async function startNotify(options: { readonly port?: number } = {}): Promise<NotifyStandIn> {
  const faults = createFaultPlan();
  const slack = createSlack();
  const pagerDuty = createPagerDuty();
  const receiver = createReceiver();
  const doors: Readonly<Record<string, (request: FaultedRequest) => Reply>> = {
    slack: slack.answer,
    pagerduty: pagerDuty.answer,
    webhook: receiver.answer,
  };
  const protocol: Protocol = {
    faults,
    operationOf: (_method, path) => operationOf(path),
    process: (request) => doors[request.operation]?.(request) ?? { status: 404, body: 'no such place' },
    refusal: ({ status, code }) => ({ status, body: code }),
  };
  const server = await startFaultedServer(protocol, options.port);
  return {
    url: server.url,
    slack,
    pagerDuty,
    receiver,
    faults,
    env: () => ({
      ...secret('SLACK_HOOK', `${server.url}${slack.path}`),
      ...secret('PAGERDUTY_KEY', pagerDuty.routingKey),
      ...secret('HOOK_SECRET', receiver.secret),
    }),
    close: () => server.close(),
  };
}

function operationOf(path: string): string {
  if (path.startsWith('/services/')) return 'slack';
  return path === '/v2/enqueue' ? 'pagerduty' : 'webhook';
}

const secret = (name: string, value: string): Record<string, string> => ({
  [`SWITCHYARD_SECRET_${name}`]: value,
  [`SWITCHYARD_SECRET_${name}_HOSTS`]: '127.0.0.1',
});
