import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { DEFAULT_BUILD_LIMITS, type EntryPointStrategy } from '../../contracts/docs.ts';
import type { Decision } from '../../core/docs/pointer-move.ts';
import { readVersionName, VERSION_NAMES } from '../../core/docs/version-name.ts';
import { collect, examples, type AddVerb, type Context } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hearInterrupts } from '../interrupts.ts';
import { whoAsks } from '../identity.ts';
import { must } from '../must-read.ts';
import { parseSpan } from '../parse/numbers.ts';
import { quoted } from '../parse/parsed.ts';
import { mustBePort } from '../parse/port.ts';
import type * as RenderDocs from '../render-docs.ts';
import { problem, Stop } from '../stop.ts';
import type { Terminal } from '../terminal.ts';

/** Documentation in a folder of this machine, without Temporal. */
export const addDocs: AddVerb = (program, context) => {
  const docs = program
    .command('docs')
    .description('build documentation and publish it in a folder, atomically and with a way back; without Temporal')
    .addHelpText(
      'after',
      examples('docs build --source . --out ./site', 'docs rollback --out ./site', 'docs build --help'),
    )
    .copyInheritedSettings(program);
  for (const add of [addBuild, addList, addRollback, addUnpin, addGc, addServe]) add(docs, context);
};

type Docs = Parameters<AddVerb>[0];

const OUT = ['--out <folder>', 'the folder of the site'] as const;
const VERSION = ['--version <name>', 'the version of the documentation', 'latest'] as const;
const JSON_OPTION = ['--json', 'one JSON document'] as const;
const BY = ['--by <who>', 'who asks; default: CI or OS user'] as const;

function addBuild(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('build')
    .description('build with TypeDoc and publish; an unchanged source costs a look')
    .option('--source <folder>', 'the tree to document', '.')
    .requiredOption(...OUT)
    .option(...VERSION)
    .option(
      '--entry <file>',
      'an entry point, relative to the source; repeatable; default: as package.json says',
      collect,
    )
    .addOption(new Option('--strategy <name>', 'of TypeDoc').choices(STRATEGIES).default('resolve' as const))
    .option('--name <title>', 'title of the site; default: the name in package.json')
    .addOption(
      new Option('--type-errors <what>', 'fail: they end the build; report: they are counted')
        .choices(['fail', 'report'] as const)
        .default('fail' as const),
    )
    .option(
      '--untrusted',
      'run no code and no configuration of the tree, build a copy, refuse links that lead out of it',
    )
    .option(
      '--flat',
      'one plain folder without links, for GitHub Pages or a bucket: no versions and no rollback. It is replaced by two renames; between ' +
        'them it is missing for less than a millisecond, and after a kill right there until the next build puts the old one back',
    )
    .option(...BY)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('docs build --source . --out ./site', 'docs build --out ./public --flat --entry src/index.ts'),
    )
    .action(does((flags) => build(terminal, flags)));
}

const STRATEGIES = ['resolve', 'expand', 'packages'] as const satisfies readonly EntryPointStrategy[];

interface BuildFlags {
  readonly source: string;
  readonly out: string;
  readonly version: string;
  readonly entry?: readonly string[] | undefined;
  readonly strategy: EntryPointStrategy;
  readonly name?: string | undefined;
  readonly typeErrors: 'fail' | 'report';
  readonly untrusted?: true | undefined;
  readonly flat?: true | undefined;
  readonly by?: string | undefined;
  readonly json?: true | undefined;
}

async function build(terminal: Terminal, flags: BuildFlags): Promise<ExitCode> {
  const { strategy, typeErrors } = flags;
  const options = { name: flags.name ?? null, entryPoints: flags.entry ?? [], strategy, typeErrors };
  const source = mustBeFolder(terminal, flags.source);
  const ask = {
    source,
    version: mustBeVersion(flags.version),
    options,
    trusted: flags.untrusted !== true,
    limits: DEFAULT_BUILD_LIMITS,
  };
  const out = mustBeApart(placeOf(terminal, flags.out), source);
  const { buildDocs } = await import('../build-docs.ts');
  return buildDocs(
    terminal,
    { ask, out, by: whoAsks(flags.by, terminal.env), flat: flags.flat === true },
    flags.json === true,
  );
}

function addList(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('list')
    .description('what stands, and which releases are kept; changes nothing')
    .requiredOption(...OUT)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docs list --out ./site'))
    .action(
      does(async (flags) => {
        const out = placeOf(terminal, flags.out);
        const { listHere } = await import('../docs-here.ts');
        const { versions, releases } = await listHere(out);
        const told = releases.map(({ id, manifest }) => ({
          id,
          version: manifest?.version ?? null,
          finishedAt: manifest?.finishedAt ?? null,
          source: manifest?.source ?? null,
        }));
        if (flags.json === true) document(terminal, { out, versions, releases: told });
        else await print(terminal, ({ listLines }) => listLines(out, { versions, releases, journals: [] }));
        return EXIT.done;
      }),
    );
}

function addRollback(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('rollback')
    .description('go back to the release before, without a build; builds are kept and not published until `docs unpin`')
    .requiredOption(...OUT)
    .option(...VERSION)
    .option('--to <release>', 'the release; default: the one published before the one that stands')
    .option(...BY)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docs rollback --out ./site'))
    .action(
      does(async (flags) => {
        const { rollBackHere } = await import('../docs-here.ts');
        const decision = await rollBackHere(placeOf(terminal, flags.out), {
          ...asked(terminal, flags),
          to: flags.to ?? null,
        });
        return movedTo(terminal, decision, { ...flags, words: ['rolled back', 'pinned already'] });
      }),
    );
}

function addUnpin(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('unpin')
    .description('let builds publish again; what stands stays until the next build')
    .requiredOption(...OUT)
    .option(...VERSION)
    .option(...BY)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docs unpin --out ./site'))
    .action(
      does(async (flags) => {
        const { unpinHere } = await import('../docs-here.ts');
        const decision = await unpinHere(placeOf(terminal, flags.out), asked(terminal, flags));
        return movedTo(terminal, decision, { ...flags, words: ['unpinned', 'not pinned'] });
      }),
    );
}

function addGc(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('gc')
    .description('remove releases that no version, pin or rollback needs')
    .requiredOption(...OUT)
    .option('--keep <number>', 'releases of a version to keep beside the one that stands', '5')
    .option(
      '--grace <duration>',
      'keep what was served until less than this ago: caches and open pages still read it',
      '1h',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('docs gc --out ./site --keep 5'))
    .action(
      does(async (flags) => {
        const retention = { keep: mustBeCount(flags.keep), graceMs: must(parseSpan(flags.grace, '--grace')) };
        const { collectHere } = await import('../docs-here.ts');
        const collection = await collectHere(placeOf(terminal, flags.out), retention);
        if (flags.json === true) document(terminal, collection);
        else await print(terminal, ({ collectionLines }) => collectionLines(collection));
        return EXIT.done;
      }),
    );
}

function addServe(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('serve')
    .description('serve a site on this machine until Ctrl-C, for looking at it')
    .requiredOption(...OUT)
    .option('--port <port>', 'where to listen on 127.0.0.1', '8080')
    .option(
      '--consistent',
      'send the address of a version on to its release: a page and all that it loads are of one release',
    )
    .addHelpText('after', examples('docs serve --out ./site'))
    .action(
      does(async (flags) => {
        const port = mustBePort(flags.port, '--port') ?? 8080;
        const out = placeOf(terminal, flags.out);
        const { serveHere } = await import('../docs-here.ts');
        const interrupts = hearInterrupts();
        const server = await serveHere(out, { port, consistent: flags.consistent === true });
        const address = server.address();
        terminal.out(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}/`);
        while (interrupts.exit === null) await interrupts.pause(3_600_000);
        server.close().closeAllConnections();
        interrupts.stop();
        return EXIT.done;
      }),
    );
}

interface AskFlags {
  readonly version: string;
  readonly by?: string | undefined;
  readonly json?: true | undefined;
}

const asked = (terminal: Terminal, { version, by }: AskFlags) => ({
  version: mustBeVersion(version),
  by: whoAsks(by, terminal.env),
  askedAt: new Date().toISOString(),
});

type Moved = AskFlags & { readonly out: string; readonly words: readonly [string, string] };

/** @throws Stop with exit 3 where nothing was moved. */
async function movedTo(
  terminal: Terminal,
  decision: Decision,
  { out, version, json, words }: Moved,
): Promise<ExitCode> {
  if (decision.kind === 'refused')
    throw new Stop(EXIT.refused, [
      problem(`${version}: ${decision.reason}`, null, `./switchyard docs list --out ${out}`),
    ]);
  const stands = decision.kind === 'move' ? decision.move : decision.stands;
  if (json === true) document(terminal, { outcome: decision.kind, stands });
  const head = decision.kind === 'overtaken' ? 'overtaken' : words[decision.kind === 'move' ? 0 : 1];
  const pin = stands.pinnedSince === null ? 'builds publish again' : 'pinned: builds are kept and not published';
  if (json !== true)
    await print(terminal, ({ command }) => [
      `${head.padEnd(14)}  ${version}  release ${stands.release}`,
      `${'next builds'.padEnd(14)}  ${pin}`,
      `${'look'.padEnd(14)}  ${command({ out, version }, 'list')}${stands.pinnedSince === null ? '' : `    ${command({ out, version }, 'unpin')}`}`,
    ]);
  return decision.kind === 'overtaken' ? EXIT.refused : EXIT.done;
}

async function print(terminal: Terminal, lines: (render: typeof RenderDocs) => readonly string[]) {
  for (const line of lines(await import('../render-docs.ts'))) terminal.out(line);
}

const document = (terminal: Terminal, docs: object): void =>
  terminal.document(JSON.stringify({ schemaVersion: 1, docs }, null, 2));

/** The folder as it really is: one folder under two names would be two sites. What is not there yet has one name. */
function placeOf(terminal: Terminal, out: string): string {
  const path = resolve(terminal.cwd, out);
  if (path === dirname(path))
    throw new Stop(EXIT.usage, [
      problem(`--out: ${quoted(out)} is the root of the file system`, 'a folder of its own'),
    ]);
  return realOf(path) ?? join(realOf(dirname(path)) ?? dirname(path), basename(path));
}

function mustBeFolder(terminal: Terminal, source: string): string {
  const path = realOf(resolve(terminal.cwd, source));
  if (path !== null && statSync(path).isDirectory()) return path;
  throw new Stop(EXIT.usage, [
    problem(`--source: ${quoted(source)} is no folder`, 'the folder of the tree to document'),
  ]);
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function mustBeApart(out: string, source: string): string {
  if (!`${source}/`.startsWith(`${out}/`)) return out;
  throw new Stop(EXIT.usage, [
    problem('--out is the source, or holds it', 'a folder of its own, inside the source or elsewhere'),
  ]);
}

function mustBeVersion(text: string): string {
  const read = readVersionName(text);
  if (read.kind === 'ok') return read.version;
  throw new Stop(EXIT.usage, [problem(`--version: ${quoted(text)} ${read.why}`, VERSION_NAMES)]);
}

function mustBeCount(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Stop(EXIT.usage, [problem(`--keep: ${quoted(text)} is no number of releases`, '0 to 9999')]);
}
