import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Generator } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';

/**
 * What makes the pages of a tree, as it shows: a package.json or a tsconfig.json is TypeDoc's, else a conf.py is Sphinx's.
 *
 * @throws failure `Invalid` where it shows neither.
 */
export async function detectGenerator(tree: string): Promise<Generator> {
  const has = async (path: string): Promise<boolean> => (await stat(join(tree, path)).catch(() => null)) !== null;
  if ((await has('package.json')) || (await has('tsconfig.json')))
    return { kind: 'typedoc', options: { name: null, entryPoints: [], strategy: 'resolve', typeErrors: 'fail' } };
  for (const dir of SPHINX_FOLDERS) if (await has(join(dir, 'conf.py'))) return { kind: 'sphinx', options: { dir } };
  throw failure('Invalid', 'The source has neither a package.json nor a conf.py.', {
    next: 'Say what makes its pages: generator, typedoc or sphinx.',
  });
}

const SPHINX_FOLDERS = ['docs', 'doc', 'docs/source', 'doc/source', '.'] as const;
