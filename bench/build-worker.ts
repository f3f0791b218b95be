import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Below the project, so that it finds the packages; ignored by git. */
const FOLDER = 'node_modules/.cache/switchyard-bench';

/** Builds the client as `npm run build` does, without a check of types; returns its program. In production nothing compiles at start. */
export async function buildWorker(): Promise<string> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', FOLDER, '--noCheck', '--declaration', 'false'];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return `${ROOT}${FOLDER}/cli/main.js`;
}
