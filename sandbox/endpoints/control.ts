import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { pathOf, readJson, startControlServer, type Control, type Outcome } from '../control-server.ts';
import type { NameServer } from '../dns/name-servers.ts';
import type { Endpoint } from './endpoint.ts';

export interface Controlled {
  readonly endpoints: readonly Endpoint[];
  readonly nameServers: readonly NameServer[];
}

/** Starts the HTTP server by which a person makes endpoints and name servers ill, and well again. */
export function startControl(controlled: Controlled): Promise<Control> {
  return startControlServer((request) => handle(controlled, request));
}

const milliseconds = z.number().min(0).max(3_600_000);
const printable = z.string().regex(/^[\x20-\x7e]+$/, 'expected printable ASCII');

const behaviour = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('well'), body: z.string().optional(), json: z.unknown().optional() }),
  z.strictObject({ kind: z.literal('status'), status: z.int().min(200).max(599) }),
  z.strictObject({ kind: z.literal('slow'), ms: milliseconds }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('refuse') }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('wrong-certificate') }),
  z.strictObject({ kind: z.literal('wrong-body'), body: z.string() }),
  z.strictObject({ kind: z.literal('redirect'), to: printable }),
  z.strictObject({ kind: z.literal('huge') }),
  z.strictObject({ kind: z.literal('lossy'), rate: z.number().min(0).max(1) }),
]);

const nameServerChange = z.strictObject({
  lagMs: milliseconds.optional(),
  silent: z.boolean().optional(),
  lie: z.strictObject({ name: z.string(), type: z.string(), values: z.array(z.string()) }).nullish(),
});

async function handle(controlled: Controlled, request: IncomingMessage): Promise<Outcome> {
  const [collection, which] = pathOf(request);
  if (request.method === 'GET' && collection === '') return { status: 200, body: help(controlled) };
  if (request.method === 'GET' && collection === 'endpoints') return { status: 200, body: describe(controlled) };
  if (request.method !== 'POST')
    return { status: 405, body: `expected GET / or a POST, found ${request.method ?? ''}\n` };
  if (collection === 'endpoints') return changeEndpoint(controlled, which, await readJson(request));
  if (collection === 'nameservers') return changeNameServer(controlled, which, await readJson(request));
  return { status: 404, body: `/${collection ?? ''} is not here: see GET /\n` };
}

async function changeEndpoint({ endpoints }: Controlled, address = '', body: unknown): Promise<Outcome> {
  const endpoint = endpoints.find((candidate) => candidate.address === address);
  if (endpoint === undefined)
    return unknown(
      'endpoint',
      address,
      endpoints.map((known) => known.address),
    );
  await endpoint.behave(behaviour.parse(body));
  return { status: 200, body: describeEndpoint(endpoint) };
}

function changeNameServer({ nameServers }: Controlled, index = '', body: unknown): Outcome {
  const server = /^\d+$/.test(index) ? nameServers[Number(index)] : undefined;
  if (server === undefined) return unknown('name server', index, [...nameServers.keys()].map(String));
  const change = nameServerChange.parse(body);
  if (change.lagMs !== undefined) server.lag(change.lagMs);
  if (change.silent === true) server.silence();
  if (change.silent === false) server.speak();
  if (change.lie === null) server.honest();
  else if (change.lie !== undefined) server.lie(change.lie);
  return { status: 200, body: { address: server.address, ...change } };
}

function unknown(what: string, found: string, known: readonly string[]): Outcome {
  return { status: 404, body: `no ${what} ${JSON.stringify(found)}: there are ${known.join(', ')}\n` };
}

function describe({ endpoints }: Controlled): unknown {
  return endpoints.map((endpoint) => describeEndpoint(endpoint));
}

function describeEndpoint({ address, httpPort, httpsPort, behaviour: now, served }: Endpoint): unknown {
  return { address, httpPort, httpsPort, behaviour: now, served };
}

function help({ endpoints, nameServers }: Controlled): string {
  return `Switchyard sandbox: make things ill and watch what happens.

endpoints     ${endpoints.map((endpoint) => endpoint.address).join(', ')}
name servers  ${nameServers.map((server, index) => `${index} (${server.address})`).join(', ')}

GET  /endpoints              what each one does now and what it has served
POST /endpoints/ADDRESS      {"kind":"well"}  {"kind":"well","body":"ok"}  {"kind":"well","json":{"ok":true}}
                             {"kind":"status","status":503}  {"kind":"slow","ms":2000}  {"kind":"hang"}
                             {"kind":"refuse"}  {"kind":"reset"}  {"kind":"wrong-certificate"}
                             {"kind":"wrong-body","body":"no"}  {"kind":"redirect","to":"https://example.org/"}
                             {"kind":"huge"}  {"kind":"lossy","rate":0.05}
POST /nameservers/NUMBER     {"lagMs":5000}  {"silent":true}
                             {"lie":{"name":"www.example.com","type":"A","values":["198.51.100.7"]}}  {"lie":null}
`;
}
