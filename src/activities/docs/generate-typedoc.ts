import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostics, TypedocOptions } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';
import { outgrows } from './folder-bytes.ts';
import { lastLines } from './last-lines.ts';
import type { Generated, GenerateTask } from './make-pages.ts';
import { packageFolders } from './package-folders.ts';
import { runLimited, type LimitedEnd } from './run-limited.ts';
import { typedocVersion } from './typedoc-version.ts';

/** A build with TypeDoc. */
export interface TypedocTask extends GenerateTask {
  readonly options: TypedocOptions;
}

/** What the child is told. */
export interface ChildTask extends Omit<TypedocTask, 'limits'> {
  /** Where it puts its result. */
  readonly result: string;
}

/** What it made. */
export interface ChildResult extends Diagnostics {
  /** How far it came. */
  readonly stage: 'options' | 'convert' | 'write' | 'done';
}

/**
 * Makes pages of a tree with TypeDoc, in a child process.
 *
 * P4 An untrusted tree is data: no plugin, script or git of it runs; the process can read the tree and TypeDoc itself, and write its own output,
 * and nothing else (Node's permission model; it follows links, so that the tree must have none that lead out: source-tree.ts).
 *
 * @param path where a trusted tree finds git.
 * @throws failure `Invalid` with the first diagnostics in its details, `Refused` where a limit ended it; the reason of the signal.
 */
export async function generateTypedoc(
  task: TypedocTask,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<Generated> {
  const work = dirname(task.json);
  const result = join(work, 'typedoc-result.json');
  const { limits, ...told } = task;
  const order = JSON.stringify({ ...told, result } satisfies ChildTask); // no file: a page could include it
  try {
    const end = await runLimited({
      command: process.execPath,
      args: [`--max-old-space-size=${limits.memoryMb}`, ...permissionsOf(task, work), CHILD, order],
      cwd: task.tree,
      env: { PATH: path, HOME: work, TMPDIR: work, LANG: 'C.UTF-8', NODE_NO_WARNINGS: '1' },
      timeMs: limits.timeMs,
      signal,
      tooMuch: () => outgrows(work, limits.bytes),
    });
    return { generator: typedocVersion(), diagnostics: diagnosticsOf(await resultOf(end, result, task)) };
  } finally {
    await rm(result, { force: true });
  }
}

const CHILD = fileURLToPath(new URL('./typedoc-child.mjs', import.meta.url));

/** https://nodejs.org/api/permissions.html: no other file, no process, no worker. */
function permissionsOf({ tree, out, trusted }: GenerateTask, work: string): readonly string[] {
  if (trusted) return [];
  const readable = [tree, out, dirname(CHILD), ...packageFolders('typedoc'), ...packageFolders('typescript')];
  // Node 20 forgets a folder for which one inside of it is named as well (measured).
  const outermost = readable.filter((one) => !readable.some((other) => one.startsWith(`${other}/`)));
  const isStable = process.allowedNodeEnvironmentFlags.has('--permission');
  return [
    isStable ? '--permission' : '--experimental-permission',
    ...outermost.map((folder) => `--allow-fs-read=${folder}`),
    `--allow-fs-write=${work}`,
  ];
}

/** @throws failure that says why there is none. */
async function resultOf(end: LimitedEnd, path: string, { limits, tree }: GenerateTask): Promise<ChildResult> {
  if (end.kind === 'timed-out') throw ended(`it took longer than ${limits.timeMs / 1_000} s`);
  if (end.kind === 'too-much') throw ended(end.why);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null && end.code === 0) return JSON.parse(text) as ChildResult;
  if (OUT_OF_MEMORY.test(end.tail) || end.code === KILLED)
    throw ended(`it needed more than ${limits.memoryMb} MB of memory`);
  if (end.tail.includes('ERR_ACCESS_DENIED')) throw leadsOut(end.tail, tree);
  throw failure('Invalid', 'TypeDoc ended without a word.', { next: LOOK, details: { shown: lastLines(end.tail) } });
}

const OUT_OF_MEMORY = /heap out of memory|invalid array length Allocation failed/i;
/** As a shell says that the system's own killer ended a process. */
const KILLED = 128 + 9;

const ended = (why: string) =>
  failure('Refused', `TypeDoc was ended: ${why}.`, { next: 'Make the source smaller, or give the build more.' });

function leadsOut(tail: string, tree: string) {
  const [, resource = ''] = /resource: '([^']*)'/.exec(tail) ?? [];
  return failure('Refused', 'The source asks for something outside of it, which an untrusted build does not read.', {
    next: 'Look for includes, links and references that climb out of it.',
    details: { shown: resource.startsWith(tree) ? [resource] : [] },
  });
}

const LOOK = 'Build it on your own machine with typedoc to see more.';

/** @throws failure `Invalid` where it did not come to its end. */
function diagnosticsOf({ stage, ...diagnostics }: ChildResult): Diagnostics {
  if (stage === 'done') return diagnostics;
  const { errors, shown } = diagnostics;
  throw failure('Invalid', `${WORDS[stage]}: ${errors} errors.`, { next: NEXT[stage], details: { shown } });
}

const WORDS = {
  options: 'TypeDoc does not take the options of this source',
  convert: 'TypeDoc cannot read the source',
  write: 'TypeDoc could not write all pages',
} as const;

const NEXT = {
  options: 'Correct them.',
  convert: 'Correct them, install what is missing, or build with --type-errors report.',
  write: LOOK,
} as const;
