/** An incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
import type { Reply } from '../faulted-server.ts';
import type { FaultedRequest } from '../faults.ts';

export interface Slack {
  /** Whoever knows it may post. */
  readonly path: string;
  /** What the channel shows, oldest first. */
  readonly texts: readonly string[];
  readonly answer: (request: FaultedRequest) => Reply;
}

const LONGEST_TEXT = 40_000;

export function createSlack(): Slack {
  const path = '/services/T00000000/B00000000/sandboxsandboxsandbox123';
  const texts: string[] = [];
  const answer = (request: FaultedRequest): Reply => {
    if (request.path !== path) return { status: 404, body: 'no_service' };
    const text = textOf(request);
    if (text === null || text === '' || text.length > LONGEST_TEXT) return { status: 400, body: 'invalid_payload' };
    if (MENTION.test(text)) return { status: 400, body: 'mentions_everybody' }; // the real one would wake a channel
    texts.push(text);
    return { status: 200, body: 'ok' };
  };
  return { path, texts, answer };
}

const MENTION = /<[!@#]/;

function textOf({ method, headers, body }: FaultedRequest): string | null {
  if (method !== 'POST' || headers['content-type']?.startsWith('application/json') !== true) return null;
  try {
    const { text, ...rest } = JSON.parse(body) as { readonly text?: unknown };
    return typeof text === 'string' && Object.keys(rest).length === 0 ? text : null;
  } catch {
    return null;
  }
}
