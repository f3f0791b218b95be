import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { BuildLimits, Diagnostics, GeneratorVersion, SphinxOptions } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';
import { outgrows } from './folder-bytes.ts';
import { isThere } from './is-there.ts';
import type { Generated, GenerateTask } from './make-pages.ts';
import { runLimited, type LimitedEnd } from './run-limited.ts';
import { sphinxEnvironment, type ToolPlace } from './sphinx-environment.ts';
import { SPHINX_VERSION } from './sphinx-requirements.ts';

export interface SphinxPlace extends ToolPlace {
  /** A program and its arguments that fences in what comes after them; empty: none is configured. */
  readonly sandbox: readonly string[];
}

/**
 * Makes pages of a tree with Sphinx, in a child process with a minimal environment.
 *
 * P4 `conf.py` is code, and so are extensions of the tree: an untrusted one is built in the sandbox that the worker's operator has configured,
 * or not at all.
 *
 * @throws failure `Refused` for an untrusted tree without a sandbox, or where a limit ended it; `Invalid` with the last of what Sphinx said.
 */
export async function generateSphinx(
  task: GenerateTask & { readonly options: SphinxOptions },
  { place, signal }: { readonly place: SphinxPlace; readonly signal: AbortSignal },
): Promise<Generated> {
  const { tree, out, trusted, limits, options } = task;
  mustBeTrustedOrFenced(trusted, place);
  const source = await folderInside(tree, options.dir);
  await mustHaveConf(source, options);
  const requirements = join(source, 'requirements.txt');
  const wanted = trusted && (await isThere(requirements)) ? requirements : null;
  const python = await sphinxEnvironment(place, wanted, signal);
  const work = dirname(task.json);
  const warnings = join(work, 'sphinx-warnings.txt');
  const build = ['-m', 'sphinx', '-b', 'html', '-q', '-N', '-d', join(work, 'doctrees'), '-w', warnings, source, out];
  const end = await runLimited({
    command: '/bin/sh',
    args: [
      '-c',
      LIMITED,
      'sh',
      String(limits.memoryMb * 1_024),
      ...(trusted ? [] : sandboxOf(place, { tree, work })),
      python,
      ...build,
    ],
    cwd: tree,
    env: { PATH: place.programs.PATH, HOME: work, TMPDIR: work, LANG: 'C.UTF-8', ...PYTHON },
    timeMs: limits.timeMs,
    signal,
    tooMuch: () => outgrows(work, limits.bytes),
  });
  mustHaveEnded(end, { limits, tree });
  const said = await readFile(warnings, 'utf8').catch(() => '');
  return { generator: await sphinxVersion(place, signal), diagnostics: diagnosticsOf(said, tree) };
}

/** The sandbox command, told which folders this build may see: `{tree}`, and of those `{work}` may be written to, with what is below it. */
const sandboxOf = ({ sandbox, tools }: SphinxPlace, at: { readonly tree: string; readonly work: string }) =>
  sandbox.map((part) => part.replaceAll('{tree}', at.tree).replaceAll('{work}', at.work).replaceAll('{tools}', tools));

/** @throws failure `Refused` where it lies outside of the tree, by its name or by a link. */
async function folderInside(tree: string, dir: string): Promise<string> {
  const [root, folder] = [await realpath(tree), join(tree, dir)];
  const real = await realpath(folder).catch(() => folder);
  if (real === root || real.startsWith(`${root}${sep}`) || real.startsWith(`${tree}${sep}`)) return folder;
  throw failure('Refused', `The folder ${JSON.stringify(dir.slice(0, 80))} is outside of the source.`, {
    next: 'Correct sphinx: dir of the site.',
  });
}

/** What is installed here, without making it: a build key is made before it is known whether it is needed. */
export async function sphinxVersion({ programs, tools }: ToolPlace, signal: AbortSignal): Promise<GeneratorVersion> {
  const args = ['-c', 'import platform; print(platform.python_version())'];
  const run = { command: 'python3', args, cwd: '/', env: { ...programs, HOME: tools }, timeMs: 30_000, output: 100 };
  const end = await runLimited({ ...run, signal });
  const python = end.kind === 'exited' && end.code === 0 ? end.output.trim() : 'unknown';
  return { name: 'sphinx', version: SPHINX_VERSION, python };
}

/** Of its address space, in kB; where a system knows no such limit, its own has to do. */
const LIMITED = 'ulimit -v "$1" 2>/dev/null; shift; exec "$@"';
/** The same source gives the same pages; nothing is left in the tree; no packages of whoever runs the worker. */
const PYTHON = { PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1', PYTHONNOUSERSITE: '1' };

/** @throws failure `Refused` for an untrusted tree without a sandbox. */
export function mustBeTrustedOrFenced(trusted: boolean, { sandbox }: Pick<SphinxPlace, 'sandbox'>): void {
  if (trusted || sandbox.length > 0) return;
  throw failure('Refused', 'Sphinx runs conf.py of the source, which is code, and this source is not trusted.', {
    next: 'Name it in SWITCHYARD_DOCS_TRUSTED on the worker, or give it a sandbox with SWITCHYARD_DOCS_SANDBOX.',
  });
}

async function mustHaveConf(source: string, { dir }: SphinxOptions): Promise<void> {
  if (await isThere(join(source, 'conf.py'))) return;
  throw failure('Invalid', `The source has no ${dir}/conf.py.`, { next: 'Name the folder that has it (sphinx: dir).' });
}

interface Bounds {
  readonly limits: BuildLimits;
  readonly tree: string;
}

function mustHaveEnded(end: LimitedEnd, { limits, tree }: Bounds): void {
  if (end.kind === 'timed-out') throw ended(`it took longer than ${limits.timeMs / 1_000} s`);
  if (end.kind === 'too-much') throw ended(end.why);
  if (end.code === 0) return;
  if (end.tail.includes('MemoryError')) throw ended(`it needed more than ${limits.memoryMb} MB of memory`);
  throw failure('Invalid', `Sphinx ended with ${end.code ?? end.signal ?? 'nothing'}.`, {
    next: 'Build it on your own machine with sphinx-build to see more.',
    details: { shown: linesOf(end.tail, tree).slice(-20) },
  });
}

const ended = (why: string) =>
  failure('Refused', `Sphinx was ended: ${why}.`, { next: 'Make the source smaller, or give the build more.' });

const linesOf = (text: string, tree: string): readonly string[] =>
  stripVTControlCharacters(text)
    .replaceAll(`${tree}/`, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 300));

/** Each finding begins with its place and its weight; what comes below quotes the source. */
const FINDING = /^(?:.*?: )?(WARNING|ERROR|CRITICAL|SEVERE): /;

function diagnosticsOf(said: string, tree: string): Diagnostics {
  const found = linesOf(said, tree).filter((line) => FINDING.test(line));
  return {
    errors: 0, // what Sphinx itself calls an error ends no build; it counts as a warning here as it does there
    warnings: found.length,
    shown: found.slice(0, 50),
    warningKeys: found.slice(0, 5_000).map(keyOf),
  };
}

/** The same for the same warning, also where lines above it came or went. */
const keyOf = (line: string): string =>
  createHash('sha256')
    .update(line.replace(/:\d+(?=:)/, ''))
    .digest('hex')
    .slice(0, 12);
