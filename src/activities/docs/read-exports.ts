import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiChanges, Coverage } from '../../contracts/docs.ts';
import { apiChanges, changeWords, type ApiDifference } from '../../core/docs/api-changes.ts';
import { docCoverage } from '../../core/docs/doc-coverage.ts';
import { readApi, type ApiExport } from '../../core/docs/read-api.ts';
import type { Standing } from './read-manifest.ts';

/** The model of what is exported, as TypeDoc's JSON. */
export const API = 'api.json';
/** What differs from the release that stood. */
const CHANGES = 'changes.json';

export interface ExportFacts {
  /** Null: the generator gives no model. */
  readonly coverage: Coverage | null;
  /** Null: nothing stood that it could be compared with. */
  readonly changes: ApiChanges | null;
}

/** Reads what a built site exports, and writes down what that changes against the release that stands. */
export async function readExports(site: string, standing: Standing | null): Promise<ExportFacts> {
  const api = await readModel(site);
  if (api === null) return { coverage: null, changes: null };
  const coverage = docCoverage(api);
  const before = standing === null ? null : await readModel(standing.folder);
  if (standing === null || before === null) return { coverage, changes: null };
  const difference = apiChanges(before, api);
  const against = standing.manifest.release;
  await writeFile(join(site, CHANGES), `${JSON.stringify({ schemaVersion: 1, against, ...difference })}\n`);
  return { coverage, changes: inShort(against, difference) };
}

const MOST_SHOWN = 20;

const inShort = (against: string, difference: ApiDifference): ApiChanges => ({
  against,
  added: difference.added.length,
  removed: difference.removed.length,
  changed: difference.changed.length,
  shown: changeWords(difference).slice(0, MOST_SHOWN),
});

/** Null where there is none, or one that cannot be read: then there is nothing to compare. */
async function readModel(folder: string): Promise<readonly ApiExport[] | null> {
  try {
    return readApi(JSON.parse(await readFile(join(folder, API), 'utf8')));
  } catch {
    return null;
  }
}
