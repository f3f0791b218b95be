// @ts-check
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

/**
 * Reads the options of a tree that nobody vouches for, as data (P4): compiler options out of its tsconfig.json, and harmless keys out of
 * its typedoc.json and package.json. TypeDoc's own readers import plugins and scripts that such files name, and every file of the names
 * that it looks for (measured); this one has nothing that could run.
 *
 * Plain JavaScript, because the process that it runs in may not start the compiler that a clone needs for TypeScript.
 */

/** Nothing among them names a file, a module or an address. */
const HARMLESS = new Set([
  'blockTags',
  'cascadedModifierTags',
  'categorizeByGroup',
  'categoryOrder',
  'commentStyle',
  'defaultCategory',
  'exclude',
  'excludeCategories',
  'excludeExternals',
  'excludeInternal',
  'excludeNotDocumented',
  'excludePrivate',
  'excludeProtected',
  'excludeReferences',
  'excludeTags',
  'groupOrder',
  'includeVersion',
  'inlineTags',
  'intentionallyNotDocumented',
  'intentionallyNotExported',
  'kindSortOrder',
  'modifierTags',
  'name',
  'navigation',
  'requiredToBeDocumented',
  'searchInComments',
  'sort',
  'validation',
  'visibilityFilters',
]);

/**
 * @param {string} tree Without links.
 * @param {Set<string>} problems Takes what makes its configuration useless.
 * @returns {import('typedoc').OptionsReader}
 */
export function treeReader(tree, problems) {
  return {
    order: 200,
    name: 'switchyard-tree',
    supportsPackages: true, // packages are read by readers that say so, and by no other
    read: (container, logger, cwd) => {
      readTsconfig(tree, cwd, { container, problems });
      for (const [key, value] of Object.entries(optionsOf(tree, cwd))) set({ container, logger }, { key, value, cwd });
    },
  };
}

/** Whether a path is the tree or something in it. */
export function isInside(/** @type {string} */ tree, /** @type {string} */ path) {
  const way = relative(tree, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** @typedef {{ readonly container: import('typedoc').Options, readonly problems: Set<string> }} Reading */

/** TypeDoc would go on with options of its own where this one is broken, and the pages would look right (measured). */
function readTsconfig(/** @type {string} */ tree, /** @type {string} */ cwd, /** @type {Reading} */ reading) {
  const path = join(cwd, 'tsconfig.json');
  if (!existsSync(path)) return;
  const { container, problems } = reading;
  /** @type {ts.Diagnostic[]} */
  const broken = [];
  const onUnRecoverableConfigFileDiagnostic = (/** @type {ts.Diagnostic} */ one) => void broken.push(one);
  const host = { ...hostOf(tree, cwd), onUnRecoverableConfigFileDiagnostic };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, {}, host);
  const wrong = [...broken, ...(parsed?.errors ?? [])];
  for (const { messageText } of wrong)
    problems.add(`${relative(tree, path)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  if (parsed !== undefined && wrong.length === 0)
    container.setCompilerOptions(parsed.fileNames, parsed.options, parsed.projectReferences);
}

/**
 * What is outside of the tree is not there: no `extends` climbs out of it.
 *
 * @returns {ts.ParseConfigFileHost}
 */
function hostOf(/** @type {string} */ tree, /** @type {string} */ cwd) {
  const may = (/** @type {string} */ path) => isInside(tree, realOf(resolve(cwd, path)));
  return {
    ...ts.sys,
    getCurrentDirectory: () => cwd,
    fileExists: (path) => may(path) && ts.sys.fileExists(path),
    readFile: (path) => (may(path) ? ts.sys.readFile(path) : undefined),
    directoryExists: (path) => may(path) && ts.sys.directoryExists(path),
    readDirectory: (path, ...rest) => (may(path) ? ts.sys.readDirectory(path, ...rest).filter(may) : []),
    onUnRecoverableConfigFileDiagnostic: () => undefined,
  };
}

/** Of what is not there, the place where it would be. */
function realOf(/** @type {string} */ path) {
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), relative(at, path));
    } catch {
      if (at === dirname(at)) return path;
    }
  }
}

/** @returns {Record<string, unknown>} */
function optionsOf(/** @type {string} */ tree, /** @type {string} */ cwd) {
  const own = jsonOf(tree, join(cwd, 'typedoc.json'));
  const { typedocOptions } = jsonOf(tree, join(cwd, 'package.json'));
  const all = { ...objectOr(typedocOptions), ...own };
  const harmless = Object.entries(all).filter(([key]) => HARMLESS.has(key));
  return { ...Object.fromEntries(harmless), ...entryPointsOf(tree, cwd, all) };
}

/** Entry points are kept where they stay inside. */
function entryPointsOf(
  /** @type {string} */ tree,
  /** @type {string} */ cwd,
  /** @type {Record<string, unknown>} */ { entryPoints },
) {
  const named = (Array.isArray(entryPoints) ? entryPoints : [entryPoints]).filter((one) => typeof one === 'string');
  const inside = named.filter((one) => isInside(tree, realOf(resolve(cwd, one))));
  return inside.length === 0 ? {} : { entryPoints: inside };
}

/** @returns {Record<string, unknown>} */
function jsonOf(/** @type {string} */ tree, /** @type {string} */ path) {
  if (!isInside(tree, realOf(path)) || !existsSync(path)) return {};
  return objectOr(ts.parseConfigFileTextToJson(path, readFileSync(path, 'utf8')).config);
}

/** @returns {Record<string, unknown>} */
function objectOr(/** @type {unknown} */ value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** @typedef {{ readonly container: import('typedoc').Options, readonly logger: import('typedoc').Logger }} Taking */
/** @typedef {{ readonly key: string, readonly value: unknown, readonly cwd: string }} Setting */

/** What TypeDoc does not take is said, and the rest is taken. */
function set(/** @type {Taking} */ { container, logger }, /** @type {Setting} */ { key, value, cwd }) {
  try {
    container.setValue(/** @type {never} */ (key), /** @type {never} */ (value), /** @type {never} */ (cwd));
  } catch (cause) {
    const sentence = `${key}: ${cause instanceof Error ? cause.message : String(cause)}`;
    logger.warn(/** @type {import('typedoc').TranslatedString} */ (sentence));
  }
}
