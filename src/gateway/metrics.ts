import { Counter, Histogram, Registry } from 'prom-client';

const RESULTS = ['taken', 'ignored', 'unreadable', 'denied', 'limited', 'unavailable'] as const;
/** How a webhook has ended. */
export type WebhookResult = (typeof RESULTS)[number];

export interface GatewayMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** Shows every result of a hook as 0: a counter that appears as 1 has not risen, for Prometheus. */
  expect(hook: string): void;
  count(hook: string, result: WebhookResult): void;
  /** Seconds from the request to the answer. */
  observe(seconds: number): void;
}

/** What the gateway counts, in a registry of its own. Labels have few values: nothing of a request is one. */
export function gatewayMetrics(): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  const webhooks = new Counter({
    name: 'switchyard_webhooks_total',
    help: 'Webhooks by hook and result; unavailable: Temporal had not taken it in time.',
    labelNames: ['hook', 'result'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'switchyard_webhook_duration_seconds',
    help: 'From a request to its answer, which comes after Temporal has taken the message.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    expect: (hook) => RESULTS.forEach((result) => webhooks.inc({ hook, result }, 0)),
    count: (hook, result) => webhooks.inc({ hook, result }),
    observe: (taken) => seconds.observe(taken),
  };
}
