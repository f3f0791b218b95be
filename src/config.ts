/**
 * The configuration of the worker, and what the client shares of it, out of the environment: every variable with what is accepted, all
 * problems at once (A2).
 *
 * The client is handed its environment by main.ts, and reads there besides who asks and where it runs: the CI, the terminal, the file.
 * AWS credentials and profiles are read by the AWS SDK itself, Temporal's variables and profile file by @temporalio/envconfig.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DEPLOY_QUEUE } from './contracts/deploy.ts';
import { DOCS_QUEUE } from './contracts/docs-runs.ts';
import { SYNC_QUEUE } from './contracts/sync.ts';
import { joinEgress, readEgress, USUAL_EGRESS, type EgressRule } from './egress.ts';
import { readHealthAt, type HealthAt } from './health-at.ts';
import { readDetour, readHostPort, type Detour, type HostPort } from './host-port.ts';
import { readWorkerVersion, WORKER_VERSIONS } from './worker-version.ts';
import type { Rate } from './core/token-bucket.ts';
import { BINDINGS, isExternalId, readRoleBinding, withExternalIds, type RoleBinding } from './role-bindings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach Temporal. */
export interface TemporalConfig {
  /** `host:port`; null where neither variable nor profile names one. */
  readonly address: string | null;
  readonly namespace: string;
  /** TLS, API key and metadata, as `NativeConnection` and `Connection` take them. */
  readonly connection: Omit<ReturnType<typeof loadClientConnectConfig>['connectionOptions'], 'address'>;
}

export interface AwsConfig {
  /** Null: AWS itself. */
  readonly endpoint: string | null;
  /** The AWS security token service, for roles and for `doctor`; null: AWS itself. */
  readonly stsEndpoint: string | null;
  /** CloudWatch, for gates; null: AWS itself. */
  readonly cloudWatchEndpoint: string | null;
  readonly region: string;
  /** Roles that records may name (A4). */
  readonly roles: readonly RoleBinding[];
  /** What CloudTrail calls the sessions of roles. */
  readonly sessionName: string;
  /** What this process asks of Route 53 at most, an account. */
  readonly rate: Rate;
}

/** How to look at DNS and at endpoints. */
export interface ReachConfig {
  /** Instead of the zone's delegation set; empty: the delegation set. */
  readonly nameServers: readonly HostPort[];
  /** For names of targets; empty: the system's own. */
  readonly resolvers: readonly HostPort[];
  readonly connectTo: readonly Detour[];
  /** Certificates in PEM that probes trust beside the system's; null for none. */
  readonly ca: string | null;
  /** Hosts that probes may name beside the record's own name and targets (A4). */
  readonly probeHosts: readonly string[];
  /** Hosts, with or without their port, that may be asked for metrics (A4). */
  readonly metricHosts: readonly string[];
  /** Addresses that hosts named by requests may have (A4); a record's own targets may be private whatever it says. */
  readonly egress: EgressRule;
}

/** Secrets by name, `prom-token`; never printed: a `Map` shows nothing of itself in JSON. */
export interface SecretsConfig {
  readonly values: ReadonlyMap<string, string>;
  /** Hosts that a secret may be sent to. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** A file a secret; null for none. */
  readonly directory: string | null;
}

export interface LogConfig {
  /** Null: pretty on a terminal, JSON elsewhere. */
  readonly format: 'json' | 'pretty' | null;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

/** How to reach Todoist and Microsoft To Do, and how to sign in there. */
export interface TasksConfig {
  /** Root of the Todoist API v1, without a final slash: `https://api.todoist.com/api/v1`. */
  readonly todoistUrl: string;
  /** Root of Microsoft Graph v1.0, without a final slash. */
  readonly graphUrl: string;
  readonly microsoft: MicrosoftConfig;
}

export interface MicrosoftConfig {
  /** With the tenant: `https://login.microsoftonline.com/common`, `/consumers`, `/organizations` or a tenant's id. */
  readonly authority: string;
  /** Application (client) id of the app registration; null: nobody can sign in. */
  readonly clientId: string | null;
  /** For application access: one of these. A function, so that nothing can print it. */
  readonly clientSecret: (() => string) | null;
  /** PEM with the private key and the certificate. */
  readonly clientCertificate: string | null;
  /** A file with a token of another identity provider, read anew for each request (workload identity). */
  readonly federatedTokenFile: string | null;
  /** Mailboxes that pairs may name with application access (A4). */
  readonly mailboxes: readonly string[];
  /** Where sign-ins are kept; shared by a pair's workers. */
  readonly tokenDir: string;
  /** 32 bytes that encrypt them, not to be printed either; null: they are kept as they are, readable by the owner alone. */
  readonly tokenKey: (() => Buffer) | null;
  /** Certificates in PEM that the sign-in trusts beside the runtime's own; null for none. */
  readonly ca: string | null;
}

/** What documentation is built from, and where it is published (A4). */
export interface DocsConfig {
  /** A folder with one site a folder. */
  readonly publishRoot: string;
  /** Folders that may be sources, with what is below them, and addresses of git servers in a private network, with what begins so. */
  readonly sources: readonly string[];
  /** Of these sources the tree's own configuration and code runs; written as in `sources`. */
  readonly trusted: readonly string[];
  /** What runs Sphinx on a source that is not trusted: a program and its arguments, before those of Sphinx; empty: nothing does. */
  readonly sandbox: readonly string[];
  /** Where packages may come from; one address, without a final slash. */
  readonly registry: string;
  /** What is made once and kept: Sphinx, and packages. */
  readonly tools: string;
  /** All that programs of ours are told of this environment: where programs are, proxies, certificates, and what pip is told. */
  readonly programs: { readonly PATH: string } & Readonly<Record<string, string>>;
  /** Whose configuration git reads, and only in a tree that is trusted. */
  readonly userHome: string;
}

/** What the client needs before it reaches anything. */
export interface LocalConfig {
  /** The folder of `switchyard up`. */
  readonly home: string;
  /** The Temporal CLI to use and no other; null: looked for. */
  readonly temporalCli: string | null;
  readonly log: LogConfig;
  /** Variables that look like ours and are not: typing errors, usually. */
  readonly warnings: readonly string[];
}

export interface Config extends LocalConfig {
  readonly temporal: TemporalConfig;
  readonly aws: AwsConfig;
  readonly reach: ReachConfig;
  readonly secrets: SecretsConfig;
  readonly tasks: TasksConfig;
  readonly docs: DocsConfig;
  /** Hosts that may be told of events without a secret that is bound to them (A4). */
  readonly notifyHosts: readonly string[];
  /** Task queues that the worker polls. */
  readonly queues: readonly string[];
  /** A prebuilt workflow bundle; null: bundled from the folder at start. */
  readonly workflowBundle: string | null;
  /** Where metrics can be scraped from; null: nowhere. Whoever reaches it reads names of records, pairs and sites. */
  readonly metricsAddress: HostPort | null;
  /** Where a supervisor asks how this worker is; null: nowhere. */
  readonly health: HealthAt | null;
  /** Runs that begin on this version of the worker end on it; null: without versions, every worker takes every run. */
  readonly version: string | null;
}

/** One sentence a problem, with the variable, what was found and what is accepted. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(['The environment has problems:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Everything, for the worker. @throws ConfigError */
export function loadConfig(env: Environment = process.env): Config {
  const variables = parse({ ...LOCAL, ...AWS, ...REACH, ...TASKS, ...DOCS, ...WORKER }, env);
  const roles = readRoles(env);
  const secrets = attempt(() => readSecrets(env));
  const temporal = attempt(() => readTemporal(env));
  refuse([...variables.problems, ...roles.problems, ...secrets.problems, ...temporal.problems]);
  const found = variables.value;
  return {
    ...localFrom(found, env),
    aws: awsFrom(found, roles.value),
    reach: reachFrom(found),
    secrets: { ...secrets.value, directory: found.SWITCHYARD_SECRETS_DIR },
    tasks: tasksFrom(found),
    docs: docsFrom(found, env),
    notifyHosts: found.SWITCHYARD_NOTIFY_HOSTS ?? [],
    queues: found.SWITCHYARD_QUEUES,
    workflowBundle: found.SWITCHYARD_WORKFLOW_BUNDLE,
    metricsAddress: found.SWITCHYARD_METRICS_ADDRESS,
    health: found.SWITCHYARD_HEALTH,
    version: found.SWITCHYARD_WORKER_VERSION,
    temporal: temporal.value,
  };
}

/** For the client: nothing of AWS or of probes is looked at. @throws ConfigError */
export function loadLocalConfig(env: Environment): LocalConfig {
  const { value, problems } = parse(LOCAL, env);
  refuse(problems);
  return localFrom(value, env);
}

/** For verbs that do without Temporal, with the caller's own AWS credentials. @throws ConfigError */
export function loadDirectConfig(env: Environment): Pick<Config, 'aws' | 'reach'> {
  const { value, problems } = parse({ ...AWS, ...REACH }, env);
  const roles = readRoles(env);
  refuse([...problems, ...roles.problems]);
  return { aws: awsFrom(value, roles.value), reach: reachFrom(value) };
}

/** For `login` and `logout`: where sign-ins are kept, and by which application. @throws ConfigError */
export function loadMicrosoftConfig(env: Environment): MicrosoftConfig {
  const { value, problems } = parse({ ...LOCAL, ...REACH, ...TASKS }, env);
  refuse(problems);
  return tasksFrom(value).microsoft;
}

/** For `docs serve SITE`, on the machine that publishes. @throws ConfigError */
export function loadDocsConfig(env: Environment): DocsConfig {
  const { value, problems } = parse({ ...LOCAL, ...DOCS }, env);
  refuse(problems);
  return docsFrom(value, env);
}

/** For `gateway`: secrets that hooks prove themselves by, and nothing of any service. @throws ConfigError */
export function loadGatewayConfig(env: Environment): Pick<Config, 'log' | 'secrets'> {
  const variables = parse({ ...LOCAL, SWITCHYARD_SECRETS_DIR: WORKER.SWITCHYARD_SECRETS_DIR }, env);
  const secrets = attempt(() => readSecrets(env));
  refuse([...variables.problems, ...secrets.problems]);
  const { log } = localFrom(variables.value, env);
  return { log, secrets: { ...secrets.value, directory: variables.value.SWITCHYARD_SECRETS_DIR } };
}

/** Variables and profile file of Temporal. @throws ConfigError */
export function loadTemporalConfig(env: Environment): TemporalConfig {
  const { value, problems } = attempt(() => readTemporal(env));
  refuse(problems);
  return value;
}

/** A set variable must not be empty of meaning; an empty one counts as unset, as shells and compose files write it. */
const optional = <T>(
  accepted: string,
  read: (text: string) => T | null,
  shown: (text: string) => string = JSON.stringify,
): z.ZodType<T | null, string | undefined> =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined || text.trim() === '') return null;
      const value = read(text.trim());
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `found ${shown(text)}, expected ${accepted}` });
      return z.NEVER;
    });

/** Separated by commas. */
const list = <T>(
  accepted: string,
  read: (text: string) => T | null,
): z.ZodType<readonly T[] | null, string | undefined> =>
  optional(`${accepted}, several separated by commas`, (text) => {
    const values = text.split(',').map((item) => read(item.trim()));
    return values.every((value) => value !== null) ? values : null;
  });

const oneOf = <T extends string>(...words: readonly T[]): z.ZodType<T | null, string | undefined> =>
  optional(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text.toLowerCase()) ?? null);

const text = optional('a text', (found) => found);
/** Without a port: a host that is compared with one would never be it. */
const hostName = (found: string): string | null =>
  /^[a-z0-9._*-]+$/i.test(found) || isIP(found) === 6 ? found.toLowerCase() : null;

const LOCAL = {
  SWITCHYARD_HOME: text,
  XDG_STATE_HOME: text,
  HOME: text,
  SWITCHYARD_TEMPORAL_CLI: text,
  SWITCHYARD_LOG: oneOf('json', 'pretty'),
  SWITCHYARD_LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error'),
};

const url = optional('an http or https address', (found) => (/^https?:\/\/[^\s/]+\/?\S*$/.test(found) ? found : null));

const AWS = {
  AWS_ENDPOINT_URL_ROUTE_53: url,
  AWS_ENDPOINT_URL_STS: url,
  AWS_ENDPOINT_URL_CLOUDWATCH: url,
  AWS_ENDPOINT_URL: url,
  AWS_REGION: text,
  AWS_DEFAULT_REGION: text,
  SWITCHYARD_ROLES: list(BINDINGS, readRoleBinding),
  SWITCHYARD_ROLE_SESSION: optional('2 to 64 letters, digits and _+=,.@-', (found) =>
    /^[\w+=,.@-]{2,64}$/.test(found) ? found : null,
  ),
  SWITCHYARD_ROUTE53_RATE: optional('requests a second, from 1 to 1000', (found) =>
    /^(1000|[1-9]\d{0,2})$/.test(found) ? Number(found) : null,
  ),
};

const DNS_PORT = 53;
const server = (found: string): HostPort | null => readHostPort(found, DNS_PORT);

/** As the host of an address is written: without a port it stands for all of them. */
const metricHost = (found: string): string | null => {
  const address = `http://${found}`;
  const read = URL.canParse(address) ? new URL(address) : null;
  return read !== null && read.pathname === '/' && !/[/?#@]/.test(found) ? found.toLowerCase() : null;
};

const REACH = {
  SWITCHYARD_NAME_SERVERS: list('HOST[:PORT] (IPv6 in brackets)', server),
  SWITCHYARD_RESOLVERS: list('HOST[:PORT] (IPv6 in brackets)', server),
  SWITCHYARD_CONNECT_TO: list('HOST[:PORT]=HOST:PORT (IPv6 in brackets)', readDetour),
  SWITCHYARD_CA_FILE: optional('a readable file with certificates in PEM', certificates),
  SWITCHYARD_PROBE_HOSTS: list('a host name or address', hostName),
  SWITCHYARD_METRIC_HOSTS: list('HOST or HOST:PORT (IPv6 in brackets)', metricHost),
  SWITCHYARD_EGRESS: list('public, private, loopback, an address or a network such as 10.20.0.0/16', readEgress),
};

/** Tokens travel there: plain http is for this machine alone. */
const service = optional('an https address (http only to loopback), without a query', (found) => {
  if (!URL.canParse(found)) return null;
  const read = new URL(found);
  if ([read.search, read.hash, read.username, read.password].some((part) => part !== '')) return null;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(read.hostname);
  return read.protocol === 'https:' || (read.protocol === 'http:' && loopback) ? found.replace(/\/+$/, '') : null;
});
const httpsOnly = optional(
  'an https address with a tenant, such as https://login.microsoftonline.com/common',
  (found) => (/^https:\/\/[^\s/?#@]+\/[^\s/?#]+\/?$/.test(found) ? found.replace(/\/+$/, '') : null),
);
const readable = optional('a readable file', (path) => (kindOfPath(path) === 'file' ? path : null));
const mailbox = (found: string): string | null => (/^[^\s@/]+@[^\s@/]+$/.test(found) ? found.toLowerCase() : null);

const TASKS = {
  SWITCHYARD_TODOIST_URL: service,
  SWITCHYARD_GRAPH_URL: service,
  SWITCHYARD_MICROSOFT_AUTHORITY: httpsOnly,
  SWITCHYARD_MICROSOFT_CLIENT_ID: optional(
    'an application id, such as 11111111-2222-3333-4444-555555555555',
    (found) => (/^[0-9a-f-]{36}$/i.test(found) ? found : null),
  ),
  SWITCHYARD_MICROSOFT_CLIENT_SECRET: text,
  SWITCHYARD_MICROSOFT_CLIENT_CERTIFICATE: readable,
  SWITCHYARD_MICROSOFT_FEDERATED_TOKEN_FILE: readable,
  AZURE_FEDERATED_TOKEN_FILE: text,
  SWITCHYARD_MICROSOFT_MAILBOXES: list('an address such as me@example.com', mailbox),
  SWITCHYARD_TOKEN_DIR: text,
  SWITCHYARD_TOKEN_KEY: optional(
    '32 bytes as 64 hex digits or in base64 (openssl rand -base64 32)',
    tokenKey,
    (found) => `${found.length} characters`, // a key with a typing error is still most of a key (A1)
  ),
};

const absolute = (found: string): string | null => (found.startsWith('/') ? withoutSlash(found) : null);
const withoutSlash = (found: string): string => found.replace(/(?<=.)\/+$/, '');
const source = (found: string): string | null =>
  absolute(found) ?? (/^https?:\/\/[^\s/@]+(\/\S*)?$/.test(found) ? withoutSlash(found) : null);
const SOURCE = 'an absolute folder, or an address such as https://git.example.com/acme';

const DOCS = {
  SWITCHYARD_PUBLISH_ROOT: optional('an absolute folder', absolute),
  SWITCHYARD_DOCS_SOURCES: list(SOURCE, source),
  SWITCHYARD_DOCS_TRUSTED: list(SOURCE, source),
  SWITCHYARD_DOCS_SANDBOX: optional(
    'a program by its absolute path, and its arguments, separated by blanks',
    (found) => (found.startsWith('/') ? found.split(/\s+/) : null),
  ),
  SWITCHYARD_DOCS_REGISTRY: service,
};

const QUEUES: Readonly<Record<string, string>> = { deploy: DEPLOY_QUEUE, sync: SYNC_QUEUE, docs: DOCS_QUEUE };

const WORKER = {
  SWITCHYARD_NOTIFY_HOSTS: list('a host name or address', hostName),
  SWITCHYARD_SECRETS_DIR: optional('a folder', (path) => (kindOfPath(path) === 'folder' ? path : null)),
  SWITCHYARD_QUEUES: list(`one of ${Object.keys(QUEUES).join(', ')}`, queue).transform(
    (queues) => queues ?? Object.values(QUEUES),
  ),
  SWITCHYARD_WORKFLOW_BUNDLE: optional('a readable file', (path) => (kindOfPath(path) === 'file' ? path : null)),
  SWITCHYARD_METRICS_ADDRESS: optional('an address and a port, such as 127.0.0.1:9464', metricsAddress),
  SWITCHYARD_HEALTH: optional('HOST:PORT (IPv6 in brackets), or a socket by its absolute path', readHealthAt),
  SWITCHYARD_WORKER_VERSION: optional(WORKER_VERSIONS, readWorkerVersion),
};

const SECRET = /^SWITCHYARD_SECRET_([A-Z0-9_]+)$/;
const READ_BY_CLIENT = ['SWITCHYARD_CONFIG'];
const OURS: readonly string[] = [
  ...READ_BY_CLIENT,
  ...Object.keys({ ...LOCAL, ...AWS, ...REACH, ...TASKS, ...DOCS, ...WORKER }),
];

type Found<S extends z.ZodRawShape> = z.output<z.ZodObject<S>>;

function localFrom(found: Found<typeof LOCAL>, env: Environment): LocalConfig {
  return {
    home: homeFrom(found),
    temporalCli: found.SWITCHYARD_TEMPORAL_CLI,
    log: { format: found.SWITCHYARD_LOG, level: found.SWITCHYARD_LOG_LEVEL ?? 'info' },
    warnings: unknownVariables(env),
  };
}

function homeFrom(found: Found<typeof LOCAL>): string {
  const state = found.XDG_STATE_HOME ?? join(found.HOME ?? homedir(), '.local', 'state');
  return found.SWITCHYARD_HOME ?? join(state, 'switchyard');
}

function tasksFrom(found: Found<typeof LOCAL & typeof REACH & typeof TASKS>): TasksConfig {
  return {
    todoistUrl: found.SWITCHYARD_TODOIST_URL ?? 'https://api.todoist.com/api/v1',
    graphUrl: found.SWITCHYARD_GRAPH_URL ?? 'https://graph.microsoft.com/v1.0',
    microsoft: {
      authority: found.SWITCHYARD_MICROSOFT_AUTHORITY ?? 'https://login.microsoftonline.com/common',
      clientId: found.SWITCHYARD_MICROSOFT_CLIENT_ID,
      clientSecret: unprinted(found.SWITCHYARD_MICROSOFT_CLIENT_SECRET),
      clientCertificate: found.SWITCHYARD_MICROSOFT_CLIENT_CERTIFICATE,
      federatedTokenFile: found.SWITCHYARD_MICROSOFT_FEDERATED_TOKEN_FILE ?? found.AZURE_FEDERATED_TOKEN_FILE,
      mailboxes: found.SWITCHYARD_MICROSOFT_MAILBOXES ?? [],
      tokenDir: found.SWITCHYARD_TOKEN_DIR ?? join(homeFrom(found), 'tokens'),
      tokenKey: unprinted(found.SWITCHYARD_TOKEN_KEY),
      ca: found.SWITCHYARD_CA_FILE,
    },
  };
}

function docsFrom(found: Found<typeof LOCAL & typeof DOCS>, env: Environment): DocsConfig {
  const home = homeFrom(found);
  return {
    publishRoot: found.SWITCHYARD_PUBLISH_ROOT ?? join(home, 'docs'),
    sources: found.SWITCHYARD_DOCS_SOURCES ?? [],
    trusted: found.SWITCHYARD_DOCS_TRUSTED ?? [],
    sandbox: found.SWITCHYARD_DOCS_SANDBOX ?? [],
    registry: found.SWITCHYARD_DOCS_REGISTRY ?? 'https://registry.npmjs.org',
    tools: join(home, 'docs-tools'),
    programs: { PATH: '/usr/local/bin:/usr/bin:/bin', ...programsFrom(env) },
    userHome: found.HOME ?? homedir(),
  };
}

const FOR_PROGRAMS = /^(PATH|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO|PIP_[A-Z_]+)$/i;

function programsFrom(env: Environment): Readonly<Record<string, string>> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return Object.fromEntries(entries.filter(([name]) => FOR_PROGRAMS.test(name)));
}

function unprinted<T>(value: T | null): (() => T) | null {
  return value === null ? null : () => value;
}

/** Roles with their external ids; the variable itself is parsed, and complained of, with the others. */
function readRoles(env: Environment): Parsed<readonly RoleBinding[]> {
  const { SWITCHYARD_ROLES } = AWS;
  const bindings = SWITCHYARD_ROLES.safeParse(env['SWITCHYARD_ROLES']);
  if (!bindings.success) return { value: [], problems: [] };
  const { roles, problems } = withExternalIds(bindings.data ?? [], env);
  return { value: roles, problems };
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html : ten a second, fifty at once. */
const ROUTE53_RATE = 10;
const SECONDS_AT_ONCE = 5;

function awsFrom(found: Found<typeof AWS>, roles: readonly RoleBinding[]): AwsConfig {
  const perSecond = found.SWITCHYARD_ROUTE53_RATE ?? ROUTE53_RATE;
  return {
    roles,
    sessionName: found.SWITCHYARD_ROLE_SESSION ?? 'switchyard',
    rate: { burst: SECONDS_AT_ONCE * perSecond, perSecond },
    endpoint: found.AWS_ENDPOINT_URL_ROUTE_53 ?? found.AWS_ENDPOINT_URL,
    stsEndpoint: found.AWS_ENDPOINT_URL_STS ?? found.AWS_ENDPOINT_URL,
    cloudWatchEndpoint: found.AWS_ENDPOINT_URL_CLOUDWATCH ?? found.AWS_ENDPOINT_URL,
    region: found.AWS_REGION ?? found.AWS_DEFAULT_REGION ?? 'us-east-1',
  };
}

function reachFrom(found: Found<typeof REACH>): ReachConfig {
  return {
    nameServers: found.SWITCHYARD_NAME_SERVERS ?? [],
    resolvers: found.SWITCHYARD_RESOLVERS ?? [],
    connectTo: found.SWITCHYARD_CONNECT_TO ?? [],
    ca: found.SWITCHYARD_CA_FILE,
    probeHosts: found.SWITCHYARD_PROBE_HOSTS ?? [],
    metricHosts: found.SWITCHYARD_METRIC_HOSTS ?? [],
    egress: found.SWITCHYARD_EGRESS === null ? USUAL_EGRESS : joinEgress(found.SWITCHYARD_EGRESS),
  };
}

/** `SWITCHYARD_SECRET_PROM_TOKEN` is the secret `prom-token`, `SWITCHYARD_SECRET_PROM_TOKEN_HOSTS` where it may be sent. */
function readSecrets(env: Environment): Omit<SecretsConfig, 'directory'> {
  const values = new Map<string, string>();
  const hosts = new Map<string, readonly string[]>();
  for (const [variable, value = ''] of Object.entries(env)) {
    const key = SECRET.exec(variable)?.[1];
    if (key === undefined || value === '') continue;
    const name = key.toLowerCase().replaceAll('_', '-');
    if (name.endsWith('-hosts')) hosts.set(name.slice(0, -'-hosts'.length), boundHosts(variable, value));
    else values.set(name, value);
  }
  return { values, hosts };
}

function boundHosts(variable: string, value: string): readonly string[] {
  const hosts = value.split(',').map((host) => hostName(host.trim()));
  if (hosts.every((host) => host !== null)) return hosts;
  throw new Error(`${variable}: found ${JSON.stringify(value)}, expected host names separated by commas`);
}

function readTemporal(env: Environment): TemporalConfig {
  const { connectionOptions, namespace } = loadTemporalProfile(env);
  const { address, ...connection } = connectionOptions;
  return { address: address ?? null, namespace: namespace ?? 'default', connection };
}

function loadTemporalProfile(env: Environment): ReturnType<typeof loadClientConnectConfig> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`TEMPORAL_*: the variables and the profile of Temporal cannot be read: ${why}`, { cause });
  }
}

function unknownVariables(env: Environment): readonly string[] {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('SWITCHYARD_') && !OURS.includes(name) && !SECRET.test(name) && !isExternalId(name),
  );
  return unknown.map(
    (name) => `${name} is no variable of Switchyard; known are ${OURS_SHOWN} and SWITCHYARD_SECRET_<NAME>`,
  );
}

const OURS_SHOWN = OURS.filter((name) => name.startsWith('SWITCHYARD_')).join(', ');

/** Only an address can be bound to: a name may be several. */
function metricsAddress(found: string): HostPort | null {
  const read = readHostPort(found);
  return read === null || isIP(read.host) === 0 ? null : read;
}

function queue(found: string): string | null {
  return QUEUES[found] ?? Object.values(QUEUES).find((name) => name === found) ?? null;
}

function tokenKey(found: string): Buffer | null {
  const bytes = /^[0-9a-f]{64}$/i.test(found) ? Buffer.from(found, 'hex') : Buffer.from(found, 'base64');
  return bytes.length === 32 ? bytes : null;
}

function certificates(path: string): string | null {
  try {
    const pem = readFileSync(path, 'utf8');
    return pem.includes('-----BEGIN CERTIFICATE-----') ? pem : null;
  } catch {
    return null; // the problem names the variable, the path and what is accepted
  }
}

function kindOfPath(path: string): 'file' | 'folder' | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  return found.isDirectory() ? 'folder' : 'file';
}

/** A value where there are no problems; `refuse` must stand between the two. */
interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

function parse<S extends z.ZodRawShape>(shape: S, env: Environment): Parsed<Found<S>> {
  const parsed = z.object(shape).safeParse(env);
  if (parsed.success) return { value: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { value: undefined as never, problems };
}

function attempt<T>(read: () => T): Parsed<T> {
  try {
    return { value: read(), problems: [] };
  } catch (cause) {
    return { value: undefined as never, problems: [cause instanceof Error ? cause.message : String(cause)] };
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}
