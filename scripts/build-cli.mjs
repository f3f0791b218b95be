/**
 * Builds the client into one file, dist/switchyard: `npm run build:cli`. A CI job needs Node and that file, nothing else.
 *
 * What belongs to a worker's machine stays out: the worker with its native parts, the embedded server, the generators of
 * documentation and the sign-in. Those verbs say where they are found. What is left is loaded when a verb needs it. What draws pages is in
 * a second file, dist/switchyard-pages.mjs: only `show --html` asks for it, and it is found beside the first.
 */
import { build } from 'esbuild';
import { chmod, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What only a clone or the image has, by the sentence's subject. */
const LEFT_OUT = {
  'src/worker.ts': 'a worker',
  'src/cli/run-up.ts': 'a worker and an embedded server',
  'src/cli/run-gateway.ts': 'the gateway',
  'src/cli/log-in.ts': 'the sign-in of a worker',
  'src/cli/forget-here.ts': 'the sign-in of a worker',
  'src/cli/build-docs-here.ts': 'the generators of documentation',
  'src/cli/docs-here.ts': 'the publisher of documentation',
};

/** Draws the pages of runs: loaded when one is drawn, and from a file of its own. */
const PAGES = { source: 'src/cli/page/draw-page.ts', file: 'switchyard-pages.mjs' };

/** @returns the size of the first file in bytes, and what it still imports besides Node's own modules. */
export async function buildClient(outfile) {
  await bundle(PAGES.source, join(dirname(outfile), PAGES.file), []);
  const { metafile } = await bundle('src/cli/main.ts', outfile, [leaveOut]);
  await chmod(outfile, 0o755);
  const [output] = Object.values(metafile.outputs);
  const imports = output.imports.filter(({ external }) => external).map(({ path }) => path);
  return { bytes: output.bytes, imports: [...new Set(imports)], inputs: Object.keys(output.inputs) };
}

function bundle(source, outfile, plugins) {
  return build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true, // failures are told apart by the names of their classes
    metafile: true,
    logLevel: 'error',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    plugins: [withoutLocales, withoutCloud, withoutChannelz, ...plugins],
    // Dependencies that are CommonJS still ask for Node's own modules by `require`, which a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

/** zod brings its messages in fifty languages along; ours are in English. */
const withoutLocales = {
  name: 'leave out other languages',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** What the description of Temporal's protocol holds besides what a client of a server speaks. */
const UNSPOKEN = [
  ['temporal', 'api', 'cloud'], // the administration of Temporal Cloud
  ['grpc', 'gateway'], // how others write its documentation
];

const withoutCloud = {
  name: "leave out what a client of Temporal's protocol never speaks",
  setup({ onLoad }) {
    onLoad({ filter: /@temporalio\/proto\/protos\/json-module\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const start = source.indexOf('.addJSON(') + '.addJSON('.length;
      const end = source.lastIndexOf(')');
      const nested = JSON.parse(source.slice(start, end), withoutAnnotation);
      for (const names of UNSPOKEN) remove(nested, names);
      return { contents: `${source.slice(0, start)}${JSON.stringify(nested)}${source.slice(end)}`, loader: 'js' };
    });
  },
};

/** `(google.api.http).get` is how a gateway translates HTTP, and `ruby_package` is for generators; neither is read here. */
function withoutAnnotation(key, value) {
  return /^\(.*\)|^(go|ruby|php|csharp|java|objc)_/.test(key) ? undefined : value;
}

function remove(nested, [name, ...inner]) {
  if (!(name in nested)) throw new Error(`Temporal's protocol has no ${name} any more: see scripts/build-cli.mjs`);
  if (inner.length === 0) delete nested[name];
  else remove(nested[name].nested, inner);
}

/** Reads protocols from files, for the debugging service that a server of gRPC may offer: a client offers none. */
const withoutChannelz = {
  name: 'leave out the loader of protocols',
  setup({ onLoad }) {
    onLoad({ filter: /@grpc\/proto-loader\/build\/src\/index\.js$/ }, () => ({
      contents: "exports.loadSync = () => { throw new Error('The client in one file offers no service of gRPC.'); };",
    }));
  },
};

const leaveOut = {
  name: 'leave out what a client never needs',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const source = path.slice(root.length);
      if (source === PAGES.source) return { contents: drawsBeside(), loader: 'ts', resolveDir: `${root}src/cli/page` };
      const what = LEFT_OUT[source];
      return what === undefined ? null : { contents: saysWhere(what), loader: 'ts', resolveDir: `${root}src/cli` };
    });
  },
};

/** A module that is the second file; where that is not there, its loading ends the verb with where it is found. */
function drawsBeside() {
  const next = `copy ${PAGES.file} beside this file: npm run build:cli makes both`;
  return `import { existsSync } from 'node:fs';
import { problem, Stop } from '../stop.ts';
const beside = new URL('./${PAGES.file}', import.meta.url);
if (!existsSync(beside)) throw new Stop(2, [problem('what draws pages is not here', null, ${JSON.stringify(next)})]);
export const { drawPage } = await import(beside.href);`;
}

/** A module whose loading ends the verb, before it has begun, with the way to the whole program. */
function saysWhere(what) {
  const found = `this is the client in one file: ${what} is not in it`;
  const next = 'run this verb in a clone of the repository or in its image';
  return `import { problem, Stop } from './stop.ts';
throw new Stop(2, [problem(${JSON.stringify(found)}, null, ${JSON.stringify(next)})]);`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytes } = await buildClient('dist/switchyard');
  console.log(`dist/switchyard: ${(bytes / 1e6).toFixed(2)} MB`);
}
