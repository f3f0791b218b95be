import { declaredPairs, type DeclaredPair } from './sync-policy.ts';
import { EXIT } from './exit-codes.ts';
import { findFile } from './find-file.ts';
import { readSwitchyardFile } from './read-file.ts';
import { problem, Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/**
 * The pairs of the `switchyard.yaml` in force; null where there is no file.
 *
 * @throws Stop with exit 2: every problem of the file, each with its line.
 */
export async function readPairs(
  terminal: Terminal,
  flag: string | undefined,
): Promise<ReadonlyMap<string, DeclaredPair> | null> {
  const path = findFile({ flag, env: terminal.env, cwd: terminal.cwd });
  return path === null ? null : declaredPairs(await readSwitchyardFile(path, terminal.cwd));
}

/** @throws Stop with exit 2 where there is no file, or no such pair in it. */
export async function mustReadPair(terminal: Terminal, pair: string, flag: string | undefined): Promise<DeclaredPair> {
  const pairs = await mustReadPairs(terminal, flag);
  const declared = pairs.get(pair);
  if (declared !== undefined) return declared;
  const known = [...pairs.keys()].join(', ') || 'none is declared under sync:';
  throw new Stop(EXIT.usage, [problem(`there is no pair ${pair} in switchyard.yaml`, known)]);
}

/** @throws Stop with exit 2 where there is no file. */
export async function mustReadPairs(
  terminal: Terminal,
  flag: string | undefined,
): Promise<ReadonlyMap<string, DeclaredPair>> {
  const pairs = await readPairs(terminal, flag);
  if (pairs !== null) return pairs;
  throw new Stop(EXIT.usage, [
    problem('there is no switchyard.yaml', null, 'write one, or name it with --config or SWITCHYARD_CONFIG'),
  ]);
}
