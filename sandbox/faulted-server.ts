/**
 * An HTTP server on loopback that obeys a fault plan: what every HTTP stand-in shares.
 *
 * The effect of a request is whatever `process` does; this file decides whether, when and how often the client hears of it.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Identity } from './endpoints/certificate-authority.ts';
import type { Fault, FaultedRequest, FaultPlan } from './faults.ts';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Protocol {
  readonly faults: FaultPlan;
  /** Speaks TLS with this certificate, which must name `localhost`; plain HTTP without it. */
  readonly tls?: Identity;
  /** The operation that this request asks for; any name will do for an unknown one. */
  operationOf(method: string, path: string, body: string): string;
  /** Does what is asked, and answers; errors of the protocol are replies too. */
  process(request: FaultedRequest): Reply | Promise<Reply>;
  /** How this service words an error. */
  refusal(error: { readonly status: number; readonly code: string; readonly message: string }): Reply;
}

export interface FaultedServer {
  /** `http://127.0.0.1:PORT` or `https://localhost:PORT`, without a final slash. */
  readonly url: string;
  /** Resets every connection, those that hang included; the server goes on. */
  dropConnections(): void;
  /** Stops at once: hanging requests are reset, effects that were still to land late are dropped. */
  close(): Promise<void>;
}

/** Starts a server on a free loopback port, or on `port`. */
export async function startFaultedServer(protocol: Protocol, port = 0): Promise<FaultedServer> {
  const closing = new AbortController();
  const listener: RequestListener = (request, response) => {
    serve({ protocol, response, closing: closing.signal }, request).catch((cause: unknown) => crash(response, cause));
  };
  const { tls } = protocol;
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `${tls === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${(server.address() as AddressInfo).port}`,
    dropConnections: () => server.closeAllConnections(),
    close: () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

interface Exchange {
  readonly protocol: Protocol;
  readonly response: ServerResponse;
  readonly closing: AbortSignal;
}

async function serve(exchange: Exchange, message: IncomingMessage): Promise<void> {
  const body = await readBody(message);
  if (body === undefined) return;
  const { method = 'GET', url: path = '/', headers } = message;
  const operation = exchange.protocol.operationOf(method, path, body);
  const request = { operation, method, path, headers, body };
  const outcome = await strike(exchange, request, exchange.protocol.faults.next(operation, request));
  if (outcome === 'reset') reset(exchange.response.socket);
  else if (outcome !== 'silence') send(exchange.response, outcome);
}

/** What lies below TLS cannot be reached from here: there the connection only ends, in the middle of an exchange, which clients report alike. */
function reset(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

/** One case for each kind: the whole meaning of the language. */
async function strike(
  { protocol, closing }: Exchange,
  request: FaultedRequest,
  fault: Fault | undefined,
): Promise<Reply | 'reset' | 'silence'> {
  switch (fault?.kind) {
    case undefined:
      return protocol.process(request);
    case 'meanwhile':
      await fault.run();
      return protocol.process(request);
    case 'slow':
      return (await waited(fault.ms, closing)) ? protocol.process(request) : 'silence';
    case 'refuse':
      return refused(protocol, fault);
    case 'apply-then-error':
      await protocol.process(request);
      return internalError(protocol, fault);
    case 'apply-then-reset':
      await protocol.process(request);
      return 'reset';
    case 'apply-then-hang':
      await protocol.process(request);
      return 'silence';
    case 'apply-late':
      protocol.faults.landing(late({ protocol, closing }, request, fault.afterMs));
      return 'silence';
    case 'reset':
      return 'reset';
    case 'hang':
      return 'silence';
    case 'garble':
      return { status: fault.status ?? 200, body: fault.body };
  }
}

async function late({ protocol, closing }: Omit<Exchange, 'response'>, request: FaultedRequest, ms: number) {
  if (await waited(ms, closing)) await protocol.process(request);
}

function refused(protocol: Protocol, fault: Extract<Fault, { kind: 'refuse' }>): Reply {
  const reply = protocol.refusal({ status: fault.status, code: fault.code, message: fault.message ?? fault.code });
  return withPause(reply, fault);
}

function internalError(protocol: Protocol, fault: Extract<Fault, { kind: 'apply-then-error' }>): Reply {
  const reply = protocol.refusal({
    status: fault.status ?? 500,
    code: 'InternalFailure',
    message: 'The request processing has failed because of an unknown error, exception or failure.',
  });
  return withPause(reply, fault);
}

function withPause(reply: Reply, { retryAfterSeconds }: { readonly retryAfterSeconds?: number }): Reply {
  if (retryAfterSeconds === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterSeconds) } };
}

/** False when the server was closed meanwhile: then nothing may happen any more. */
async function waited(ms: number, closing: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal: closing, ref: false }).catch(() => false);
}

/** Undefined when the client went away before it had said everything: such a request never reached the service. */
async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
}

/** A mistake in a stand-in must not look like a fault of the service: say so in words no test can take for its own. */
function crash(response: ServerResponse, cause: unknown): void {
  const story = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  send(response, { status: 599, body: `The stand-in itself failed: ${story}` });
}
