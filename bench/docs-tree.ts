import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a package of so many modules, each with what documentation has to show: comments, links, generics, classes. */
export function docsTree(modules: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: modules }, (_, at) => `module-${String(at).padStart(4, '0')}`);
  const sources = names.map((name, at) => [`src/${name}.ts`, moduleText(at)] as const);
  return {
    'package.json': `${JSON.stringify({ name: 'measured', version: '1.0.0', type: 'module' })}\n`,
    'README.md': '# Measured\n\nA package of many modules.\n',
    'tsconfig.json': `${JSON.stringify({ compilerOptions: COMPILER, include: ['src'] })}\n`,
    ...Object.fromEntries(sources),
  };
}

const COMPILER = { target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [] };

const moduleText = (at: number): string => `/** Everything about the ${at}th thing. */

/** How a thing is made. */
export interface Options${at}<Value> {
  /** What it begins with. */
  readonly first: Value;
  /** How many there may be; see {@link Thing${at}.add}. */
  readonly most?: number;
}

/**
 * A thing that holds values.
 *
 * @typeParam Value what it holds.
 */
export class Thing${at}<Value> {
  private readonly values: Value[] = [];
  /** Makes one. @param options as {@link Options${at}} says. */
  constructor(private readonly options: Options${at}<Value>) {
    this.values.push(options.first);
  }
  /** Adds a value; false where there are too many. */
  add(value: Value): boolean {
    if (this.values.length >= (this.options.most ?? ${at + 1})) return false;
    return this.values.push(value) > 0;
  }
}

/** A thing with nothing but its first value. */
export function thing${at}<Value>(first: Value): Thing${at}<Value> {
  return new Thing${at}({ first });
}
`;

export async function writeTree(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, 'src'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
}
