import { EXIT } from './exit-codes.ts';
import { findFile } from './find-file.ts';
import { readSwitchyardFile, type ReadFile } from './read-file.ts';
import { problem, Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/**
 * The `switchyard.yaml` in force; null where there is none.
 *
 * @throws Stop with exit 2: every problem of the file, each with its line.
 */
export async function readFileInForce(terminal: Terminal, flag: string | undefined): Promise<ReadFile | null> {
  const path = findFile({ flag, env: terminal.env, cwd: terminal.cwd });
  return path === null ? null : readSwitchyardFile(path, terminal.cwd);
}

/** @throws Stop with exit 2 where there is none, or a problem in it. */
export async function mustReadFile(terminal: Terminal, flag: string | undefined): Promise<ReadFile> {
  const file = await readFileInForce(terminal, flag);
  if (file !== null) return file;
  throw new Stop(EXIT.usage, [
    problem('there is no switchyard.yaml', null, 'write one, or name it with --config or SWITCHYARD_CONFIG'),
  ]);
}
