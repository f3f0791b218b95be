import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { get, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';
import { addExampleTasks } from '../../sandbox/example-tasks.ts';
import { startTasks } from '../../sandbox/tasks.ts';
import type { TasksSandbox } from '../../sandbox/tasks.ts';
import { readSwitchyardFile } from '../../src/cli/read-file.ts';
import { askUdp, lines, query } from './ask.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const opened: Pick<Sandbox, 'close'>[] = [];

async function open(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  opened.push(sandbox);
  return sandbox;
}

async function openTasks(): Promise<TasksSandbox> {
  const tasks = await startTasks();
  opened.push(tasks);
  return tasks;
}

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL'); // no more than a formality where the test passed
  await Promise.all(opened.splice(0).map((sandbox) => sandbox.close()));
});

test('holds one record on red that the SDK, the name servers and the endpoint agree on', async () => {
  const sandbox = await open({ seed: 1 });
  const env = sandbox.env();

  const listed = await sdk(env).send(new ListResourceRecordSetsCommand({ HostedZoneId: sandbox.zoneId }));
  const answers = await Promise.all(
    (env['SWITCHYARD_NAME_SERVERS'] ?? '').split(',').map((server) => askUdp(server, query('www.example.com', 'A'))),
  );

  expect(listed.ResourceRecordSets?.map(({ Name, Type, TTL }) => [Name, Type, TTL])).toEqual([
    ['example.com.', 'NS', 172_800],
    ['example.com.', 'SOA', 900],
    ['www.example.com.', 'A', 60],
  ]);
  expect(answers.map((answer) => lines(answer.answers))).toEqual(Array(4).fill(['www.example.com 60 A 192.0.2.10']));
  expect(await fetchFromRed(env)).toBe(200);
});

test('denies with the SOA of the zone that the stand-in made', async () => {
  const sandbox = await open();
  const answer = await askUdp(sandbox.nameServers.addresses[0]!, query('nothing.example.com', 'A'));

  expect(answer.rcode).toBe('NXDOMAIN');
  expect(lines(answer.authorities)[0]).toContain('example.com 900 SOA {"mname":"ns-1.sandbox.example"');
});

test('name servers serve a change one after the other, the last when it is in sync', async () => {
  const sandbox = await open({ insyncAfterMs: Infinity });
  await sdk(sandbox.env()).send(moveTo('192.0.2.20', sandbox.zoneId));
  expect(await addresses(sandbox)).toEqual(Array(4).fill('192.0.2.10'));

  sandbox.route53.settle();
  expect(await addresses(sandbox)).toEqual(Array(4).fill('192.0.2.20'));
});

test('a lagging server serves what stood before until its lag is over, also when nobody asks it in between', async () => {
  const sandbox = await open({ insyncAfterMs: 0 });
  [50, 250, Infinity, 0].forEach((ms, index) => sandbox.nameServers.servers[index]?.lag(ms));
  await sdk(sandbox.env()).send(moveTo('192.0.2.20', sandbox.zoneId));

  while ((await addressAt(sandbox, 1)) !== '192.0.2.20') await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await addresses(sandbox)).toEqual(['192.0.2.20', '192.0.2.20', '192.0.2.10', '192.0.2.20']);

  sandbox.nameServers.servers[2]?.lag(0);
  expect(await addressAt(sandbox, 2)).toBe('192.0.2.20');
});

test('the same seed draws the same members of a weighted record', async () => {
  const draws = [await drawTwenty(await open({ seed: 42 })), await drawTwenty(await open({ seed: 42 }))];

  expect(new Set(draws[0]).size).toBe(2);
  expect(draws[1]).toEqual(draws[0]);
});

test('takes its certificates with it when it closes', async () => {
  const sandbox = await open({ zone: 'example.net' });
  const file = sandbox.env()['SWITCHYARD_CA_FILE'] ?? '';
  expect(await readFile(file, 'utf8')).toBe(sandbox.endpoints.ca);

  await sandbox.close();

  await expect(access(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the command prints nothing but variables on stdout, and ends cleanly on SIGTERM', async () => {
  const child = run('--seed', '1');
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    printed.push(line);
    if (line.includes('SWITCHYARD_CA_FILE')) break;
  }
  const env = Object.fromEntries(printed.map((line) => splitExport(line)));
  const authorities = await readFile(env['SWITCHYARD_CA_FILE']!, 'utf8');
  const inTodoist = await askTodoist(env);
  const answer = await askUdp(env['SWITCHYARD_NAME_SERVERS']!.split(',')[0]!, query('www.example.com', 'A'));
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number];

  expect(lines(answer.answers)).toEqual(['www.example.com 60 A 192.0.2.10']);
  expect(Object.keys(env)).toContain('AWS_ENDPOINT_URL_ROUTE_53');
  expect(Object.keys(env)).toEqual(expect.arrayContaining(TASK_VARIABLES));
  expect(authorities.match(/BEGIN CERTIFICATE/g)).toHaveLength(2); // the probes' and the sign-in's
  expect(inTodoist).toBe(200);
  expect(code).toBe(0);
});

test('brings accounts with what real ones hold, and a file with pairs that can be synced', async () => {
  const tasks = await openTasks();
  addExampleTasks(tasks);
  const { file } = await readSwitchyardFile(tasks.configFile, '/');

  expect(Object.keys(file.sync ?? {})).toEqual(['tasks', 'signed-in']);
  expect(tasks.todoist.tasks().filter(({ due }) => due?.is_recurring === true)).toHaveLength(1);
  expect(tasks.todoist.tasks().filter(({ parent_id }) => parent_id !== null)).toHaveLength(2);
  expect(tasks.graph.tasks().filter(({ link }) => link === null)).toHaveLength(3);
});

test('a person adds, completes and looks at tasks through the control address', async () => {
  const { control, todoist, graph } = await openTasks();
  const { id } = await told<{ id: string }>(control.url, 'todoist', { content: 'Buy bread', due: 'every monday' });
  const first = todoist.task(id).due?.date;
  await told(control.url, `todoist/${id}`, 'complete');
  const { id: milk } = await told<{ id: string }>(control.url, 'todo', { title: 'Buy milk' });
  await told(control.url, `todo/${milk}`, 'complete');

  expect(todoist.task(id).due?.date).not.toBe(first); // recurring: it moved on
  expect(todoist.log.map(({ by }) => by)).toEqual(['person', 'person']);
  expect(await (await fetch(`${control.url}/todo`)).json()).toMatchObject([{ id: milk, status: 'completed' }]);
  expect(await (await fetch(control.url)).text()).toContain('/sign-in/CODE');
  expect(graph.writes).toBe(0);
});

test('To Do accepts who was let in through the control address, until their sign-in is ended', async () => {
  const tasks = await openTasks();
  const { user_code, device_code } = await signIn(tasks, 'devicecode', {});
  await told(tasks.control.url, `sign-in/${user_code!}`, { as: 'me@example.com' });
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const { access_token } = await signIn(tasks, 'token', { grant_type, device_code: device_code! });
  const headers = { authorization: `Bearer ${access_token!}` };
  const ask = async () => (await fetch(`${tasks.graph.url}/me/todo/lists`, { headers })).status;

  expect(await ask()).toBe(200);
  await told(tasks.control.url, 'account/me@example.com', 'token-expired');
  expect(await ask()).toBe(401);
});

test.each([
  ['todo', { kind: 'throttle', seconds: 3 }, 429, '3'],
  ['todo', { kind: 'away' }, 503, null],
])('a person makes %s ill with %j, and well again', async (service, illness, status, retryAfter) => {
  const { control, graph } = await openTasks();
  await told(control.url, `faults/${service}`, illness);
  const ask = () => fetch(`${graph.url}/me/todo/lists`, { headers: { authorization: 'Bearer graph-token' } });
  const ill = await ask();

  expect([ill.status, ill.headers.get('retry-after')]).toEqual([status, retryAfter]);
  expect((await ask()).status).toBe(200); // once, unless told otherwise
  await told(control.url, `faults/${service}`, { ...illness, times: 1_000 });
  await told(control.url, `faults/${service}`, { kind: 'well' });
  expect((await ask()).status).toBe(200);
});

test.each([
  ['POST', 'faults/todo', { kind: 'throttel' }, 400],
  ['POST', 'todoist/nobody', 'complete', 400],
  ['POST', 'sign-in/NOCODE', { as: 'me@example.com' }, 400],
  ['POST', 'elsewhere', {}, 404],
  ['DELETE', 'todoist', undefined, 405],
])('the control address refuses %s /%s with %j', async (method, path, body, status) => {
  const { control } = await openTasks();
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  expect((await fetch(`${control.url}/${path}`, { method, ...sent })).status).toBe(status);
});

test.each([
  [['--help'], 0, 'stdout', 'Usage: npm run -s sandbox'],
  [
    ['--insync', 'soon', '--seed', 'x'],
    2,
    'stderr',
    '--insync: expected milliseconds such as 2000, found "soon"\n--seed:',
  ],
  [['--zone', 'nonsense'], 2, 'stderr', '--zone: expected a name such as example.com, found "nonsense"'],
  [['--frobnicate'], 2, 'stderr', "Unknown option '--frobnicate'"],
] as const)('the command answers %j with exit code %d and a sentence', async (args, expected, stream, text) => {
  const child = run(...args);
  let said = '';
  child[stream]!.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];

  expect(said).toContain(text);
  expect(code).toBe(expected);
});

const TASK_VARIABLES = [
  'SWITCHYARD_TODOIST_URL',
  'SWITCHYARD_GRAPH_URL',
  'SWITCHYARD_MICROSOFT_AUTHORITY',
  'SWITCHYARD_MICROSOFT_CLIENT_ID',
  'SWITCHYARD_SECRET_TODOIST_TOKEN',
  'SWITCHYARD_SECRET_GRAPH_TOKEN',
];

async function askTodoist(env: Record<string, string>): Promise<number> {
  const headers = { authorization: `Bearer ${env['SWITCHYARD_SECRET_TODOIST_TOKEN']!}` };
  return (await fetch(`${env['SWITCHYARD_TODOIST_URL']!}/tasks`, { headers })).status;
}

/** As a device does it, over TLS. */
async function signIn(
  { microsoft, ca }: TasksSandbox,
  operation: string,
  form: Record<string, string>,
): Promise<Record<string, string | undefined>> {
  const body = new URLSearchParams({ client_id: microsoft.clientId, scope: 'Tasks.ReadWrite', ...form }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const asked = request(`${microsoft.authority}/oauth2/v2.0/${operation}`, {
    method: 'POST',
    ca,
    headers,
    agent: false,
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of answer) text += String(part);
  return JSON.parse(text) as Record<string, string | undefined>;
}

async function told<T>(control: string, path: string, body: unknown): Promise<T> {
  const answer = await fetch(`${control}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(await answer.text());
  return (await answer.json()) as T;
}

function sdk(env: Record<string, string>): Route53Client {
  return new Route53Client({
    endpoint: env['AWS_ENDPOINT_URL_ROUTE_53']!,
    region: env['AWS_REGION']!,
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! },
  });
}

function moveTo(value: string, zoneId: string): ChangeResourceRecordSetsCommand {
  const set = { Name: 'www.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: value }] } as const;
  return new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: {
      Changes: [{ Action: 'UPSERT', ResourceRecordSet: { ...set, ResourceRecords: [{ Value: value }] } }],
    },
  });
}

async function addressAt(sandbox: Sandbox, index: number): Promise<string> {
  const [first] = (await askUdp(sandbox.nameServers.addresses[index]!, query('www.example.com', 'A'))).answers ?? [];
  return first?.type === 'A' ? first.data : 'none';
}

function addresses(sandbox: Sandbox): Promise<string[]> {
  return Promise.all(sandbox.nameServers.servers.map((_server, index) => addressAt(sandbox, index)));
}

async function drawTwenty({ route53, zoneId, nameServers }: Sandbox): Promise<string[]> {
  for (const value of ['192.0.2.10', '192.0.2.20']) {
    const weighted = { TTL: 60, Weight: 50, SetIdentifier: value, ResourceRecords: [{ Value: value }] };
    route53.put(zoneId, { Name: 'shared.example.com', Type: 'A', ...weighted });
  }
  const drawn: string[] = [];
  while (drawn.length < 20) {
    const { answers } = await askUdp(nameServers.addresses[0]!, query('shared.example.com', 'A'));
    drawn.push(...lines(answers));
  }
  return drawn;
}

/** As a probe does it: to the record's address through SWITCHYARD_CONNECT_TO, trusting SWITCHYARD_CA_FILE. */
async function fetchFromRed(env: Record<string, string>): Promise<number | undefined> {
  const entry = env['SWITCHYARD_CONNECT_TO']!.split(',').find((text) => text.startsWith('192.0.2.10:443='))!;
  const [host, port] = entry.split('=')[1]!.split(':');
  const ca = await readFile(env['SWITCHYARD_CA_FILE']!);
  const headers = { host: 'www.example.com' };
  const request = get({ host, port: Number(port), headers, servername: 'www.example.com', ca, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts', ...args], { cwd: ROOT });
  children.push(child);
  return child;
}

function splitExport(line: string): [string, string] {
  const [, name = line, value = ''] = /^export (\w+)=(.*)$/.exec(line) ?? [];
  return [name, value];
}
