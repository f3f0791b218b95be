import { Option } from '@commander-js/extra-typings';
import { DEFAULT_DOCS_PACE, DOCS_QUEUE, type DocsWish, type SiteSpec } from '../contracts/docs-runs.ts';
import { cleanText } from '../core/clean-text.ts';
import { readGitRef } from '../core/docs/git-source.ts';
import { isTagVersion } from '../core/docs/tag-version.ts';
import { requestDocs } from '../request-docs.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { followDocsToEnd } from './follow-docs-to-end.ts';
import { whoAsks } from './identity.ts';
import { must } from './must-read.ts';
import { asDocsSubject, mustBeDocsVersion, type DocsName } from './parse/docs-name.ts';
import { parseSpan } from './parse/numbers.ts';
import { quoted } from './parse/parsed.ts';
import { mustReadSite } from './sites.ts';
import { mustHaveWorker } from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink, type PlaceFlags } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { withTemporal } from './with-temporal.ts';
import { outside } from './words.ts';

/** Of every verb that asks Temporal for a build. */
export const REF_OPTION = [
  '--ref <ref>',
  'of a site: a branch, a tag or a full commit; default: what the version is built from',
] as const;
export const DETACH_OPTION = ['--detach', 'of a site: return once it is accepted'] as const;
export const WAIT_OPTION = [
  '--wait <duration>',
  'of a site: stop waiting after this (exit 5); the run goes on',
] as const;
export const onCancelOption = () =>
  new Option('--on-cancel <what>', 'of a site: at Ctrl-C and SIGTERM; default: leave').choices([
    'leave',
    'abort',
  ] as const);

export interface BuildRunFlags extends PlaceFlags {
  readonly version: string;
  readonly ref?: string | undefined;
  readonly detach?: true | undefined;
  readonly wait?: string | undefined;
  readonly onCancel?: 'leave' | 'abort' | undefined;
  readonly by?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

export interface BuildOrder {
  readonly site: string;
  readonly publish: boolean;
  readonly flags: BuildRunFlags;
}

/** Asks for a build of a site, and follows it to its end. A newer wish of the same version ends an older one. */
export async function askForBuild(terminal: Terminal, { site, publish, flags }: BuildOrder): Promise<ExitCode> {
  const version = mustBeDocsVersion(flags.version);
  const waitMs = flags.wait === undefined ? null : must(parseSpan(flags.wait, '--wait'));
  const { spec } = await mustReadSite(terminal, site, flags.config);
  const by = cleanText(whoAsks(flags.by, terminal.env), 200);
  const wish: DocsWish = { ref: refOf(spec, version, flags.ref), commit: null, trigger: 'manual', by };
  return withTemporal(terminal, flags, async (temporal) => {
    await mustHaveWorker(temporal, DOCS_QUEUE);
    const asked = { spec, version, publish, pace: DEFAULT_DOCS_PACE };
    const run = await temporal.ask(() => requestDocs(temporal.client, asked, wish));
    announce(terminal, temporal, { run, name: { site, version }, publish, wish, json: flags.json === true });
    if (flags.detach === true) return EXIT.done;
    const terms = { by, waitMs, json: flags.json === true, onCancel: flags.onCancel };
    return followDocsToEnd(terminal, { temporal, run, name: { site, version }, ...terms });
  });
}

/** Null: what the site says. @throws Stop with exit 2 where nobody says what a version is built from. */
function refOf({ source, tags }: SiteSpec, version: string, flag: string | undefined): string | null {
  if (flag !== undefined) return source.kind === 'git' ? mustBeRef(flag) : refuseRef();
  if (version === 'latest' || source.kind === 'folder') return null;
  if (tags !== null && isTagVersion(version, tags)) return `refs/tags/${version}`;
  const found = `--version ${version}: neither latest nor a tag of the site`;
  throw new Stop(EXIT.usage, [problem(found, 'name what it is built from with --ref')]);
}

function mustBeRef(ref: string): string {
  const read = readGitRef(ref);
  if (read.kind !== 'bad') return ref;
  throw new Stop(EXIT.usage, [
    problem(`--ref: ${quoted(ref)} ${read.why}`, 'a branch, a tag or a full commit, such as main'),
  ]);
}

function refuseRef(): never {
  throw new Stop(EXIT.usage, [problem('--ref: this site is built from a folder, which has none', 'no --ref')]);
}

interface Announced {
  readonly run: { readonly workflowId: string; readonly runId: string };
  readonly name: DocsName;
  readonly publish: boolean;
  readonly wish: DocsWish;
  readonly json: boolean;
}

function announce(terminal: Terminal, temporal: TemporalClient, { run, name, publish, wish, json }: Announced): void {
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  if (json) {
    terminal.document(JSON.stringify({ schemaVersion: 1, event: 'started', at: Date.now(), ...name, ...run, link }));
    return;
  }
  const what = publish ? 'building and publishing' : 'building a preview of';
  terminal.out(`${what} ${asDocsSubject(name)}, asked for by ${outside(wish.by)} (not authenticated)`);
  if (link !== null) terminal.out(link);
}
