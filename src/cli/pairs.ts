import { EXIT } from './exit-codes.ts';
import { mustReadFile, readFileInForce } from './must-read-file.ts';
import { problem, Stop } from './stop.ts';
import { declaredPairs, type DeclaredPair } from './sync-policy.ts';
import type { Terminal } from './terminal.ts';

/** The pairs of the `switchyard.yaml` in force; null where there is no file. @throws Stop with exit 2 for a problem in it. */
export async function readPairs(
  terminal: Terminal,
  flag: string | undefined,
): Promise<ReadonlyMap<string, DeclaredPair> | null> {
  const file = await readFileInForce(terminal, flag);
  return file === null ? null : declaredPairs(file);
}

/** @throws Stop with exit 2 where there is no file, or no such pair in it. */
export async function mustReadPair(terminal: Terminal, pair: string, flag: string | undefined): Promise<DeclaredPair> {
  const pairs = declaredPairs(await mustReadFile(terminal, flag));
  const declared = pairs.get(pair);
  if (declared !== undefined) return declared;
  const known = [...pairs.keys()].join(', ') || 'none is declared under sync:';
  throw new Stop(EXIT.usage, [problem(`there is no pair ${pair} in switchyard.yaml`, known)]);
}
