/** What stands between a request and the account: who may come in, what is asked, how fast, and the form of every answer. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Protocol, Reply } from '../faulted-server.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import type { Call } from './call.ts';
import { createCounter } from './limits.ts';
import type { CountCall, TodoistLimits } from './limits.ts';
import type { Memory } from './memory.ts';
import { errorBody, forbidden, invalidArgument, invalidToken, Refusal } from './refusal.ts';
import type { Task } from './resources.ts';
import { routeOf } from './routes.ts';
import { recordOf } from './task-fields.ts';
import type { Arguments } from './task-fields.ts';
import type { World } from './world.ts';

export interface Settings {
  /** Before every answer. */
  latencyMs: number;
  /** How long a change stays invisible to reads. */
  lagMs: number;
  limits: TodoistLimits;
}

export interface FrontDoor {
  readonly world: World;
  readonly memory: Memory;
  readonly settings: Settings;
  /** Token to user id; `forbidden` ones are known and may do nothing. */
  readonly tokens: Map<string, { readonly userId: string; readonly forbidden: boolean }>;
  /** Fields that are served in place of a task's own. */
  readonly broken: Map<string, Readonly<Record<string, unknown>>>;
  readonly count: CountCall;
}

export function createFrontDoor(parts: Pick<FrontDoor, 'world' | 'memory' | 'settings'>): FrontDoor {
  return { ...parts, tokens: new Map(), broken: new Map(), count: createCounter(parts.world.now) };
}

export function protocolOf(door: FrontDoor, faults: FaultPlan): Protocol {
  return {
    faults,
    operationOf,
    process: (request) => admit(door, request),
    refusal: ({ status, code, message }) => errorReply(new Refusal({ status, code: 0, tag: code }, message)),
  };
}

/** A sync that carries commands is a write, whatever else it asks for. */
function operationOf(method: string, path: string, body: string): string {
  const name = routeOf(method, path)?.name ?? 'Unknown';
  if (name !== 'sync') return name;
  return /(^|[&"])commands["=]/.test(body) ? 'sync write' : 'sync read';
}

/** https://developer.todoist.com/api/v1/#tag/Request-limits */
const MOST_BYTES = 1_048_576;

async function admit(door: FrontDoor, request: FaultedRequest): Promise<Reply> {
  if (door.settings.latencyMs > 0) await delay(door.settings.latencyMs, undefined, { ref: false });
  try {
    return answer(door, request);
  } catch (cause) {
    if (cause instanceof Refusal) return errorReply(cause);
    throw cause;
  }
}

function answer(door: FrontDoor, request: FaultedRequest): Reply {
  const userId = userOf(door, request);
  if (Buffer.byteLength(request.body) > MOST_BYTES) throw tooLarge();
  const route = routeOf(request.method, request.path);
  if (route === undefined) throw new Refusal({ status: 404, code: 0, tag: 'NOT_FOUND' }, 'Not found');
  if (route.name !== 'sync') door.count(userId, 'requests', door.settings.limits);
  const body = route.run(callOf(door, request, { userId, id: route.id }));
  return body === undefined ? { status: 204, body: '' } : json(200, body);
}

const tooLarge = () => new Refusal({ status: 413, code: 0, tag: 'REQUEST_TOO_LARGE' }, 'Request body is too large');

function userOf({ tokens }: FrontDoor, { headers }: FaultedRequest): string {
  const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  const known = tokens.get(token);
  if (known === undefined) throw invalidToken();
  if (known.forbidden) throw forbidden();
  return known.userId;
}

function callOf(door: FrontDoor, request: FaultedRequest, { userId, id }: { userId: string; id: string }): Call {
  const { world, memory, settings, broken } = door;
  return {
    world,
    memory,
    id,
    actor: { by: 'api', userId },
    limits: settings.limits,
    visible: () => (settings.lagMs === 0 ? world.seq : world.seqAt(world.now() - settings.lagMs)),
    query: new URLSearchParams(request.path.split('?')[1] ?? ''),
    args: argumentsOf(request),
    count: (kind) => door.count(userId, kind, settings.limits),
    served: (task: Task) => ({ ...task, ...broken.get(task.id) }),
  };
}

function argumentsOf({ headers, body }: FaultedRequest): Arguments {
  if (body === '') return {};
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  try {
    return recordOf(JSON.parse(body));
  } catch {
    throw invalidArgument('body', 'is not JSON');
  }
}

function errorReply(refusal: Refusal): Reply {
  const reply = json(refusal.status, errorBody(refusal));
  const after = refusal.extra['retry_after'];
  return typeof after === 'number' ? { ...reply, headers: { ...reply.headers, 'retry-after': String(after) } } : reply;
}

function json(status: number, body: Readonly<Record<string, unknown>>): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
