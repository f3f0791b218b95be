/**
 * Builds examples/lambda/handler.ts into one file, dist/lambda/handler.mjs: `npm run build:lambda`.
 *
 * The AWS SDK is built in. Leaving it to the runtime would make the file a third of the size (185 KB instead of 565 KB), and the
 * SDK that writes the record one that was never tested here and changes by itself.
 */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns the files that went into it, by their paths from the root of the repository, and what it still imports. */
export async function buildLambda(outfile) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['examples/lambda/handler.ts'],
    outfile,
    bundle: true,
    minify: true,
    metafile: true,
    logLevel: 'error',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // ES modules first: of CommonJS nothing that is unused can be left out (165 KB).
    mainFields: ['module', 'main'],
    alias: { '@temporalio/common': './examples/lambda/without-temporal.ts' },
    // Dependencies that are CommonJS still ask for Node's own modules by `require`, which a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const inputs = Object.keys(metafile.inputs);
  const strays = inputs.filter((path) => path.includes('@temporalio/'));
  if (strays.length > 0) throw new Error(`Temporal got into the Lambda: ${strays.slice(0, 3).join(', ')}`);
  const [output] = Object.values(metafile.outputs);
  return { inputs, imports: output.imports.filter(({ external }) => external).map(({ path }) => path) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildLambda('dist/lambda/handler.mjs');
