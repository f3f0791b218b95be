import { startTodoist, TODOIST_TOKEN } from '../../sandbox/todoist/stand-in.ts';
import type { TodoistOptions, TodoistStandIn } from '../../sandbox/todoist/stand-in.ts';

/** A stand-in and the bare HTTP with which a client would meet it. */
export interface TodoistRig {
  readonly todoist: TodoistStandIn;
  ask(method: string, path: string, more?: Asked): Promise<Told>;
  /** `POST /sync`, as a form. */
  sync(form: Readonly<Record<string, unknown>>, token?: string): Promise<Told>;
  /** One command of the sync endpoint; returns its status. */
  command(type: string, args: Readonly<Record<string, unknown>>, uuid?: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Asked {
  readonly body?: unknown;
  readonly token?: string | null;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function startTodoistRig(options: TodoistOptions = {}): Promise<TodoistRig> {
  const todoist = await startTodoist(options);
  const send = async (path: string, init: RequestInit, token: string | null = TODOIST_TOKEN): Promise<Told> => {
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(`${todoist.url}${path}`, { ...init, headers });
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Told['body'];
    return { status: response.status, headers: response.headers, body };
  };
  const sync: TodoistRig['sync'] = (form, token) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(form)) body.set(name, typeof value === 'string' ? value : json(value));
    return send('/sync', { method: 'POST', body }, token);
  };
  return {
    todoist,
    sync,
    ask: (method, path, { body, token } = {}) => {
      const said = body === undefined ? {} : { body: json(body), headers: { 'content-type': 'application/json' } };
      return send(path, { method, ...said }, token);
    },
    command: async (type, args, uuid = 'a-uuid') => {
      const { body } = await sync({ commands: [{ type, uuid, args }] });
      return (body['sync_status'] as Readonly<Record<string, unknown>> | undefined)?.[uuid] ?? body;
    },
    close: () => todoist.close(),
  };
}

const json = (value: unknown): string => JSON.stringify(value);
