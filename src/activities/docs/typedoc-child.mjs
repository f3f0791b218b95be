// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Application, Logger, LogLevel } from 'typedoc';
import ts from 'typescript';
import { isInside, treeReader } from './typedoc-tree-reader.mjs';

/**
 * One build with TypeDoc, in a process of its own: it is synchronous for seconds, takes hundreds of megabytes, and may have to be killed.
 * What comes of it is a file, which `generate-typedoc.ts` reads.
 */

/** @typedef {import('./generate-typedoc.ts').ChildTask} ChildTask */
/** @typedef {import('./generate-typedoc.ts').ChildResult} ChildResult */

const MOST_SHOWN = 50;
const LONGEST = 300;
const MOST_KEYS = 5_000;
/** A browser shows or stores them, and runs nothing in them. */
const PASSIVE = /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|txt|md|csv|json|pdf|zip|gz|tgz|mp4|webm|mp3|ogg)$/i;

/** Keeps the first of what TypeDoc says: the first line of each, for the others quote the source. */
class Listener extends Logger {
  /** @type {string[]} */
  shown = [];
  /** @type {string[]} */
  warningKeys = [];

  /** @override */
  log(/** @type {string} */ message, /** @type {import('typedoc').LogLevel} */ level) {
    super.log(message, level); // it counts
    if (level < LogLevel.Warn) return;
    const [first = ''] = stripVTControlCharacters(message).trim().split('\n');
    if (level === LogLevel.Warn && this.warningKeys.length < MOST_KEYS) this.warningKeys.push(keyOf(first));
    if (this.shown.length >= MOST_SHOWN) return;
    this.shown.push(
      `${level === LogLevel.Warn ? 'warning' : 'error'}: ${first.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, LONGEST)}`,
    );
  }

  /** Where something is said of, instead of the line that it stands in. @override */
  addContext(/** @type {string} */ message, /** @type {unknown} */ _level, /** @type {unknown[]} */ ...[at, file]) {
    if (at === undefined) return message;
    const node = /** @type {import('typescript').Node} */ (at);
    const isPlace = typeof at === 'number';
    const source = isPlace ? /** @type {import('typescript').SourceFile} */ (file) : node.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(isPlace ? at : node.getStart(source, false));
    return `${source.fileName.replace(`${process.cwd()}/`, '')}:${line + 1} ${message}`;
  }
}

/** The same for the same warning, also where lines above it came or went. */
const keyOf = (/** @type {string} */ text) =>
  createHash('sha256')
    .update(text.replace(/:\d+(?= )/, ''))
    .digest('hex')
    .slice(0, 12);

const task = /** @type {ChildTask} */ (JSON.parse(process.argv[2] ?? ''));
writeFileSync(task.result, JSON.stringify(await build(task)));

/** @returns {Promise<ChildResult>} */
async function build(/** @type {ChildTask} */ task) {
  const outside = task.options.entryPoints.find((one) => !isInside(task.tree, resolve(task.tree, one)));
  if (outside !== undefined)
    return {
      stage: 'options',
      errors: 1,
      warnings: 0,
      shown: [`error: ${outside} is outside of the source`],
      warningKeys: [],
    };
  /** @type {Set<string>} */
  const problems = new Set();
  const app = task.trusted
    ? await Application.bootstrapWithPlugins(ofTask(task))
    : await Application.bootstrap(ofUntrusted(task), [treeReader(task.tree, problems)]);
  const listener = new Listener();
  const said = app.logger;
  app.logger = listener;
  for (const problem of problems) listener.error(/** @type {import('typedoc').TranslatedString} */ (problem));
  // What its own logger was told while it began is counted there, and went to the log of this process.
  const told = (/** @type {ChildResult['stage']} */ stage, unresolved = 0) => ({
    stage,
    errors: said.errorCount + listener.errorCount + unresolved,
    warnings: said.warningCount + listener.warningCount,
    shown: listener.shown,
    warningKeys: listener.warningKeys,
  });
  if (said.hasErrors() || problems.size > 0) return told('options');
  const project = await app.convert();
  if (project === undefined || listener.hasErrors()) return told('convert');
  const unresolved = task.options.typeErrors === 'report' ? typeErrors(app, listener) : 0;
  app.validate(project);
  await app.generateDocs(project, task.out);
  if (!task.trusted) dropActive(join(task.out, 'media'), listener);
  await app.generateJson(project, task.json);
  return told(listener.hasErrors() ? 'write' : 'done', unresolved);
}

/** @returns {Partial<import('typedoc').TypeDocOptions>} */
function ofTask(/** @type {ChildTask} */ { tree, options, revision, trusted }) {
  const { name, entryPoints, strategy, typeErrors } = options;
  return {
    ...(name === null ? {} : { name }),
    ...(entryPoints.length === 0 ? {} : { entryPoints: [...entryPoints] }),
    entryPointStrategy: strategy,
    ...(revision === null || !trusted ? {} : { gitRevision: revision }),
    ...(typeErrors === 'report' ? { skipErrorChecking: true } : {}),
    displayBasePath: tree,
    emit: 'docs', // nothing of the tree is compiled into it
    cacheBust: false, // the same source gives the same bytes
    cleanOutputDir: false,
    lang: 'en',
  };
}

/** Beside that nothing of its own configuration runs: no git, whose configuration names programs, and no HTML out of comments. */
function ofUntrusted(/** @type {ChildTask} */ task) {
  return {
    ...ofTask(task),
    plugin: [],
    disableSources: true,
    disableGit: true,
    markdownItOptions: { html: false, linkify: true },
    packageOptions: { disableSources: true, disableGit: true, skipErrorChecking: task.options.typeErrors === 'report' },
  };
}

/**
 * Files that a comment links to are published as they are. Of a tree that is not trusted only those that a browser shows or stores, and none
 * in which it would run something.
 */
function dropActive(/** @type {string} */ media, /** @type {Listener} */ listener) {
  for (const name of existsSync(media) ? readdirSync(media) : []) {
    if (PASSIVE.test(name)) continue;
    unlinkSync(join(media, name));
    listener.warn(/** @type {import('typedoc').TranslatedString} */ (`${name} is not published: a browser may run it`));
  }
}

/** What the checks would have found that `report` switched off. */
function typeErrors(/** @type {Application} */ app, /** @type {Listener} */ listener) {
  const programs = new Set((app.getEntryPoints() ?? []).map(({ program }) => program));
  const found = [...programs].flatMap((program) => [...ts.getPreEmitDiagnostics(program)]);
  const errors = found.filter(({ category }) => category === ts.DiagnosticCategory.Error);
  const host = {
    getCanonicalFileName: (/** @type {string} */ name) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => '\n',
  };
  const room = MOST_SHOWN - listener.shown.length;
  for (const one of errors.slice(0, Math.max(0, room)))
    listener.shown.push(ts.formatDiagnostic(one, host).split('\n')[0]?.slice(0, LONGEST) ?? '');
  return errors.length;
}
