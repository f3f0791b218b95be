import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';
import { temporalAddress } from './temporal.ts';

/** What the program wrote, and its exit code. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface CliSurroundings {
  /** The working directory, and SWITCHYARD_HOME. */
  readonly folder: string;
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
}

/** The program in this process, against the Temporal of this test run; nothing of the environment reaches it. */
export async function runCli(
  args: readonly string[],
  { folder, namespace = 'default', env = {}, isTTY = false }: CliSurroundings,
): Promise<Ran> {
  const text = { out: '', err: '' };
  const streams = {
    stdout: { write: (more: string) => (text.out += more), isTTY },
    stderr: { write: (more: string) => (text.err += more) },
  };
  const surroundings = {
    SWITCHYARD_HOME: folder,
    TEMPORAL_CONFIG_FILE: join(folder, 'none'),
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: namespace,
    ...env,
  };
  return { exit: await runProgram(args, { streams, env: surroundings, cwd: folder }), ...text };
}
