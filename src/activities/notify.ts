/**
 * Tells one target of one notice.
 *
 * - A1 No text of a secret, and so no address of a Slack webhook, is in a result or an error.
 * - A4 A secret is sent only to hosts that it is bound to, an unsigned message only to `SWITCHYARD_NOTIFY_HOSTS`, and both only to
 *   addresses of `SWITCHYARD_EGRESS`.
 */
import { createHmac } from 'node:crypto';
import type { Config } from '../config.ts';
import type { NotifyActivities, NotifyInput } from '../contracts/notify.ts';
import { assertNever } from '../core/assert-never.ts';
import { cleanText } from '../core/clean-text.ts';
import type { Notice } from '../core/notify/notice.ts';
import { pagerDutyEvent } from '../core/notify/pagerduty-event.ts';
import { slackMessage } from '../core/notify/slack-message.ts';
import { tellingOf, type NotifyTarget, type Telling } from '../core/notify/target.ts';
import { webhookMessage } from '../core/notify/webhook-message.ts';
import { failure, type FailureType } from '../policies/failures.ts';
import { retryAfterMs } from '../policies/retry-after.ts';
import { plainHost } from '../host-port.ts';
import { withActivityPulse } from './activity-pulse.ts';
import { withTimeLimit } from './linked-signal.ts';
import { postJson, type Post, type PostAnswer } from './post-json.ts';
import { problemOf } from './probe-result.ts';
import { trustOf } from './probes.ts';
import { hiddenFrom, ownSecret, secretFor, withoutSecrets } from './secrets.ts';

export interface NotifyDeps {
  readonly config: Pick<Config, 'reach' | 'secrets' | 'notifyHosts'>;
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
  /** How long one exchange may take, in milliseconds; default 8,000. */
  readonly exchangeMs?: number;
}

/** Well below the activity's own limit, so that what went wrong is said by us. */
const EXCHANGE_MS = 8_000;

/** The activity, as every worker registers it. */
export function createNotifyActivities({
  config,
  now = Date.now,
  exchangeMs = EXCHANGE_MS,
}: NotifyDeps): NotifyActivities {
  const trust = trustOf(config.reach.ca);
  const stopping = new AbortController().signal; // what may have been heard is not given up because the worker stops
  return {
    notify: (input) =>
      withActivityPulse({ now, stopping }, async (pulse) => {
        const written = await write(config, input, now());
        const letter = { ...written, secrets: await hiddenFrom(config.secrets, written.secrets) };
        const answer = await withTimeLimit(pulse.signal, exchangeMs, (signal) =>
          send(letter, { trust, ways: config.reach, signal }),
        );
        return accepted(letter, answer, now());
      }),
  };
}

/** One message, ready to be sent. */
interface Letter extends Pick<Post, 'url' | 'body' | 'headers'> {
  readonly target: NotifyTarget;
  /** Taken out of whatever the other side answers. */
  readonly secrets: readonly string[];
}

type Deps = Pick<NotifyDeps, 'config'>['config'];

/** @throws Refused where a secret is missing, not bound to the host, or none of its kind; or where the host may not be told. */
async function write(config: Deps, { target, notice }: NotifyInput, now: number): Promise<Letter> {
  switch (target.format) {
    case 'slack': {
      const url = await slackAddress(config, target);
      const secrets = [url.href, url.pathname];
      return { target, url, headers: {}, body: JSON.stringify(slackMessage(notice)), secrets };
    }
    case 'pagerduty': {
      const url = addressOf(target);
      const key = await boundSecret(config, target.secret, url);
      const event = pagerDutyEvent(notice, incident(tellingOf(target, notice)));
      return { target, url, headers: {}, body: JSON.stringify({ routing_key: key, ...event }), secrets: [key] };
    }
    case 'webhook': {
      const url = addressOf(target);
      const body = JSON.stringify(webhookMessage(notice));
      const key = target.secret === null ? null : await boundSecret(config, target.secret, url);
      if (key === null) mustBeAllowed(config, target.name, url);
      return { target, url, body, headers: signed({ notice, body, now }, key), secrets: key === null ? [] : [key] };
    }
    default:
      return assertNever(target);
  }
}

/** What a target is not told of never gets here: the workflow asks the same question. */
const incident = (telling: Telling | null): 'trigger' | 'resolve' => (telling === 'trigger' ? 'trigger' : 'resolve');

/** The secret is an address, and the host in it must be one that the secret is bound to, like that of any other. */
async function slackAddress(config: Deps, { secret }: { readonly secret: string }): Promise<URL> {
  const text = await ownSecret(config.secrets, secret);
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw failure('Refused', `The secret ${secret} is no address of an incoming webhook.`, {
      next: 'It is the whole address that Slack shows, and begins with https://.',
    });
  }
  await boundSecret(config, secret, url);
  return url;
}

function boundSecret({ secrets }: Deps, name: string, url: URL): Promise<string> {
  const host = plainHost(url.hostname);
  return secretFor(secrets, name, { host, value: host, verified: url.protocol === 'https:' });
}

function addressOf({ name, url }: { readonly name: string; readonly url: string }): URL {
  if (URL.canParse(url) && /^https?:/.test(url)) return new URL(url);
  throw failure(
    'Refused',
    `The target ${name} has no address that could be told: ${JSON.stringify(url.slice(0, 100))}.`,
  );
}

function mustBeAllowed({ notifyHosts }: Deps, name: string, url: URL): void {
  const host = plainHost(url.hostname);
  if (notifyHosts.includes(host)) return;
  throw failure('Refused', `The target ${name} is at ${host}, which this worker tells nothing.`, {
    next: `Set SWITCHYARD_NOTIFY_HOSTS=${[...notifyHosts, host].join(',')} on the worker, or give the target a secret that is bound to the host.`,
  });
}

/**
 * The headers of the Standard Webhooks (https://www.standardwebhooks.com): an id that stays the same whenever the message comes again, and a
 * signature over id, time and body. The secret itself is never sent.
 */
function signed(
  { notice, body, now }: { readonly notice: Notice; readonly body: string; readonly now: number },
  secret: string | null,
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(now / 1_000));
  const headers = { 'webhook-id': notice.id, 'webhook-timestamp': seconds };
  if (secret === null) return headers;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${notice.id}.${seconds}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

type Sending = Pick<Post, 'trust' | 'ways' | 'signal'>;

async function send({ target, url, body, headers, secrets }: Letter, sending: Sending): Promise<PostAnswer> {
  try {
    return await postJson({ url, body, headers, ...sending });
  } catch (cause) {
    const why = cleanText(withoutSecrets(problemOf(cause), secrets), 200);
    throw failure('Unavailable', `${target.name} (${plainHost(url.hostname)}) was not told: ${why}.`);
  }
}

/** Whether the answer means that it was heard: PagerDuty says so with 202 alone. */
function accepted({ target, url, secrets }: Letter, answer: PostAnswer, now: number): { readonly status: number } {
  const { status } = answer;
  if (target.format === 'pagerduty' ? status === 202 : status >= 200 && status < 300) return { status };
  const said = cleanText(withoutSecrets(answer.body, secrets), LONGEST_ANSWER);
  const words = said === '' || said.startsWith('<') ? '' : ` ${said}`;
  const wait = retryAfterMs(answer.retryAfter, now);
  throw failure(typeOf(status), `${target.name} (${plainHost(url.hostname)}) answered HTTP ${status}${words}.`, {
    // Zero would mean that nothing was asked for.
    ...(wait === null ? {} : { retryAfterMs: Math.max(1, wait) }),
  });
}

const LONGEST_ANSWER = 120;

/** Whether telling again can help is judged by who asked. */
function typeOf(status: number): FailureType {
  if (status === 429) return 'Throttled';
  if (status === 401 || status === 403) return 'Unauthorized';
  if (status === 404 || status === 410) return 'NotFound';
  if (status === 408 || status === 425 || status >= 500 || status < 300) return 'Unavailable';
  return 'Invalid';
}
