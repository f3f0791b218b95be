import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { generateTypedoc } from '../../../src/activities/docs/generate-typedoc.ts';
import { copyTree } from '../../../src/activities/docs/source-tree.ts';
import {
  DEFAULT_BUILD_LIMITS,
  type BuildLimits,
  type Diagnostics,
  type TypedocOptions,
} from '../../../src/contracts/docs.ts';
import { SMALL_TSCONFIG } from '../../support/small-source.ts';

/** What no build of a tree may show. */
export const SECRET = 'the-secret-of-the-machine';
/** A file of ours beside the tree. */
const BESIDE = 'source.json';

export type Files = Readonly<Record<string, string>>;

/** A small package that builds. */
export const PACKAGE: Files = {
  'package.json': JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }),
  'tsconfig.json': SMALL_TSCONFIG,
  'src/index.ts': '/** Adds. */\nexport function add(a: number, b: number): number {\n  return a + b;\n}\n',
};

export async function makeFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), 'switchyard-typedoc-')));
}

export async function makeTree(root: string, files: Files): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

export interface BuildOf {
  readonly options?: Partial<TypedocOptions>;
  readonly trusted?: boolean;
  readonly limits?: Partial<BuildLimits>;
  readonly signal?: AbortSignal;
}

export interface Built {
  readonly diagnostics: Diagnostics | null;
  /** Why there are no pages; null where there are. */
  readonly failure: string | null;
  /** Everything that the build left and said. */
  readonly said: string;
  /** What the build left, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Builds a tree as it is built: one that is not trusted from a copy. */
export async function buildTree(
  root: string,
  { options, trusted = false, limits, signal }: BuildOf = {},
): Promise<Built> {
  const work = await makeFolder();
  const [site, tree] = [join(work, 'out/site'), trusted ? root : join(work, 'out/tree')];
  await mkdir(site, { recursive: true });
  await writeFile(join(work, 'out', BESIDE), SECRET); // as the stages of a build leave one there
  if (!trusted) await copyTree({ root, apart: [] }, tree);
  const task = {
    ...{ tree, out: site, json: join(work, 'out/api.json'), trusted, revision: null },
    options: {
      name: null,
      entryPoints: ['src/index.ts'],
      strategy: 'resolve',
      typeErrors: 'fail',
      ...options,
    } as const,
    limits: { ...DEFAULT_BUILD_LIMITS, memoryMb: 1_000, ...limits },
  };
  try {
    const made = await generateTypedoc(task, {
      path: process.env['PATH'] ?? '',
      signal: signal ?? new AbortController().signal,
    });
    const files = await filesOf(join(work, 'out'));
    const said = JSON.stringify([made, ...files]);
    return { diagnostics: made.diagnostics, failure: null, said, files };
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const files = await filesOf(join(work, 'out'));
    return {
      diagnostics: null,
      failure: error.message,
      said: JSON.stringify([error.message, error.details, ...files]),
      files,
    };
  }
}

async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const found = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const made = found.filter((path) => path !== join(folder, BESIDE) && !path.startsWith(join(folder, 'tree/')));
  return new Map(
    await Promise.all(made.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const)),
  );
}
