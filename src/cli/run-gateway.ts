import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { ownSecret } from '../activities/secrets.ts';
import { loadGatewayConfig, type SecretsConfig } from '../config.ts';
import { actOnWishes } from '../gateway/act-on-wishes.ts';
import { fetchText } from '../gateway/fetch-text.ts';
import { gatewayMetrics } from '../gateway/metrics.ts';
import { openHooks } from '../gateway/open-hooks.ts';
import { serveGateway, type Listening } from '../gateway/serve-gateway.ts';
import { readHostPort } from '../host-port.ts';
import { createLogger } from '../logger.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { gatewayOrders, type GatewayOrders } from './gateway-orders.ts';
import { hearInterrupts } from './interrupts.ts';
import { mustReadFile } from './must-read-file.ts';
import { problem, Stop } from './stop.ts';
import { findTemporal, type PlaceFlags } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

export interface GatewayFlags extends PlaceFlags {
  readonly listen: string;
  readonly config?: string | undefined;
}

/** A source may send so many at once, and so many a second: above what any sender of ours does, below what hurts. */
const RATE = { burst: 400, perSecond: 250 };

/** Listens until Ctrl-C or SIGTERM, then answers what is under way. @throws Stop with exit 2 for whatever is wrong, before it listens. */
export async function runGateway(terminal: Terminal, flags: GatewayFlags): Promise<ExitCode> {
  const config = loadGatewayConfig(terminal.env);
  const at = listenAt(flags.listen);
  const orders = gatewayOrders(await mustReadFile(terminal, flags.config));
  await mustHaveSecrets(orders, config.secrets);
  const { address, namespace, connection: how } = await findTemporal(flags, terminal.env);
  const connection = Connection.lazy({ ...how, address, channelArgs: RECONNECT_SOON });
  const logger = createLogger(config.log, terminal.live);
  const interrupts = hearInterrupts();
  try {
    const parts = {
      hooks: openHooks(orders.hooks, orders.declared, {
        secret: (name) => ownSecret(config.secrets, name, 'gateway'),
        fetchText,
      }),
      act: actOnWishes(new Client({ connection, namespace }), orders.orders),
      isReady: () => answers(connection),
      metrics: gatewayMetrics(),
      logger,
      rate: RATE,
      now: Date.now,
    };
    const gateway = await listening(serveGateway(parts, at), flags.listen);
    const names = parts.hooks.map(({ name }) => `/hooks/${name}`).join(', ');
    terminal.out(`listening at http://${at.host}:${gateway.port} for ${names}; Temporal at ${address}`);
    while (interrupts.exit === null) await interrupts.pause(3_600_000);
    await gateway.close();
    return EXIT.done;
  } finally {
    interrupts.stop();
    await connection.close();
  }
}

/** By default grpc-js needs up to a minute to see a server that is back (measured). */
const RECONNECT_SOON = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

function listenAt(text: string): { readonly host: string; readonly port: number } {
  const at = text.endsWith(':0') ? { host: text.slice(0, -2), port: 0 } : readHostPort(text);
  if (at !== null) return at;
  throw new Stop(EXIT.usage, [
    problem(`--listen: ${JSON.stringify(text)} is no address`, 'HOST:PORT, such as 127.0.0.1:8787'),
  ]);
}

/** A hook without its secret would deny everything: that is seen now, not when the first event is lost. */
async function mustHaveSecrets({ hooks }: GatewayOrders, secrets: SecretsConfig): Promise<void> {
  const { todoist, github, gitlab, alertmanager, cloudwatch } = hooks;
  const names = [todoist, github, gitlab, alertmanager, cloudwatch].flatMap((hook) => hook?.secret ?? []);
  const ends = await Promise.allSettled(names.map((name) => ownSecret(secrets, name, 'gateway')));
  const missing = ends.flatMap((end) => (end.status === 'rejected' ? [problem((end.reason as Error).message)] : []));
  if (missing.length > 0) throw new Stop(EXIT.usage, missing);
}

async function answers(connection: Connection): Promise<boolean> {
  const asked = connection.withDeadline(Date.now() + 1_000, () => connection.workflowService.getSystemInfo({}));
  return Promise.race([
    asked.then(
      () => true,
      () => false,
    ),
    delay(1_500, false, { ref: false }),
  ]);
}

async function listening(serving: Promise<Listening>, listen: string): Promise<Listening> {
  return serving.catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Stop(EXIT.usage, [problem(`--listen: ${listen} cannot be listened at: ${why}`)], cause);
  });
}
