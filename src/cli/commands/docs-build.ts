import { Option } from '@commander-js/extra-typings';
import {
  DEFAULT_BUILD_LIMITS,
  NO_GATES,
  type EntryPointStrategy,
  type Gates,
  type Generator,
} from '../../contracts/docs.ts';
import { byteSize } from '../../core/docs/byte-size.ts';
import { SITE_ADDRESS } from '../../core/docs/site-address.ts';
import { collect, examples, type AddVerb } from '../command.ts';
import { mustBeApart, sourceFolder } from '../docs-folder.ts';
import {
  askForBuild,
  DETACH_OPTION,
  onCancelOption,
  REF_OPTION,
  WAIT_OPTION,
  type BuildRunFlags,
} from '../ask-for-build.ts';
import { subjectOf } from '../docs-desk.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { whoAsks } from '../identity.ts';
import { mustBeDocsVersion } from '../parse/docs-name.ts';
import { quoted } from '../parse/parsed.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { problem, Stop } from '../stop.ts';
import type { Terminal } from '../terminal.ts';
import { BY_OPTION, CONFIG_OPTION } from '../verb-options.ts';

const RULES = ['ignore', 'fail', 'no-new'] as const;
const STRATEGIES = ['resolve', 'expand', 'packages'] as const satisfies readonly EntryPointStrategy[];

export const addDocsBuild: AddVerb = (docs, { terminal, does }) => {
  docs
    .command('build')
    .description(
      'a folder: build and publish it on this machine, an unchanged source costs a look; a site: build and check it, and stop at a preview',
    )
    .argument('[site]', 'a site of switchyard.yaml')
    .option('--out <folder>', 'instead of a site: publish in this folder, without Temporal')
    .option('--source <folder>', 'with --out: the tree to document; default: this folder')
    .addOption(
      new Option('--generator <name>', 'with --out; default: as the source shows').choices([
        'typedoc',
        'sphinx',
      ] as const),
    )
    .option(
      '--entry <file>',
      'an entry point for TypeDoc, relative to the source; repeatable; default: as package.json says',
      collect,
    )
    .addOption(new Option('--strategy <name>', 'of TypeDoc; default: resolve').choices(STRATEGIES))
    .option('--name <title>', 'title of the site; default: the name in package.json')
    .addOption(
      new Option('--type-errors <what>', 'fail: they end the build (default); report: they are counted').choices([
        'fail',
        'report',
      ] as const),
    )
    .option('--sphinx-dir <folder>', 'the folder with conf.py, relative to the source; default: docs')
    .option(
      '--untrusted',
      'run no code and no configuration of the tree, build a copy, refuse links that lead out of it',
    )
    .option(
      '--flat',
      'one plain folder without links, for GitHub Pages or a bucket: no versions and no rollback. It is replaced by two renames; between ' +
        'them it is missing for less than a millisecond, and after a kill right there until the next build puts the old one back',
    )
    .addOption(
      new Option(
        '--warnings <rule>',
        'gate on warnings; no-new: those of the published release are let through',
      ).choices(RULES),
    )
    .addOption(new Option('--links <rule>', 'gate on broken internal links').choices(RULES))
    .option('--min-coverage <percent>', 'gate: so much of what is exported has a comment, such as 80')
    .option('--coverage-may-not-fall', 'gate: not less than in the published release')
    .option('--max-size <size>', 'gate: the site is no larger than this, such as 500MB')
    .option('--base-url <address>', 'where readers find the site, for its site map: https://docs.example.com')
    .option(...REF_OPTION)
    .option(...DETACH_OPTION)
    .option(...WAIT_OPTION)
    .addOption(onCancelOption())
    .option(...BY_OPTION)
    .option(...CONFIG_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .option('--version <name>', 'the version of the documentation', 'latest')
    .option('--json', 'one JSON document; of a site: one object a line')
    .addHelpText(
      'after',
      examples(
        'docs build --source . --out ./site',
        'docs build --out ./public --flat --entry src/index.ts',
        'docs build handbook --ref my-branch --version preview-12',
      ),
    )
    .action(does((site, flags) => start(terminal, site, flags)));
};

interface HereFlags {
  readonly source?: string | undefined;
  readonly generator?: 'typedoc' | 'sphinx' | undefined;
  readonly entry?: readonly string[] | undefined;
  readonly strategy?: EntryPointStrategy | undefined;
  readonly name?: string | undefined;
  readonly typeErrors?: 'fail' | 'report' | undefined;
  readonly sphinxDir?: string | undefined;
  readonly untrusted?: true | undefined;
  readonly flat?: true | undefined;
  readonly warnings?: Gates['warnings'] | undefined;
  readonly links?: Gates['links'] | undefined;
  readonly minCoverage?: string | undefined;
  readonly coverageMayNotFall?: true | undefined;
  readonly maxSize?: string | undefined;
  readonly baseUrl?: string | undefined;
}

interface BuildFlags extends HereFlags, BuildRunFlags {
  readonly out?: string | undefined;
}

/** Flags of a folder, whose site says all this in switchyard.yaml. */
const HERE = Object.keys({
  source: true,
  generator: true,
  entry: true,
  strategy: true,
  name: true,
  typeErrors: true,
  sphinxDir: true,
  untrusted: true,
  flat: true,
  warnings: true,
  links: true,
  minCoverage: true,
  coverageMayNotFall: true,
  maxSize: true,
  baseUrl: true,
} satisfies Record<keyof HereFlags, true>) as (keyof HereFlags)[];

/** Flags of a run in Temporal. */
const THERE: readonly (keyof BuildRunFlags)[] = ['ref', 'detach', 'wait', 'onCancel', 'config', 'address', 'namespace'];

function start(terminal: Terminal, site: string | undefined, flags: BuildFlags): Promise<ExitCode> {
  const subject = subjectOf(terminal, site, flags.out);
  if (subject.kind === 'site') {
    mustBeUnset(flags, HERE, `is said of a site in switchyard.yaml; it goes with --out`);
    return askForBuild(terminal, { site: subject.site, publish: false, flags });
  }
  mustBeUnset(flags, THERE, 'goes with a site of switchyard.yaml, not with --out');
  return buildFolder(terminal, subject.out, flags);
}

function mustBeUnset<F extends object>(flags: F, names: readonly (keyof F & string)[], why: string): void {
  const set = names.filter((name) => flags[name] !== undefined);
  if (set.length === 0) return;
  const dashed = set.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new Stop(
    EXIT.usage,
    dashed.map((flag) => problem(`${flag} ${why}`)),
  );
}

async function buildFolder(terminal: Terminal, out: string, flags: BuildFlags): Promise<ExitCode> {
  const source = sourceFolder(terminal, flags.source ?? '.');
  mustBeApart(out, source);
  const ask = {
    source,
    version: mustBeDocsVersion(flags.version),
    generator: generatorOf(flags),
    trusted: flags.untrusted !== true,
    limits: DEFAULT_BUILD_LIMITS,
    gates: gatesOf(flags),
    baseUrl: flags.baseUrl === undefined ? null : mustBeAddress(flags.baseUrl),
  };
  const order = { ask, out, by: whoAsks(flags.by, terminal.env), flat: flags.flat === true };
  const { buildDocsHere } = await import('../build-docs-here.ts');
  return buildDocsHere(terminal, order, flags.json === true);
}

/** Null: as the source shows. */
function generatorOf(flags: HereFlags): Generator | null {
  const { name, entry, strategy, typeErrors, sphinxDir } = flags;
  const ofTypedoc = [name, entry, strategy, typeErrors].some((flag) => flag !== undefined);
  if (sphinxDir !== undefined && (ofTypedoc || flags.generator === 'typedoc'))
    throw new Stop(EXIT.usage, [
      problem('--sphinx-dir goes with Sphinx, and other flags with TypeDoc', 'those of one'),
    ]);
  if (flags.generator === 'sphinx' || sphinxDir !== undefined)
    return { kind: 'sphinx', options: { dir: sphinxDir ?? 'docs' } };
  if (flags.generator === undefined && !ofTypedoc) return null;
  const options = { name: name ?? null, entryPoints: entry ?? [] };
  return {
    kind: 'typedoc',
    options: { ...options, strategy: strategy ?? 'resolve', typeErrors: typeErrors ?? 'fail' },
  };
}

function gatesOf({ warnings, links, minCoverage, coverageMayNotFall, maxSize }: HereFlags): Gates {
  return {
    warnings: warnings ?? NO_GATES.warnings,
    links: links ?? NO_GATES.links,
    coverage: {
      minPercent: minCoverage === undefined ? null : mustBePercent(minCoverage),
      mayFall: coverageMayNotFall !== true,
    },
    size: { maxBytes: maxSize === undefined ? null : mustBeSize(maxSize) },
  };
}

function mustBePercent(text: string): number {
  const percent = Number(/^(\d{1,3}(?:\.\d)?)%?$/.exec(text)?.[1] ?? NaN);
  if (percent <= 100) return percent;
  throw new Stop(EXIT.usage, [problem(`--min-coverage: ${quoted(text)} is no share`, '0 to 100, such as 80')]);
}

function mustBeSize(text: string): number {
  const bytes = byteSize(text);
  if (bytes !== null) return bytes;
  throw new Stop(EXIT.usage, [problem(`--max-size: ${quoted(text)} is no size`, '800kB, 500MB or 2GB')]);
}

function mustBeAddress(text: string): string {
  if (SITE_ADDRESS.test(text)) return text.replace(/\/+$/, '');
  throw new Stop(EXIT.usage, [
    problem(`--base-url: ${quoted(text)} is no address`, 'https://docs.example.com/handbook'),
  ]);
}
