import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from '../logger.ts';
import { assertNever } from '../core/assert-never.ts';
import type { Rate } from '../core/token-bucket.ts';
import type { Hook, Reading, Wish } from './hook.ts';
import type { GatewayMetrics, WebhookResult } from './metrics.ts';
import { limitSources } from './source-limit.ts';

export interface GatewayParts {
  readonly hooks: readonly Hook[];
  /** Fulfilled when Temporal has taken it. */
  readonly act: (wish: Wish) => Promise<void>;
  /** Whether Temporal answers now. */
  readonly isReady: () => Promise<boolean>;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly rate: Rate;
  readonly now: () => number;
}

/** Senders of all kinds stay far below it: GitHub, the largest, caps its own at 25 MB but a push of a thousand commits is 200 kB. */
const MOST_BYTES = 256 * 1_024;

/**
 * The gateway as an application. It says as little as it can: nothing of a request is in an answer, and why one was denied is in the log alone.
 * A wish is answered when Temporal has taken it; where that is away the answer is 503, and the sender sends again.
 */
export function gatewayApp(parts: GatewayParts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const mayCome = limitSources(parts.rate);
  app.use(secureHeaders());
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) =>
    (await parts.isReady()) ? c.text('ok\n') : c.text('Temporal does not answer\n', 503),
  );
  app.get('/metrics', async (c) =>
    c.text(await parts.metrics.text(), 200, { 'content-type': parts.metrics.contentType }),
  );
  app.use('/hooks/*', async (c, next) => {
    // The address that is connected: what a header says of it anybody may write. By a clock that never goes back.
    if (mayCome(c.env.incoming.socket.remoteAddress ?? 'unknown', performance.now())) return next();
    parts.metrics.count('any', 'limited');
    return answer(429);
  });
  app.use('/hooks/*', bodyLimit({ maxSize: MOST_BYTES, onError: () => answer(413) }));
  for (const hook of parts.hooks) {
    parts.metrics.expect(hook.name);
    app.post(`/hooks/${hook.name}`, (c) => receive(c.req.raw, hook, parts));
  }
  app.notFound(() => answer(404));
  app.onError((cause) => {
    parts.logger.error({ err: cause }, 'a request met a fault of the gateway');
    return answer(500);
  });
  return app;
}

async function receive(request: Request, hook: Hook, parts: GatewayParts): Promise<Response> {
  const began = performance.now();
  const body = new Uint8Array(await request.arrayBuffer());
  const reading = await hook.read({ body, header: (name) => request.headers.get(name) ?? undefined, now: parts.now() });
  const { result, why } = reading.kind === 'wishes' ? await grant(reading.wishes, parts) : told(reading);
  parts.metrics.count(hook.name, result);
  parts.metrics.observe((performance.now() - began) / 1_000);
  parts.logger.info({ hook: hook.name, result, why }, 'a webhook');
  return answer(STATUS[result], result === 'taken' ? 'taken' : SENTENCES[STATUS[result]]);
}

interface Told {
  readonly result: WebhookResult;
  readonly why: string;
}

const told = (reading: Exclude<Reading, { kind: 'wishes' }>): Told => ({ result: reading.kind, why: reading.why });

/** All of them, or the sender sends again: what was taken before is then asked for once more, which changes nothing. */
async function grant(wishes: readonly Wish[], { act }: GatewayParts): Promise<Told> {
  const ends = await Promise.allSettled(wishes.map((wish) => act(wish)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed === undefined) return { result: 'taken', why: wishes.map(words).join(', ') };
  const cause: unknown = failed.reason;
  return { result: 'unavailable', why: cause instanceof Error ? cause.message : String(cause) };
}

function words(wish: Wish): string {
  switch (wish.kind) {
    case 'sync':
      return `sync/${wish.pair}`;
    case 'build':
      return `docs/${wish.site}/${wish.version}`;
    case 'alarm':
      return `${wish.act} ${wish.record}`;
    default:
      return assertNever(wish);
  }
}

/** Taken is 200 and nothing finer: Todoist counts any other answer as a failure, and sends again. */
const STATUS = {
  taken: 200,
  ignored: 200,
  unreadable: 400,
  denied: 401,
  limited: 429,
  unavailable: 503,
} as const satisfies Record<WebhookResult, number>;

const SENTENCES = {
  200: 'nothing to do',
  400: 'not understood',
  401: 'not allowed',
  404: 'nothing is here',
  413: 'too large',
  429: 'too many requests',
  500: 'a fault of the gateway',
  503: 'try again later',
} as const;

function answer(status: keyof typeof SENTENCES, sentence: string = SENTENCES[status]): Response {
  const again = status === 429 ? '1' : status === 503 ? '30' : null;
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...(again === null ? {} : { 'retry-after': again }) };
  return new Response(`${sentence}\n`, { status, headers });
}
