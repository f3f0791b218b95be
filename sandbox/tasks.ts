import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAll } from './close-all.ts';
import type { Control } from './control-server.ts';
import { createAuthority } from './endpoints/certificate-authority.ts';
import { startGraph, type GraphOptions, type GraphStandIn } from './graph/stand-in.ts';
import { startMicrosoft, type IssuedToken, type MicrosoftStandIn } from './microsoft/stand-in.ts';
import { startTasksControl } from './tasks-control.ts';
import { startTodoist, TODOIST_TOKEN, type TodoistOptions, type TodoistStandIn } from './todoist/stand-in.ts';

export interface TasksOptions {
  readonly todoist?: TodoistOptions;
  readonly graph?: GraphOptions;
}

/** The services of a sync: Todoist, Microsoft To Do, and where one signs in to it. */
export interface TasksSandbox {
  readonly todoist: TodoistStandIn;
  readonly graph: GraphStandIn;
  readonly microsoft: MicrosoftStandIn;
  readonly control: Control;
  /** A `switchyard.yaml` with the pair `tasks`, which has a ready token, and `signed-in`, which wants a login. */
  readonly configFile: string;
  /** The environment in which worker and client work against these; of SWITCHYARD_CA_FILE only what `ca` adds to it. */
  env(): Record<string, string>;
  /** PEM: whoever trusts it trusts the sign-in. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Starts all three on loopback, without a task in them. */
export async function startTasks(options: TasksOptions = {}): Promise<TasksSandbox> {
  const undo: (() => Promise<void>)[] = [];
  const close = (): Promise<void> => closeAll(undo);
  try {
    return { ...(await startParts(options, undo)), close };
  } catch (cause) {
    await close(); // half of it would keep the process alive
    throw cause;
  }
}

async function startParts(options: TasksOptions, undo: (() => Promise<void>)[]): Promise<Omit<TasksSandbox, 'close'>> {
  const todoist = await startTodoist(options.todoist);
  undo.push(() => todoist.close());
  const graph = await startGraph(options.graph);
  undo.push(() => graph.close());
  const microsoft = await startMicrosoft({
    ca: createAuthority('Switchyard sandbox sign-in CA'), // another name than that of the endpoints' authority: they share a file
    onToken: (issued) => accept(graph, issued),
    onTokenEnd: (token) => graph.revoke(token),
  });
  undo.push(() => microsoft.close());
  const control = await startTasksControl({ todoist, graph, microsoft });
  undo.push(() => control.close());
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-sandbox-tasks-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, 'switchyard.yaml');
  await writeFile(configFile, PAIRS);
  const env = () => environment({ todoist, graph, microsoft, folder });
  return { todoist, graph, microsoft, control, configFile, env, ca: microsoft.ca };
}

function accept(graph: GraphStandIn, { token, account, access, expiresAt }: IssuedToken): void {
  graph.accept(token, { access, expiresAt, ...(account === null ? {} : { user: account.upn }) });
}

const PAIRS = `version: 1
sync:
  tasks:
    from: { secret: todoist-token }
    to: { secret: graph-token }
  signed-in: # after ./switchyard login signed-in
    from: { secret: todoist-token }
    to: { account: me@example.com }
`;

/** What Graph accepts from the start. */
const GRAPH_TOKEN = 'graph-token';

interface Parts {
  readonly todoist: TodoistStandIn;
  readonly graph: GraphStandIn;
  readonly microsoft: MicrosoftStandIn;
  readonly folder: string;
}

/** The folder of sign-ins too: a sign-in here must not take the place of a real one. */
function environment({ todoist, graph, microsoft, folder }: Parts): Record<string, string> {
  return {
    SWITCHYARD_TODOIST_URL: todoist.url,
    SWITCHYARD_GRAPH_URL: graph.url,
    ...microsoft.env(),
    SWITCHYARD_SECRET_TODOIST_TOKEN: TODOIST_TOKEN,
    SWITCHYARD_SECRET_GRAPH_TOKEN: GRAPH_TOKEN,
    SWITCHYARD_TOKEN_DIR: join(folder, 'tokens'),
  };
}
