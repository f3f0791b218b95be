import { join } from 'node:path';
import { DEFAULT_TYPEDOC, type Generator } from '../../contracts/docs.ts';
import { failure } from '../../policies/failures.ts';
import { isThere } from './is-there.ts';

/**
 * What makes the pages of a tree, as it shows: a package.json or a tsconfig.json is TypeDoc's, else a conf.py is Sphinx's.
 *
 * @throws failure `Invalid` where it shows neither.
 */
export async function detectGenerator(tree: string): Promise<Generator> {
  const has = (path: string): Promise<boolean> => isThere(join(tree, path));
  if ((await has('package.json')) || (await has('tsconfig.json'))) return { kind: 'typedoc', options: DEFAULT_TYPEDOC };
  for (const dir of SPHINX_FOLDERS) if (await has(join(dir, 'conf.py'))) return { kind: 'sphinx', options: { dir } };
  throw failure('Invalid', 'The source has neither a package.json nor a conf.py.', {
    next: 'Say what makes its pages: generator, typedoc or sphinx.',
  });
}

const SPHINX_FOLDERS = ['docs', 'doc', 'docs/source', 'doc/source', '.'] as const;
