import { startGraph } from '../../sandbox/graph/stand-in.ts';
import type { GraphOptions, GraphStandIn } from '../../sandbox/graph/stand-in.ts';

export type Body = Record<string, unknown>;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** `{}` where there is none. */
  readonly body: Body;
  /** The error's code; undefined where it is none. */
  readonly code: string | undefined;
}

export interface Asking {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** A stand-in, and plain requests to it: paths begin after the root. */
export interface Rig {
  readonly graph: GraphStandIn;
  /** The path of the default list's tasks, for the owner of the token. */
  readonly tasks: string;
  ask(method: string, path: string, asking?: Asking): Promise<Answered>;
  /** Creates a task through the API; returns its entity. */
  task(body?: Body): Promise<Body>;
  /** The steps' answers by id. */
  batch(requests: readonly Body[]): Promise<ReadonlyMap<string, Body>>;
}

export async function startRig(options: GraphOptions = {}): Promise<Rig> {
  const graph = await startGraph(options);
  const ask: Rig['ask'] = (method, path, asking) => request(graph.url + path, { method, ...asking });
  const tasks = `/me/todo/lists/${encodeURIComponent(graph.lists()[0]!.id)}/tasks`;
  return {
    graph,
    tasks,
    ask,
    task: async (body = {}) => (await ask('POST', tasks, { body: { title: 'Milk', ...body } })).body,
    batch: async (requests) => {
      const { body } = await ask('POST', '/$batch', { body: { requests } });
      return new Map((body['responses'] as Body[]).map((each) => [String(each['id']), each]));
    },
  };
}

export async function request(url: string, asking: Asking & { readonly method: string }): Promise<Answered> {
  const { method, body, headers, token = 'graph-token' } = asking;
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const answered = (text === '' ? {} : JSON.parse(text)) as Body;
  const { code } = (answered['error'] ?? {}) as { code?: string };
  return { status: response.status, headers: response.headers, body: answered, code };
}

export const members = ({ body }: { readonly body: Body }): Body[] => (body['value'] ?? []) as Body[];

/** The path of a task below its list's tasks. */
export const idIn = (entity: Body): string => encodeURIComponent(String(entity['id']));

/** A step of a chain: each depends on the one before it. */
export function chained(requests: readonly Body[]): Body[] {
  return requests.map((each, at) => ({
    id: String(at + 1),
    headers: { 'Content-Type': 'application/json' },
    ...(at > 0 && { dependsOn: [String(at)] }),
    ...each,
  }));
}
