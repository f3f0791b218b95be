import { findFile } from './find-file.ts';
import { declaredRecords, type NamedPolicy } from './record-policy.ts';
import { readSwitchyardFile } from './read-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * The records of the `switchyard.yaml` in force, by canonical name; empty where there is no file.
 *
 * @throws Stop with exit 2: every problem of the file, each with its line.
 */
export async function readPolicies(
  terminal: Terminal,
  flag: string | undefined,
): Promise<ReadonlyMap<string, NamedPolicy>> {
  const path = findFile({ flag, env: terminal.env, cwd: terminal.cwd });
  return path === null ? new Map() : declaredRecords(await readSwitchyardFile(path, terminal.cwd));
}
