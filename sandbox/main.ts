import { appendFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { closeAll } from './close-all.ts';
import { addExampleTasks } from './example-tasks.ts';
import { startSandbox } from './sandbox.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { startTasks } from './tasks.ts';
import type { TasksSandbox } from './tasks.ts';

const HELP = `Usage: npm run -s sandbox -- [--zone NAME] [--insync MS] [--seed NUMBER]

Starts strict stand-ins: for Route 53 with four authoritative name servers and two web servers (red and black),
for Todoist and Microsoft To Do with some tasks in them, and for signing in at Microsoft; all on loopback. Stays until
Ctrl-C. Nothing of it reaches AWS, Todoist or Microsoft.

  --zone NAME     the zone to hold; default example.com, with www.example.com on red (192.0.2.10)
  --insync MS     milliseconds until a change is INSYNC and served; default 2000
  --seed NUMBER   the same weighted draws every time
  --help          this text

On stdout go the variables with which worker and client work against it, ready for a shell, and all at once. Wait for
them: without them worker and client would take your own credentials, and the real services.

  rm -f sandbox.env
  npm run -s sandbox > sandbox.env &
  until [ -s sandbox.env ]; do sleep 1; done
  . ./sandbox.env && ./switchyard up
`;

const ZONE_NAME = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/;
const WHOLE = /^\d{1,9}$/;
const EXIT = { done: 0, failed: 1, badUsage: 2 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  if (asked.kind === 'wrong') {
    say(`${asked.problems.join('\n')}\nSee npm run -s sandbox -- --help`);
    return EXIT.badUsage;
  }
  return run(asked.options);
}

async function run(options: SandboxOptions): Promise<number> {
  const undo: (() => Promise<void>)[] = [];
  try {
    const [sandbox, tasks] = await startBoth(options, undo);
    const stopped = untilStopped(); // before the first line goes out: who reads it may stop us at once
    process.stdout.write(exportLines({ ...tasks.env(), ...sandbox.env() }));
    say(explain(sandbox));
    say(explainTasks(tasks));
    say(`${await stopped}: closing the sandbox; its records, its tasks and its certificates go with it.`);
    return EXIT.done;
  } catch (cause) {
    say(`The sandbox failed: ${cause instanceof Error ? cause.message : String(cause)}`);
    return EXIT.failed;
  } finally {
    await closeAll(undo);
  }
}

/** One file holds the authorities of both. */
async function startBoth(
  options: SandboxOptions,
  undo: (() => Promise<void>)[],
): Promise<readonly [Sandbox, TasksSandbox]> {
  const tasks = await startTasks();
  undo.push(() => tasks.close());
  addExampleTasks(tasks);
  const sandbox = await startSandbox(options);
  undo.push(() => sandbox.close());
  await appendFile(sandbox.env()['SWITCHYARD_CA_FILE'] ?? '', tasks.ca);
  return [sandbox, tasks];
}

type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
  | { readonly kind: 'run'; readonly options: SandboxOptions };

function readArguments(args: readonly string[]): Asked {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        zone: { type: 'string', default: 'example.com' },
        insync: { type: 'string', default: '2000' },
        seed: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values.help ? { kind: 'help' } : checkValues(values);
  } catch (cause) {
    return { kind: 'wrong', problems: [cause instanceof Error ? cause.message : String(cause)] };
  }
}

function checkValues({ zone, insync, seed }: { zone: string; insync: string; seed?: string | undefined }): Asked {
  const problems = [
    ...(ZONE_NAME.test(zone) ? [] : [`--zone: expected a name such as example.com, found ${JSON.stringify(zone)}`]),
    ...(WHOLE.test(insync) ? [] : [`--insync: expected milliseconds such as 2000, found ${JSON.stringify(insync)}`]),
    ...(seed === undefined || WHOLE.test(seed) ? [] : [`--seed: expected a number, found ${JSON.stringify(seed)}`]),
  ];
  if (problems.length > 0) return { kind: 'wrong', problems };
  const drawn = seed === undefined ? {} : { seed: Number(seed) };
  return { kind: 'run', options: { zone, insyncAfterMs: Number(insync), ...drawn } };
}

function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}

function exportLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}

/** Quoted only where a shell would read it otherwise: `[2001:db8::1]` is a pattern to it. */
function quoted(value: string): string {
  return /^[\w.,:/=-]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

function explain({ record, zone, zoneId, route53, nameServers, red, black, control }: Sandbox): string {
  const [firstServer = ''] = nameServers.addresses;
  const [host = '', port = ''] = firstServer.split(':');
  return [
    '',
    `The sandbox is up. ${record} A ${red.address} (red) stands in zone ${zone} (${zoneId}).`,
    `  Route 53      ${route53.url}`,
    `  name servers  ${nameServers.addresses.join(' ')}`,
    `  red           ${red.address}, at http 127.0.0.1:${red.httpPort}, https 127.0.0.1:${red.httpsPort}`,
    `  black         ${black.address}, at http 127.0.0.1:${black.httpPort}, https 127.0.0.1:${black.httpsPort}`,
    `  control       ${control.url}`,
    'Set the variables above in another terminal, then try:',
    `  dig +short -p ${port} @${host} ${record}`,
    `  curl ${control.url}`,
    `  curl ${control.url}/endpoints/${black.address} -d '{"kind":"status","status":503}'`,
    ...profileWarning(),
  ].join('\n');
}

function explainTasks({ todoist, graph, microsoft, control, configFile }: TasksSandbox): string {
  return [
    '',
    `For a sync there are ${todoist.tasks().length} tasks in Todoist and ${graph.tasks().length} of a person's own in To Do.`,
    `  Todoist       ${todoist.url}`,
    `  To Do         ${graph.url}`,
    `  sign-in       ${microsoft.authority}`,
    `  control       ${control.url}`,
    'With the variables above, and a worker (./switchyard up), try:',
    `  ./switchyard sync tasks --dry-run --config ${configFile}`,
    `  ./switchyard login signed-in --config ${configFile}`,
    `  curl ${control.url}/sign-in/CODE -d '{"as":"me@example.com"}'`,
    `  curl ${control.url}`,
    'Ctrl-C ends it.',
  ].join('\n');
}

/** The SDK prefers a named profile to the keys in the environment. */
function profileWarning(): string[] {
  const profile = process.env['AWS_PROFILE'] ?? '';
  return profile === ''
    ? []
    : [`AWS_PROFILE is ${profile} here, and wins over the keys above: unset AWS_PROFILE first.`];
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
