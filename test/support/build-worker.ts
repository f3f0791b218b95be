import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Translates the worker that tests start and kill by the dozen into one file, as an image has it translated: from the sources each start
 * takes a second of a processor more. Its folder is beside node_modules, where its packages are found.
 */
export async function buildWorker(): Promise<{ readonly folder: string; readonly file: string }> {
  const cache = join(root, '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'test-'));
  const file = join(folder, 'worker-child.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/support/fixtures/worker-child.ts'],
    outfile: file,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    keepNames: true, // failures are told apart by the names of their classes
    logLevel: 'error',
    plugins: [whereTheyWere],
  });
  return { folder, file };
}

/** What a module finds beside itself is beside its source. */
const whereTheyWere: Plugin = {
  name: 'modules know where their sources are',
  setup: (building) => {
    building.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    });
  },
};
