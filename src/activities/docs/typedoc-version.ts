import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { GeneratorVersion } from '../../contracts/docs.ts';

/** The generator that is installed here, without loading it: a build key is made before it is known whether it is needed. */
export function typedocVersion(): GeneratorVersion {
  return { name: 'typedoc', version: versionOf('typedoc'), typescript: versionOf('typescript') };
}

function versionOf(name: string): string {
  const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
