/** What `doctor docs/SITE` finds out on the worker: whether it can have the source, make pages of it, and publish them. Changes nothing. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import type { Finding } from '../../contracts/doctor.ts';
import type { ResolvedSource, SiteSpec } from '../../contracts/docs-runs.ts';
import { failure } from '../../policies/failures.ts';
import { whatItSays } from '../../policies/as-temporal-failure.ts';
import { allowedFolder, isTrusted } from './fetch-source.ts';
import { mustBeTrustedOrFenced, sphinxVersion } from './generate-sphinx.ts';
import { isThere } from './is-there.ts';
import { inWords } from './preflight.ts';
import { resolveSource } from './resolve-source.ts';
import { typedocVersion } from './typedoc-version.ts';

export interface DiagnoseDocsDeps {
  readonly config: Pick<Config, 'docs' | 'reach' | 'secrets'>;
  readonly signal: AbortSignal;
}

/** One finding a check; one that fails does not keep the others from being made. */
export async function diagnoseDocs(deps: DiagnoseDocsDeps, spec: SiteSpec): Promise<readonly Finding[]> {
  const resolved = resolveSource(deps.config, { source: spec.source, ref: null }, deps.signal);
  return Promise.all([
    finding('source', async () => sourceWords(deps, await resolved)),
    finding('generator', async () => generatorWords(deps, spec, await resolved.catch(() => null))),
    finding('publish root', () => publishWords(join(deps.config.docs.publishRoot, spec.site))),
  ]);
}

async function finding(check: string, ask: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, sentence: await ask(), next: null };
  } catch (error) {
    const { sentence, next } = whatItSays(error);
    return { check, ok: false, sentence, next };
  }
}

async function sourceWords({ config }: DiagnoseDocsDeps, source: ResolvedSource): Promise<string> {
  const trust = (await isTrusted(config, source)) ? 'trusted' : 'not trusted: none of its code and configuration runs';
  if (source.kind === 'folder')
    return `The folder ${await allowedFolder(config.docs, source.path)} is there; ${trust}.`;
  return `${source.ref} is ${source.commit.slice(0, 12)} at ${new URL(source.url).host}; ${trust}.`;
}

/** Where the source cannot be had, nobody knows whether its ref would be trusted: then it is not. */
async function generatorWords(
  { config, signal }: DiagnoseDocsDeps,
  { generator }: SiteSpec,
  source: ResolvedSource | null,
): Promise<string> {
  if (generator?.kind !== 'sphinx') {
    const typedoc = `TypeDoc ${typedocVersion().version} comes along`;
    return generator === null ? `As the source shows: ${typedoc}, Sphinx needs python3.` : `${typedoc}.`;
  }
  const trusted = source !== null && (await isTrusted(config, source));
  mustBeTrustedOrFenced(trusted, config.docs);
  if (!trusted) await mustHaveProgram(config.docs.sandbox[0] ?? '');
  const { version, python } = { python: 'unknown', ...(await sphinxVersion(config.docs, signal)) };
  if (python === 'unknown')
    throw failure('Refused', 'Sphinx needs python3, and there is none on the PATH of the worker.', {
      next: 'Install Python 3.11 or newer with venv on the worker.',
    });
  return `Sphinx ${version} with Python ${python}${trusted ? '' : `, fenced by ${config.docs.sandbox[0] ?? ''}`}.`;
}

/** The worker's configuration takes absolute paths alone. */
async function mustHaveProgram(program: string): Promise<void> {
  const there = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (there) return;
  throw failure('Refused', `The sandbox of the worker is ${program}, and there is no such program on it.`, {
    next: 'Install it, or correct SWITCHYARD_DOCS_SANDBOX on the worker.',
  });
}

/** Nothing is made to find out: where the folder is not there yet, the nearest one above has to let it be made. */
async function publishWords(out: string): Promise<string> {
  let folder = out;
  while (!(await isThere(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  if (!(await stat(folder)).isDirectory())
    throw failure('Refused', `${folder} is no folder, so nothing can be published below it.`, {
      next: 'Correct SWITCHYARD_PUBLISH_ROOT on the worker.',
    });
  await inWords(folder, () => access(folder, constants.W_OK));
  const { bavail, bsize } = await statfs(folder);
  const free = `${Math.floor((bavail * bsize) / 1_000_000)} MB free`;
  return folder === out ? `${out} can be written to, ${free}.` : `${out} can be made in ${folder}, ${free}.`;
}
