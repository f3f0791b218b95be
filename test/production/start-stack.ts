/**
 * The services of docker-compose.yml on this machine, without Docker: their own environment, commands, scripts and order, read from the file.
 * What stands for a network of containers is said here: addresses, ports and paths.
 */
import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeImage } from '../../scripts/image.mjs';
import { readCompose, ROOT, service } from '../support/read-compose.ts';
import { findPostgres, findTemporalPrograms, type TemporalPrograms } from './find-programs.ts';
import { keepRunning, mustRun, stopAll, until, type Program, type Service } from './keep-running.ts';

export interface Stack {
  readonly folder: string;
  /** What the Dockerfile makes, and every role runs. */
  readonly image: string;
  readonly address: string;
  postgres(): Service;
  temporal(): Service;
  /** `docker compose exec -T postgres COMMAND > FILE`. @returns the file. */
  inPostgres(command: string, file: string): Promise<string>;
  /** The volume of the database is gone, and with it the database. */
  loseDatabase(): Promise<void>;
  /** `docker compose run` of `command` on a new volume, mounted where the file says, with FILE as its input; then `docker compose up`. */
  startOver(command: string, file: string): Promise<void>;
  /** A worker or one command of the service with that name, with `more` in its environment. */
  program(name: string, more: Readonly<Record<string, string>>, command?: readonly string[]): Program;
  close(): Promise<void>;
}

interface Place {
  readonly folder: string;
  readonly image: string;
  readonly ports: Ports;
}

const compose = readCompose('docker-compose.yml');
const isRoot = process.getuid?.() === 0;
/** As the services say `user`; only root may become somebody else, and only where that one reaches Node. */
const OURS = isRoot && mayRunNode(10_001) ? { uid: 10_001, gid: 10_001 } : undefined;

function mayRunNode(id: number): boolean {
  try {
    execFileSync(process.execPath, ['--version'], { uid: id, gid: id, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function startStack(): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-production-'));
  await chmod(folder, 0o755);
  const image = process.env['SWITCHYARD_TEST_IMAGE'] ?? join(folder, 'image');
  if (process.env['SWITCHYARD_TEST_IMAGE'] === undefined) await makeImage(image);
  const place = { folder, image, ports: await freePorts() };
  const close = async (): Promise<void> => {
    await stopAll();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await startServices(place)), close };
  } catch (cause) {
    await close(); // half a stack would stay
    throw cause;
  }
}

async function startServices(place: Place): Promise<Omit<Stack, 'close'>> {
  const { folder, image, ports } = place;
  await runSecrets(place);
  const postgres = await prepareDatabase(place);
  const binaries = await findTemporalPrograms();
  await makeData(postgres);
  let running = await up(place, postgres, binaries);
  const shell = (command: string): Program => ({ ...postgres.program('sh', ['-c', command]), env: postgres.env });
  return {
    ...{ folder, image, address: `127.0.0.1:${ports.temporal}`, program: programs(place) },
    postgres: () => running.postgres,
    temporal: () => running.temporal,
    inPostgres: async (command, name) => {
      const file = join(postgres.home, name);
      await mustRun(shell(`${command} > ${file}`));
      return file;
    },
    loseDatabase: async () => {
      await running.postgres.stop('SIGKILL');
      await rm(postgres.data, { recursive: true });
    },
    startOver: async (command, file) => {
      await running.temporal.stop();
      await mustRun(
        shell(`umask 077 && mkdir ${postgres.data} && ${command.replace(MOUNTED, postgres.data)} < ${file}`),
      );
      running = await up(place, postgres, binaries);
    },
  };
}

const MOUNTED = '/var/lib/postgresql/data';

/** `docker compose up`, on a volume that holds a database. */
async function up(
  place: Place,
  database: Database,
  { server, tools }: TemporalPrograms,
): Promise<{ readonly postgres: Service; readonly temporal: Service }> {
  const postgres = await startPostgres(place, database);
  await makeDatabases(place, database);
  await mustRun(schemaOf(place, tools));
  const temporal = await startTemporal(place, server);
  await mustRun(programs(place)('setup', {}));
  return { postgres, temporal };
}

interface Ports {
  readonly postgres: number;
  readonly temporal: number;
  readonly http: number;
  readonly others: readonly number[];
}

async function freePorts(): Promise<Ports> {
  const [postgres = 0, temporal = 0, http = 0, ...others] = await findPorts(12);
  return { postgres, temporal, http, others };
}

/** Below 32768: the server keeps those of its membership in a column of two bytes (measured: "out of range for type smallint"). */
async function findPorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let port = 20_000 + Math.floor(Math.random() * 10_000); found.length < count; port++)
    if (await isFree(port)) found.push(port);
  return found;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await findPorts(1);
  return port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The one-shot `secrets`; only root may give files away: those of the roles, here, since the others are read by this process. */
async function runSecrets({ folder }: Place): Promise<void> {
  const root = join(folder, 'secrets');
  for (const name of ['given', 'postgres', 'temporal', 'bin', ...ROLES.map((role) => `roles/${role}`)])
    await mkdir(join(root, name), { recursive: true });
  const giveAway = `#!/bin/sh\n[ "$1" != 10001:10001 ] || ${OURS === undefined ? 'true' : 'exec /bin/chown "$@"'}\n`;
  await writeFile(join(root, 'bin/chown'), giveAway, { mode: 0o755 });
  const env = { PATH: `${root}/bin:${process.env['PATH'] ?? ''}`, SECRETS_ROOT: root };
  await mustRun({ command: 'sh', args: [`${ROOT}compose/secrets.sh`], env });
}

const ROLES = ['deploy', 'sync', 'docs', 'gateway'];
const passwordFile = ({ folder }: Place): string => join(folder, 'secrets/temporal/temporal_db_password');

interface Database {
  readonly home: string;
  readonly data: string;
  /** Of whoever speaks to it by its socket. */
  readonly env: Readonly<Record<string, string>>;
  readonly program: (name: string, args: readonly string[]) => Program;
}

async function prepareDatabase({ folder, ports }: Place): Promise<Database> {
  const bin = await findPostgres();
  const user = isRoot ? idsOf('postgres') : undefined;
  const home = join(folder, 'postgres');
  await mkdir(home);
  if (user !== undefined) await chown(home, user.uid, user.gid);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8' };
  return {
    home,
    data: join(home, 'data'),
    env: { ...env, PGHOST: home, PGPORT: String(ports.postgres) },
    program: (command, args) => ({ command, args, env, user, cwd: home }),
  };
}

/** What the image does at its first start. */
async function makeData({ data, program }: Database): Promise<void> {
  const { environment = {} } = service(compose, 'postgres');
  const args = words(environment['POSTGRES_INITDB_ARGS']);
  await mustRun(program('initdb', ['-D', data, '-U', environment['POSTGRES_USER'] ?? '', ...args]));
}

async function startPostgres({ ports }: Place, { home, data, program }: Database): Promise<Service> {
  const [, ...flags] = service(compose, 'postgres').command ?? [];
  const port = String(ports.postgres);
  const postgres = keepRunning(program('postgres', ['-D', data, '-k', home, '-h', '127.0.0.1', '-p', port, ...flags]));
  const isReady = program('pg_isready', ['--quiet', '--host=127.0.0.1', `--port=${port}`]);
  await until('PostgreSQL is ready', async () => (await mustRun(isReady)) === '', postgres);
  return postgres;
}

/** The one-shot `databases`, twice: every start of the stack runs it again. */
async function makeDatabases(place: Place, { env: socket }: Database): Promise<void> {
  const { environment = {} } = service(compose, 'databases');
  const superuser = join(place.folder, 'secrets/postgres/postgres_password');
  const passwords = { DB_PASSWORD_FILE: passwordFile(place), SUPERUSER_PASSWORD_FILE: superuser };
  const env = { ...environment, ...passwords, ...socket };
  const program: Program = { command: 'bash', args: [`${ROOT}compose/init-databases.sh`], env };
  await mustRun(program);
  await mustRun(program);
}

const words = (text = ''): readonly string[] => text.split(' ').filter(Boolean);

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function schemaOf(place: Place, tools: string): Program {
  const { environment = {} } = service(compose, 'schema');
  const here = { SQL_HOST: '127.0.0.1', SQL_PORT: String(place.ports.postgres), DB_PASSWORD_FILE: passwordFile(place) };
  const env = { ...environment, ...here, PATH: `${tools}:${process.env['PATH'] ?? ''}` };
  return { command: 'sh', args: [`${ROOT}compose/schema.sh`], env };
}

const PORTS_OF_ROLES = [
  'FRONTEND_MEMBERSHIP',
  ...['MATCHING', 'HISTORY', 'WORKER'].flatMap((role) => [`${role}_GRPC`, `${role}_MEMBERSHIP`]),
];

async function startTemporal(place: Place, server: string): Promise<Service> {
  const { environment = {}, volumes = [] } = service(compose, 'temporal');
  const { ports } = place;
  const others = PORTS_OF_ROLES.map((name, at) => [`${name}_PORT`, String(ports.others[at])] as const);
  const env = {
    ...environment,
    ...{ POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(ports.postgres), BIND_ON_IP: '127.0.0.1' },
    ...{
      FRONTEND_GRPC_PORT: String(ports.temporal),
      FRONTEND_HTTP_PORT: String(ports.http),
      ...Object.fromEntries(others),
    },
    PROMETHEUS_ENDPOINT: `127.0.0.1:${ports.others.at(-1)}`,
    DYNAMIC_CONFIG_FILE_PATH: mounted(volumes, environment['DYNAMIC_CONFIG_FILE_PATH'] ?? ''),
    POSTGRES_PWD: await readFile(passwordFile(place), 'utf8'), // as `command` there does
  };
  const temporal = keepRunning({ command: server, args: ['start'], env, cwd: '/' });
  await until('Temporal is healthy', () => isHealthy(place), temporal);
  return temporal;
}

/** A file of a container, in this clone. */
function mounted(volumes: readonly string[], path: string): string {
  const found = volumes.map((volume) => volume.split(':')).find(([, target = '-']) => path.startsWith(target));
  return path.replace(found?.[1] ?? '', join(ROOT, found?.[0] ?? ''));
}

/** The question of its health check, at the port that it has here. */
async function isHealthy({ ports }: Place): Promise<boolean> {
  const { test } = service(compose, 'temporal')['healthcheck'] as { readonly test: readonly string[] };
  const url = new URL(test.at(-1) ?? '');
  url.port = String(ports.http);
  return (await fetch(url)).ok;
}

function programs({ folder, image, ports }: Place): Stack['program'] {
  const home = join(folder, 'home');
  return (name, more, command = service(compose, name).command ?? []) => {
    const { environment = {} } = service(compose, name);
    const here = {
      ...{ PATH: process.env['PATH'], HOME: home, TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}` },
      ...{ SWITCHYARD_HOME: home, SWITCHYARD_TOKEN_DIR: join(home, 'tokens'), TMPDIR: home },
      ...{ SWITCHYARD_SECRETS_DIR: '', SWITCHYARD_HEALTH: '', SWITCHYARD_METRICS_ADDRESS: '', SWITCHYARD_CONFIG: '' },
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    const env = { ...imageEnvironment(image), ...environment, ...here, ...more };
    const args = [join(image, 'dist/cli/main.js'), ...command];
    return { command: process.execPath, args, env, user: OURS, cwd: folder };
  };
}

/** What the Dockerfile sets, with the image where it lies here. */
function imageEnvironment(image: string): Readonly<Record<string, string>> {
  const dockerfile = execFileSync('cat', [`${ROOT}Dockerfile`], { encoding: 'utf8' });
  const runtime = dockerfile.slice(dockerfile.indexOf('AS runtime'));
  const lines = [...runtime.matchAll(/^(?:ENV| ) +([A-Z_]+)=(\S+)/gm)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value.replace(/^\/app/, image)]));
}

/** A folder that the roles may write to. */
export async function sharedFolder(stack: Pick<Stack, 'folder'>, name: string): Promise<string> {
  const path = join(stack.folder, name);
  await mkdir(path, { recursive: true });
  if (OURS !== undefined) await chown(path, OURS.uid, OURS.gid);
  return path;
}

/** A file of the sandbox's, which its folder keeps from others. */
export async function shown(stack: Pick<Stack, 'folder'>, path: string, name: string): Promise<string> {
  const copy = join(stack.folder, name);
  await cp(path, copy);
  await chmod(copy, 0o644);
  return copy;
}
