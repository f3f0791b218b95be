/** What keeps the gateway answering: a source that sends too much is told so, and a Temporal that is away keeps nobody waiting. */
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { anyFreePort } from '../../src/embedded/ports.ts';
import { actOnWishes } from '../../src/gateway/act-on-wishes.ts';
import type { Hook, Wish } from '../../src/gateway/hook.ts';
import { gatewayMetrics } from '../../src/gateway/metrics.ts';
import { serveGateway, type Listening } from '../../src/gateway/serve-gateway.ts';
import { requestOf, specOf } from '../support/sync-yard.ts';

/** Believes everybody. */
const hook: Hook = {
  name: 'todoist',
  read: () => Promise.resolve({ kind: 'wishes', wishes: [{ kind: 'sync', pair: 'tasks' }] }),
};

async function open(
  act: (wish: Wish) => Promise<void>,
  rate = { burst: 100, perSecond: 100 },
  now = Date.now,
): Promise<Listening> {
  const parts = {
    hooks: [hook],
    act,
    isReady: () => Promise.resolve(true),
    metrics: gatewayMetrics(),
    logger: pino({ level: 'silent' }),
    rate,
    now,
  };
  return serveGateway(parts, { host: '127.0.0.1', port: 0 });
}

const post = ({ port }: Listening) => fetch(`http://127.0.0.1:${port}/hooks/todoist`, { method: 'POST', body: '{}' });

test.concurrent('a source that sends too much is told when to come again, and nothing of it is acted on', async () => {
  const taken: Wish[] = [];
  const gateway = await open((wish) => Promise.resolve(void taken.push(wish)), { burst: 3, perSecond: 0.001 });
  const answers = [];
  for (let sent = 0; sent < 5; sent += 1) answers.push(await post(gateway));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
  expect(answers[3]?.headers.get('retry-after')).toBe('1');
  expect(taken).toHaveLength(3);
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
  expect(metrics).toMatch(/switchyard_webhooks_total\{hook="any",result="limited"\} 2\n/);
  await gateway.close();
});

test.concurrent(
  'a clock that is set back keeps no source out: alarms were answered 429 until it had caught up',
  async () => {
    let back = 0;
    const now = () => Date.now() - back;
    const gateway = await open(() => Promise.resolve(), { burst: 1, perSecond: 20 }, now);
    expect((await post(gateway)).status).toBe(200);
    back = 3_600_000;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await post(gateway)).status).toBe(200);
    await gateway.close();
  },
);

test.concurrent(
  'a Temporal that is away is answered with 503 within seconds, to all who share the call',
  async () => {
    const connection = Connection.lazy({ address: `127.0.0.1:${await anyFreePort()}`, connectTimeout: 2_000 });
    const orders = {
      syncs: new Map([['tasks', requestOf(specOf('tasks'))]]),
      sites: new Map<string, never>(),
      resets: new Map<string, never>(),
    };
    const gateway = await open(actOnWishes(new Client({ connection }), orders));
    const began = Date.now();
    const answers = await Promise.all([post(gateway), post(gateway), post(gateway)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(Date.now() - began).toBeLessThan(5_000); // EventBridge waits no longer
    expect((await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).status).toBe(200);
    await gateway.close();
    await connection.ensureConnected().catch(() => undefined); // what still knocks would meet a closed channel
    await connection.close();
  },
  20_000,
);
