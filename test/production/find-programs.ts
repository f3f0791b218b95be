import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mustRun, runOnce } from './keep-running.ts';

/** The newest release that Go 1.26.8 builds: of the same minor version as the images of docker-compose.yml. */
const TEMPORAL = 'v1.32.1';

export interface TemporalPrograms {
  readonly server: string;
  /** The folder that holds `temporal-sql-tool`. */
  readonly tools: string;
}

/** Temporal's server and schema tool, built from their Go module once (4 to 8 min on two cores), and kept in the user's cache. */
export async function findTemporalPrograms(): Promise<TemporalPrograms> {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const tools = join(base, 'switchyard', 'temporal-server', TEMPORAL);
  const found = { server: join(tools, 'server'), tools };
  if (existsSync(found.server) && existsSync(join(tools, 'temporal-sql-tool'))) return found;
  mkdirSync(tools, { recursive: true });
  process.stderr.write(`building Temporal ${TEMPORAL} from its Go module into ${tools}: minutes, once\n`);
  const packages = ['server', 'tools/sql'].map((path) => `go.temporal.io/server/cmd/${path}@${TEMPORAL}`);
  const env = { ...process.env, CGO_ENABLED: '0', GOBIN: tools };
  await mustRun({ command: 'go', args: ['install', '-ldflags', '-s -w', ...packages], env }).catch((cause: unknown) => {
    throw new Error(`test:production needs Go 1.26 and its module proxy, to build Temporal: ${String(cause)}`);
  });
  renameSync(join(tools, 'sql'), join(tools, 'temporal-sql-tool'));
  return found;
}

const OLDEST_POSTGRES = 15;

/** The folder with the programs of PostgreSQL: Debian's place of the newest version, else where `pg_config` says. */
export async function findPostgres(): Promise<string> {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => /^\d+$/.test(name)) : [];
  const newest = Math.max(
    0,
    ...versions.map(Number).filter((version) => existsSync(`${debian}/${version}/bin/initdb`)),
  );
  if (newest >= OLDEST_POSTGRES) return `${debian}/${newest}/bin`;
  const { exit, said } = await runOnce({ command: 'pg_config', args: ['--bindir'], env: process.env });
  if (exit === 0 && existsSync(join(said.trim(), 'initdb'))) return said.trim();
  throw new Error(`test:production needs PostgreSQL ${OLDEST_POSTGRES} or newer: apt-get install postgresql`);
}
