import type { FreezePolicy } from '../contracts/file.ts';
import type { NotifyTarget } from '../core/notify/target.ts';
import { EXIT } from './exit-codes.ts';
import { findFile } from './find-file.ts';
import { readGroups, type NamedGroup } from './group-policy.ts';
import { declaredTargets } from './notify-targets.ts';
import { startFindings } from './parse/parsed.ts';
import { readRecords, type NamedPolicy } from './record-policy.ts';
import { readSwitchyardFile, type ReadFile } from './read-file.ts';
import { Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** What `switchyard.yaml` declares of deployments: records by canonical name, groups by name. */
export interface Declared {
  readonly records: ReadonlyMap<string, NamedPolicy>;
  readonly groups: ReadonlyMap<string, NamedGroup>;
  readonly freeze: readonly FreezePolicy[];
  /** Whom to tell, with every default in it. */
  readonly notify: readonly NotifyTarget[];
}

/**
 * Of the `switchyard.yaml` in force; empty where there is no file.
 *
 * @throws Stop with exit 2: every problem of the file, each with its line.
 */
export async function readDeclared(terminal: Terminal, flag: string | undefined): Promise<Declared> {
  const path = findFile({ flag, env: terminal.env, cwd: terminal.cwd });
  if (path === null) return { records: new Map(), groups: new Map(), freeze: [], notify: [] };
  return declaredIn(await readSwitchyardFile(path, terminal.cwd));
}

/** @throws Stop with exit 2: every problem of records and groups at once. */
export function declaredIn(file: ReadFile): Declared {
  const findings = startFindings();
  const records = readRecords(file, findings);
  const groups = readGroups(file, records, findings);
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return { records, groups, freeze: file.file.freeze ?? [], notify: declaredTargets(file.file) };
}
