import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DocsDecision, DocsMove } from '../../contracts/docs-runs.ts';
import { examples, type AddVerb, type Context } from '../command.ts';
import { atDesk, subjectOf, type AskedRetention, type DeskFlags, type DocsSubject } from '../docs-desk.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { whoAsks } from '../identity.ts';
import { hearInterrupts } from '../interrupts.ts';
import { must } from '../must-read.ts';
import { mustBeDocsVersion, parseDocsName } from '../parse/docs-name.ts';
import { parseSpan } from '../parse/numbers.ts';
import { quoted } from '../parse/parsed.ts';
import { mustBePort } from '../parse/port.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import type * as RenderDocs from '../render-docs.ts';
import { problem, Stop } from '../stop.ts';
import type { Terminal } from '../terminal.ts';
import { addDocsBuild } from './docs-build.ts';
import { addDocsPublish } from './docs-publish.ts';
import { CONFIG_OPTION, JSON_OPTION } from '../verb-options.ts';

/** Documentation: a site of switchyard.yaml, through Temporal, or a folder of this machine, without. */
export const addDocs: AddVerb = (program, context) => {
  const docs = program
    .command('docs')
    .description(
      'build documentation and publish it, atomically and with a way back: a site of switchyard.yaml, or a folder of this machine, without Temporal',
    )
    .addHelpText(
      'after',
      examples(
        'docs build --source . --out ./site',
        'docs rollback --out ./site',
        'docs publish handbook',
        'docs rollback handbook',
        'docs build --help',
      ),
    )
    .copyInheritedSettings(program);
  for (const add of [addDocsBuild, addDocsPublish, addList, addRollback, addUnpin, addGc, addServe]) add(docs, context);
};

type Docs = Parameters<AddVerb>[0];

const SITE = ['[site]', 'a site of switchyard.yaml'] as const;
const OUT = ['--out <folder>', 'instead of a site: its folder on this machine'] as const;
const VERSION = ['--version <name>', 'the version of the documentation', 'latest'] as const;
const BY = ['--by <who>', 'who asks; default: CI or OS user'] as const;

function addList(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('list')
    .description('what stands, and which releases are kept; changes nothing')
    .argument(...SITE)
    .option(...OUT)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('docs list handbook', 'docs list --out ./site'))
    .action(
      does(async (site, flags) =>
        atDesk(terminal, { site, flags }, async (desk) => {
          const listing = await desk.list();
          if (flags.json === true) document(terminal, listing);
          else await print(terminal, ({ listLines }) => listLines(listing));
          return EXIT.done;
        }),
      ),
    );
}

function addRollback(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('rollback')
    .description('go back to the release before, without a build; builds are kept and not published until `docs unpin`')
    .argument(...SITE)
    .option(...OUT)
    .option(...VERSION)
    .option('--to <release>', 'the release; default: the one published before the one that stands')
    .option(...BY)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('docs rollback handbook', 'docs rollback --out ./site'))
    .action(
      does((site, flags) => {
        const move = { kind: 'rollback' as const, to: flags.to ?? null };
        return movePointer(terminal, { site, flags, move, words: ['rolled back', 'pinned already'] });
      }),
    );
}

function addUnpin(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('unpin')
    .description('let builds publish again; what stands stays until the next build')
    .argument(...SITE)
    .option(...OUT)
    .option(...VERSION)
    .option(...BY)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('docs unpin handbook', 'docs unpin --out ./site'))
    .action(
      does((site, flags) =>
        movePointer(terminal, { site, flags, move: { kind: 'unpin' }, words: ['unpinned', 'not pinned'] }),
      ),
    );
}

function addGc(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('gc')
    .description('remove releases that no version, pin or rollback needs')
    .argument(...SITE)
    .option(...OUT)
    .option(
      '--keep <number>',
      'releases of a version to keep beside the one that stands; default: as the site says, else 5',
    )
    .option(
      '--grace <duration>',
      'keep what was built or served until less than this ago: caches and open pages still read it; default: as the site says, else 1h',
    )
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('docs gc handbook', 'docs gc --out ./site --keep 5'))
    .action(
      does(async (site, flags) => {
        const retention = retentionOf(flags);
        return atDesk(terminal, { site, flags }, async (desk) => {
          const collection = await desk.collect(retention);
          if (flags.json === true) document(terminal, collection);
          else await print(terminal, ({ collectionLines }) => collectionLines(collection));
          return EXIT.done;
        });
      }),
    );
}

interface RetentionFlags {
  readonly keep?: string | undefined;
  readonly grace?: string | undefined;
}

function retentionOf({ keep, grace }: RetentionFlags): AskedRetention {
  return {
    keep: keep === undefined ? null : mustBeCount(keep),
    graceMs: grace === undefined ? null : must(parseSpan(grace, '--grace')),
  };
}

function addServe(docs: Docs, { terminal, does }: Context): void {
  docs
    .command('serve')
    .description('serve a site on this machine until Ctrl-C, for looking at it')
    .argument('[site]', 'a site that the worker on this machine publishes (SWITCHYARD_PUBLISH_ROOT)')
    .option(...OUT)
    .option('--port <port>', 'where to listen on 127.0.0.1', '8080')
    .option(
      '--consistent',
      'send the address of a version on to its release: a page and all that it loads are of one release',
    )
    .addHelpText('after', examples('docs serve handbook', 'docs serve --out ./site'))
    .action(
      does(async (site, flags) => {
        const port = mustBePort(flags.port, '--port') ?? 8080;
        const out = await folderOf(terminal, subjectOf(terminal, site, flags.out));
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

async function folderOf({ env }: Terminal, subject: DocsSubject): Promise<string> {
  const { loadDocsConfig } = await import('../../config.ts');
  const out =
    subject.kind === 'here'
      ? subject.out
      : join(loadDocsConfig(env).publishRoot, must(parseDocsName(subject.site)).site);
  if (existsSync(join(out, 'versions')) || existsSync(join(out, 'manifest.json'))) return out;
  throw new Stop(EXIT.usage, [problem(`${out} is no site of this program`, 'a folder that docs build has made')]);
}

interface MoveFlags extends DeskFlags {
  readonly version: string;
  readonly by?: string | undefined;
  readonly json?: true | undefined;
}

interface Moving {
  readonly site: string | undefined;
  readonly flags: MoveFlags;
  readonly move: DocsMove['move'];
  /** Where it was moved, and where it was so already. */
  readonly words: readonly [string, string];
}

function movePointer(terminal: Terminal, { site, flags, move, words }: Moving): Promise<ExitCode> {
  const version = mustBeDocsVersion(flags.version);
  const asked = { version, by: whoAsks(flags.by, terminal.env), askedAt: new Date().toISOString(), move };
  return atDesk(terminal, { site, flags }, async (desk) => {
    const decision = await desk.move(asked);
    return movedTo(terminal, decision, { subject: desk.subject, version, json: flags.json === true, words });
  });
}

interface Moved extends Pick<Moving, 'words'> {
  readonly subject: DocsSubject;
  readonly version: string;
  readonly json: boolean;
}

/** @throws Stop with exit 3 where nothing was moved. */
async function movedTo(
  terminal: Terminal,
  decision: DocsDecision,
  { subject, version, json, words }: Moved,
): Promise<ExitCode> {
  const { command } = await import('../render-docs.ts');
  if (decision.kind === 'refused')
    throw new Stop(EXIT.refused, [problem(`${version}: ${decision.reason}`, null, command(subject, { verb: 'list' }))]);
  const stands = decision.kind === 'move' ? decision.move : decision.stands;
  if (json) document(terminal, { outcome: decision.kind, stands });
  const head = decision.kind === 'overtaken' ? 'overtaken' : words[decision.kind === 'move' ? 0 : 1];
  const isPinned = stands.pinnedSince !== null;
  const pin = isPinned ? 'pinned: builds are kept and not published' : 'builds publish again';
  const look = [
    command(subject, { verb: 'list' }),
    ...(isPinned ? [command(subject, { verb: 'unpin', version })] : []),
  ];
  if (!json) {
    terminal.out(`${head.padEnd(14)}  ${version}  release ${stands.release}`);
    terminal.out(`${'next builds'.padEnd(14)}  ${pin}`);
    terminal.out(`${'look'.padEnd(14)}  ${look.join('    ')}`);
  }
  return decision.kind === 'overtaken' ? EXIT.refused : EXIT.done;
}

async function print(terminal: Terminal, lines: (render: typeof RenderDocs) => readonly string[]) {
  for (const line of lines(await import('../render-docs.ts'))) terminal.out(line);
}

const document = (terminal: Terminal, docs: object): void =>
  terminal.document(JSON.stringify({ schemaVersion: 1, docs }, null, 2));

function mustBeCount(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Stop(EXIT.usage, [problem(`--keep: ${quoted(text)} is no number of releases`, '0 to 9999')]);
}
