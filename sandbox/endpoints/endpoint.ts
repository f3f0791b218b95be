import { constants } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { answer } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import type { Identity } from './certificate-authority.ts';
import { openFront } from './front.ts';
import type { Front } from './front.ts';

/** A web server that stands for one address of red or black. */
export interface Endpoint {
  /** The documentation address that it stands for, as in records: `192.0.2.10`. */
  readonly address: string;
  /** On 127.0.0.1. */
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Requests for its hosts that got an answer, well or ill. */
  readonly served: Served;
  /** How it answers now. */
  readonly behaviour: Behaviour;
  /** Resolves when the behaviour is in force for the next connection. */
  behave(behaviour: Behaviour): Promise<void>;
}

export interface Served {
  readonly total: number;
  readonly byHost: Readonly<Record<string, number>>;
}

export interface EndpointSetup {
  readonly address: string;
  /** Names that it answers for; `*.example.com` stands for one label. */
  readonly hosts: readonly string[];
  /** Certificate for `hosts`. */
  readonly own: Identity;
  /** Certificate for a name that nobody asks for: for unknown or no SNI, and for `wrong-certificate`. */
  readonly stranger: Identity;
}

export async function startEndpoint(setup: EndpointSetup): Promise<Endpoint & { close(): Promise<void> }> {
  const state: State = { behaviour: { kind: 'well' }, total: 0, byHost: {} };
  const respond: RequestListener = (request, response) => {
    response.shouldKeepAlive = false; // what it does next must concern the next request, not the next connection
    const host = hostOf(request);
    if (!setup.hosts.some((pattern) => matches(host, pattern))) {
      response.writeHead(421).end(`${setup.address} does not serve ${host}\n`);
      return;
    }
    const illness = { behaviour: state.behaviour, greeting: `well, from ${setup.address}\n` };
    void answer(response, illness).then((answered) => answered && count(state, host));
  };
  const http = await openFront(connectionsTo(createHttpServer(respond), state));
  const https = await openFront(connectionsTo(createTlsServer(setup, state, respond), state));
  return describeEndpoint(setup.address, state, [http, https]);
}

interface State {
  behaviour: Behaviour;
  total: number;
  byHost: Record<string, number>;
}

function describeEndpoint(address: string, state: State, [http, https]: readonly [Front, Front]) {
  let applied = Promise.resolve();
  return {
    address,
    httpPort: http.port,
    httpsPort: https.port,
    get served() {
      return { total: state.total, byHost: { ...state.byHost } };
    },
    get behaviour() {
      return state.behaviour;
    },
    behave: (behaviour: Behaviour) => {
      state.behaviour = behaviour;
      const apply = () => openOrShut([http, https], behaviour);
      return (applied = applied.then(apply, apply)); // one after the other: opening and shutting a port take time
    },
    close: async () => void (await Promise.all([http.shut(), https.shut()])),
  };
}

async function openOrShut(fronts: readonly Front[], { kind }: Behaviour): Promise<void> {
  await Promise.all(fronts.map((front) => (kind === 'refuse' ? front.shut() : front.open())));
}

function connectionsTo(server: HttpServer | HttpsServer, state: State): Parameters<typeof openFront>[0] {
  server.on('tlsClientError', () => undefined); // a client that turns down the certificate is not our failure
  return (socket) => {
    if (state.behaviour.kind === 'reset') socket.resetAndDestroy();
    else server.emit('connection', socket);
  };
}

function createTlsServer(setup: EndpointSetup, state: State, respond: RequestListener): HttpsServer {
  const own = createSecureContext(setup.own);
  const stranger = createSecureContext(setup.stranger);
  const choose = (name: string): SecureContext => {
    const known = setup.hosts.some((pattern) => matches(name.toLowerCase(), pattern));
    return known && state.behaviour.kind !== 'wrong-certificate' ? own : stranger;
  };
  return createHttpsServer(
    {
      ...setup.stranger,
      SNICallback: (name, done) => done(null, choose(name)),
      // A resumed session shows no certificate: without tickets every connection has to look at it.
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    respond,
  );
}

/** The host that was asked for, without port and final dot. */
function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

function matches(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

function count(state: State, host: string): void {
  state.total += 1;
  state.byHost[host] = (state.byHost[host] ?? 0) + 1;
}
