/** A sender that dawdles over its body: ten seconds are waited for, so this is in `npm run test:long`. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import type { Hook } from '../../src/gateway/hook.ts';
import { gatewayMetrics } from '../../src/gateway/metrics.ts';
import { serveGateway } from '../../src/gateway/serve-gateway.ts';

test('a body that trickles in is cut off after ten seconds, and nothing of it is acted on', async () => {
  let read = 0;
  const hook: Hook = {
    name: 'todoist',
    read: () => {
      read += 1;
      return Promise.resolve({ kind: 'wishes', wishes: [] });
    },
  };
  const gateway = await serveGateway(
    {
      hooks: [hook],
      act: () => Promise.resolve(),
      isReady: () => Promise.resolve(true),
      metrics: gatewayMetrics(),
      logger: pino({ level: 'silent' }),
      rate: { burst: 10, perSecond: 10 },
      now: Date.now,
    },
    { host: '127.0.0.1', port: 0 },
  );
  const began = Date.now();
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
  socket.resume();
  socket.write('POST /hooks/todoist HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
  const trickle = setInterval(() => socket.write('{'), 200);
  await once(socket, 'close');
  clearInterval(trickle);
  expect(Date.now() - began).toBeLessThan(20_000);
  expect(read).toBe(0);
  await gateway.close();
}, 60_000);
