import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../core/sha256.ts';
import { failure } from '../../policies/failures.ts';
import { lastLines } from './last-lines.ts';
import { runLimited } from './run-limited.ts';
import { SPHINX_REQUIREMENTS } from './sphinx-requirements.ts';
import { openWorkspace, sweepWorkspaces } from './workspace.ts';

/** Where programs of ours come from, and where what they make is kept. */
export interface ToolPlace {
  /** A folder of the worker, for what is made once and kept. */
  readonly tools: string;
  /** The environment of programs that reach the network; nothing else of the worker's own. */
  readonly programs: { readonly PATH: string } & Readonly<Record<string, string>>;
}

/**
 * A virtual environment with Sphinx, pinned by version and hash, and what a trusted tree wants beside it. Made once; made beside, then renamed,
 * so that one whose making was killed is never used.
 *
 * @param wanted A requirements file of a trusted tree; null: none.
 * @returns its Python.
 * @throws failure `Refused` without Python, `Unavailable` where the packages cannot be had.
 */
export async function sphinxEnvironment(place: ToolPlace, wanted: string | null, signal: AbortSignal): Promise<string> {
  const extra = wanted === null ? '' : await readFile(wanted, 'utf8');
  const folder = join(place.tools, `sphinx-${sha256(`${SPHINX_REQUIREMENTS}\n${extra}`).slice(0, 16)}`);
  const python = join(folder, 'bin', 'python');
  if ((await stat(python).catch(() => null)) !== null) return python;
  await mkdir(place.tools, { recursive: true });
  await sweepWorkspaces(place.tools, MAKING);
  const { path, close } = await openWorkspace(place.tools, MAKING);
  try {
    await make(path, { place, wanted, signal });
    await rename(path, folder).catch(unlessMade);
  } finally {
    await close();
  }
  return python;
}

const MAKING = 'making-';

interface Making {
  readonly place: ToolPlace;
  readonly wanted: string | null;
  readonly signal: AbortSignal;
}

async function make(folder: string, { place, wanted, signal }: Making): Promise<void> {
  const run = (what: string, args: readonly string[]) => runPython(what, args, { place, signal });
  await run('python3', ['-m', 'venv', folder]);
  const pinned = join(folder, 'requirements.txt');
  await writeFile(pinned, SPHINX_REQUIREMENTS);
  const python = join(folder, 'bin', 'python');
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  await run(python, [...install, '--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', pinned]);
  if (wanted !== null) await run(python, [...install, '-r', wanted]);
}

const INSTALL_WITHIN_MS = 10 * 60_000;

async function runPython(
  command: string,
  args: readonly string[],
  { place, signal }: Omit<Making, 'wanted'>,
): Promise<void> {
  const env = { ...place.programs, HOME: place.tools, PYTHONDONTWRITEBYTECODE: '1' };
  const end = await runLimited({ command, args, cwd: place.tools, env, timeMs: INSTALL_WITHIN_MS, signal });
  if (end.kind === 'exited' && end.code === 0) return;
  if (end.kind === 'exited' && end.code === NOT_FOUND)
    throw failure('Refused', 'This worker has no python3, which Sphinx needs.', {
      next: 'Install Python 3.11 or newer with its venv module there.',
    });
  throw failure('Unavailable', 'The packages of Sphinx cannot be installed.', {
    next: 'Look whether the worker reaches the package index (PIP_INDEX_URL, HTTPS_PROXY).',
    details: { shown: end.kind === 'exited' ? lastLines(end.tail) : [end.kind] },
  });
}

/** As a shell says that there is no such program. */
const NOT_FOUND = 127;

/** Somebody else made the same meanwhile. */
function unlessMade(cause: unknown): void {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw cause;
}
