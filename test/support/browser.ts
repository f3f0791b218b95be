/** A headless Chromium, spoken to over pipes: https://chromedevtools.github.io/devtools-protocol/ */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Json = Readonly<Record<string, unknown>>;

export interface Browser {
  /** A new page, with every protocol event that its commands switch on. */
  open(): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  readonly events: readonly { readonly method: string; readonly params: Json }[];
  send(method: string, params?: Json): Promise<Json>;
  /** What an expression is, in the page. */
  evaluate<T>(expression: string): Promise<T>;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Json;
  readonly result?: Json;
  readonly error?: { readonly message: string };
}

export async function startBrowser(program = 'chromium'): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'switchyard-browser-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--no-first-run',
  ];
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const [to, from] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, (answer: Message) => void>();
  const listeners = new Map<string, (event: Message) => void>();
  let unread = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const messages = (unread + text).split('\0');
    unread = messages.pop() ?? '';
    for (const message of messages.map((one) => JSON.parse(one) as Message)) {
      if (message.id === undefined) listeners.get(message.sessionId ?? '')?.(message);
      else waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  const send = async (method: string, params: Json = {}, sessionId?: string): Promise<Json> => {
    const id = (last += 1);
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result = {}, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const open = async (): Promise<Page> => {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
    const events: { method: string; params: Json }[] = [];
    listeners.set(sessionId, ({ method = '', params = {} }) => void events.push({ method, params }));
    const ask: Page['send'] = (method, params) => send(method, params, sessionId);
    const evaluate = async <T>(expression: string): Promise<T> => {
      const asked = await ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (asked['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(asked['exceptionDetails']));
      return (asked['result'] as { readonly value: T }).value;
    };
    return { events, send: ask, evaluate };
  };
  const close = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { open, close };
}
