import type { IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { pathOf, readJson, startControlServer, type Control, type Outcome } from './control-server.ts';
import type { Fault } from './faults.ts';
import type { GraphStandIn } from './graph/stand-in.ts';
import type { MicrosoftStandIn } from './microsoft/stand-in.ts';
import type { TodoistStandIn } from './todoist/stand-in.ts';

export interface TaskServices {
  readonly todoist: TodoistStandIn;
  readonly graph: GraphStandIn;
  readonly microsoft: MicrosoftStandIn;
}

/** Starts the HTTP server by which a person uses both applications, signs in, and makes the services ill. */
export function startTasksControl(services: TaskServices): Promise<Control> {
  return startControlServer((request) => handle(services, request));
}

async function handle(services: TaskServices, request: IncomingMessage): Promise<Outcome> {
  const [collection = '', which = ''] = pathOf(request);
  if (request.method === 'GET') return look(services, collection);
  if (request.method !== 'POST')
    return { status: 405, body: `expected a GET or a POST, found ${request.method ?? ''}\n` };
  const change = CHANGES[collection];
  if (change === undefined) return { status: 404, body: `/${collection} is not here: see GET /\n` };
  return { status: 200, body: change(services, which, await readJson(request)) };
}

function look({ todoist, graph }: TaskServices, collection: string): Outcome {
  switch (collection) {
    case '':
      return { status: 200, body: HELP };
    case 'todoist':
      return {
        status: 200,
        body: todoist.tasks().map(({ id, content, due, checked, is_deleted }) => ({
          id,
          content,
          due: due?.date ?? null,
          checked,
          is_deleted,
        })),
      };
    case 'todo':
      return { status: 200, body: graph.tasks().map(({ id, title, status, due }) => ({ id, title, status, due })) };
    default:
      return { status: 404, body: `/${collection} is not here: see GET /\n` };
  }
}

type Change = (services: TaskServices, which: string, body: unknown) => unknown;

const CHANGES: Readonly<Record<string, Change | undefined>> = {
  todoist: changeTodoist,
  todo: changeTodo,
  'sign-in': decide,
  account: changeAccount,
  faults: makeIll,
};

const content = z.string().min(1);
const due = z.string().nullable();
const inTodoist = z.union([
  z.strictObject({ content, due: due.exactOptional() }),
  z.strictObject({ due }),
  z.enum(['complete', 'reopen', 'remove']),
]);

function changeTodoist({ todoist: { person } }: TaskServices, id: string, body: unknown): unknown {
  if (id === '') return { id: person.add(z.strictObject({ content, due: due.exactOptional() }).parse(body)) };
  const wish = inTodoist.parse(body);
  if (typeof wish === 'string') person[wish](id);
  else person.edit(id, wish);
  return { id, done: wish };
}

const inTodo = z.union([z.strictObject({ title: content }), z.enum(['complete', 'reopen', 'remove'])]);

function changeTodo({ graph: { person } }: TaskServices, id: string, body: unknown): unknown {
  if (id === '') return { id: person.add(z.strictObject({ title: content }).parse(body)) };
  const wish = inTodo.parse(body);
  if (typeof wish === 'string') person[wish](id);
  else person.edit(id, wish);
  return { id, done: wish };
}

const decision = z.union([z.strictObject({ as: z.email() }), z.literal('decline')]);

/** The same person has the same id, however often they sign in. */
const oids = new Map<string, string>();

function decide({ microsoft }: TaskServices, code: string, body: unknown): unknown {
  const wish = decision.parse(body);
  if (wish === 'decline') microsoft.decline(code);
  else {
    const oid = oids.get(wish.as) ?? randomUUID();
    oids.set(wish.as, oid);
    microsoft.approve(code, { upn: wish.as, oid });
  }
  return { code, done: wish };
}

const ending = z.enum(['signed-out', 'password-changed', 'token-expired']);

function changeAccount({ microsoft }: TaskServices, upn: string, body: unknown): unknown {
  const wish = ending.parse(body);
  if (wish === 'token-expired') microsoft.expireAccessTokens();
  else microsoft.revoke(upn, wish);
  return { account: upn, done: wish };
}

const times = z.int().min(1).max(1_000_000).default(1);
const illness = z.union([
  z.strictObject({ kind: z.literal('throttle'), seconds: z.int().min(0).max(3_600), times }),
  z.strictObject({ kind: z.literal('away'), times }),
  z.strictObject({ kind: z.literal('lose-answers'), times }),
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(0).max(600_000), times }),
  z.strictObject({ kind: z.literal('well') }),
]);

function makeIll(services: TaskServices, which: string, body: unknown): unknown {
  const service = z.enum(['todoist', 'todo', 'sign-in']).parse(which);
  const wish = illness.parse(body);
  const { faults } = { todoist: services.todoist, todo: services.graph, 'sign-in': services.microsoft }[service];
  if (wish.kind === 'well') faults.clear();
  else faults.add({ operation: '*', fault: faultOf(wish), times: wish.times });
  return { service, ...wish };
}

function faultOf(wish: Exclude<z.infer<typeof illness>, { kind: 'well' }>): Fault {
  switch (wish.kind) {
    case 'throttle':
      return { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: wish.seconds };
    case 'away':
      return { kind: 'refuse', status: 503, code: 'ServiceUnavailable' };
    case 'lose-answers':
      return { kind: 'apply-then-reset' };
    case 'slow':
      return wish;
  }
}

const HELP = `Switchyard sandbox: be the person whose tasks these are, and make the services ill.

GET  /todoist                what is in Todoist
POST /todoist                {"content":"Buy bread","due":"tomorrow"}              adds a task
POST /todoist/ID             "complete"  "reopen"  "remove"  {"content":"..."}  {"due":"every monday"}  {"due":null}
GET  /todo                   what is in To Do
POST /todo                   {"title":"Buy bread"}                                 adds a task that is nobody's copy
POST /todo/ID                "complete"  "reopen"  "remove"  {"title":"..."}
POST /sign-in/CODE           {"as":"me@example.com"}  "decline"                    what ./switchyard login waits for
POST /account/ADDRESS        "signed-out"  "password-changed"  "token-expired"     ends sign-ins before their time
POST /faults/SERVICE         {"kind":"throttle","seconds":5,"times":3}             SERVICE: todoist, todo or sign-in
                             {"kind":"away","times":1000}      every request is answered with 503
                             {"kind":"lose-answers","times":2} obeyed, and nobody is told
                             {"kind":"slow","ms":2000,"times":10}  {"kind":"well"}
`;
