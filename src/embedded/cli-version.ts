import type { Environment } from './run-command.ts';
import { runCommand } from './run-command.ts';

export interface CliVersion {
  /** Of the CLI itself, such as `1.9.1`; builds by `go install` say `0.0.0-DEV`. */
  readonly cli: string;
  /** Of the server inside it, such as `1.32.0`. */
  readonly server: string;
}

/**
 * The oldest server inside a CLI that will do: 1.29.1 is the oldest that test/embedded was run on; it has update-with-start and
 * the summaries of activities and timers. The server counts, not the CLI: one built by `go install` calls itself 0.0.0-DEV.
 */
export const OLDEST_SERVER = '1.29.0';

/**
 * Asks an executable for its version.
 *
 * @throws Error when it does not run, is not the Temporal CLI, or is older than {@link OLDEST_SERVER}.
 */
export async function usableVersion(path: string, env: Environment): Promise<CliVersion> {
  const said = await runCommand(path, ['--version'], { env, stallMs: 20_000 });
  const found = /^temporal version (\S+) \(Server ([\d.]+)/m.exec(said);
  if (found?.[1] === undefined || found[2] === undefined) {
    throw new Error(`${path} is not the Temporal CLI: --version says "${said.trim().slice(0, 80)}"`);
  }
  const version = { cli: found[1], server: found[2] };
  if (compareVersions(version.server, OLDEST_SERVER) < 0) {
    throw new Error(`${path} is too old: its server is ${version.server}, ${OLDEST_SERVER} or newer is needed`);
  }
  return version;
}

/** Negative when `a` is older than `b`, positive when it is newer. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
