/** What a webhook costs at the least: the same server, and a handler that reads the body and says 200. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.post('/hooks/github', async (c) => {
  await c.req.arrayBuffer();
  return c.text('taken\n', 200);
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  process.stdout.write(`listening at http://127.0.0.1:${port}\n`),
);
