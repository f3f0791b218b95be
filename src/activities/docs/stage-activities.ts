import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../contracts/docs.ts';
import type { StageActivities, StageInput } from '../../contracts/docs-activities.ts';
import { mustBeUnchanged } from './build-pages.ts';
import type { DocsWorkshop } from './docs-activities.ts';
import { removeTree } from './durable.ts';
import { fetchSource, type FetchedSource } from './fetch-source.ts';
import { installDependencies } from './install-dependencies.ts';
import { standingRelease } from './judge-release.ts';
import { generateInto, manifestOf, pagesIn, verifyPages, type MadePages, type VerifiedPages } from './make-pages.ts';
import { findRelease } from './publish-docs.ts';
import { readManifest } from './read-manifest.ts';
import { releaseFacts } from './release-facts.ts';
import type { SiteLayout } from './site-layout.ts';
import { stageRelease } from './stage-release.ts';

/**
 * The stages of a build that share a folder of one worker. What one finds out it writes down there for those after it: a list of thousands of
 * files is nothing for a history. Each may be tried again from its beginning.
 */
export function createStageActivities(workshop: DocsWorkshop): StageActivities {
  const { config, tools, limits, places, working } = workshop;
  const within = <T>(input: StageInput, stage: Stage<T>): Promise<T> =>
    working(input, ({ layout, pulse: { signal } }) =>
      places.within(input.workspace, (work) => stage({ work, layout, signal })),
    );
  return {
    fetchSource: (input) =>
      within(input, async ({ work, signal }) => {
        const fetched = await fetchSource({ config, tools, limits, signal }, { ...input, work });
        await write(work, 'source', fetched);
        const { key: buildKey, facts, trusted } = fetched;
        return { buildKey, files: facts.files, bytes: facts.bytes, trusted };
      }),
    findRelease: ({ spec, buildKey }) =>
      working({ spec }, async ({ layout }) => {
        const found = await findRelease(layout, buildKey);
        return found && releaseFacts(layout, found);
      }),
    installDependencies: (input) =>
      within(input, async ({ work, signal }) => {
        const { tree } = await read<FetchedSource>(work, 'source');
        return installDependencies({ place: config.docs, signal }, { tree: tree.root, work });
      }),
    generateDocs: (input) =>
      within(input, async ({ work, signal }) => {
        const { tree, trusted, generator, revision } = await read<FetchedSource>(work, 'source');
        await removeTree(pagesIn(work)); // of a try before
        const made = await generateInto({ work, tools, tree: tree.root, generator, trusted, revision, limits }, signal);
        await write(work, 'made', made);
        const { errors, warnings, shown } = made.diagnostics;
        return { errors, warnings, shown };
      }),
    verifySite: (input) =>
      within(input, async ({ work, layout }) => {
        const standing = await standingRelease(layout, input.version);
        const verified = await verifyPages({ work, tools, limits, standing });
        await write(work, 'verified', verified);
        const { pages, reachable, files, bytes, brokenLinkCount } = verified.facts;
        return { pages, reachable, files, bytes, brokenLinkCount };
      }),
    stageRelease: (input) =>
      within(input, async ({ work, layout }) => releaseFacts(layout, await stageOnce(work, { layout, input }))),
    closeWorkspace: ({ spec, workspace }) => working({ spec }, ({ layout }) => places.release(layout.work, workspace)),
  };
}

interface Staging {
  readonly layout: SiteLayout;
  readonly input: StageInput;
}

/** Under one name, however often it is tried: a try whose answer was lost has made the release. */
async function stageOnce(work: string, { layout, input }: Staging): Promise<Manifest> {
  const before = await read<Manifest>(work, 'manifest').catch(() => null);
  const manifest = before ?? (await describe(work, { layout, input }));
  await write(work, 'manifest', manifest);
  if ((await readManifest(join(layout.releases, manifest.release))) === null)
    await stageRelease(layout, pagesIn(work), manifest);
  return manifest;
}

async function describe(work: string, { layout, input: { spec, version } }: Staging): Promise<Manifest> {
  const [source, made, verified] = [
    await read<FetchedSource>(work, 'source'),
    await read<MadePages>(work, 'made'),
    await read<VerifiedPages>(work, 'verified'),
  ];
  if (source.inPlace) await mustBeUnchanged(source.tree, source.facts);
  const { key, trusted, revision, facts } = source;
  const from =
    revision === null ? { kind: 'folder' as const, revision: facts.hash } : { kind: 'git' as const, revision };
  const ask = { version, trusted, gates: spec.gates, baseUrl: spec.baseUrl };
  const standing = await standingRelease(layout, version);
  return manifestOf(ask, { key, source: from, made, verified, standing });
}

interface InWorkspace {
  readonly work: string;
  readonly layout: SiteLayout;
  readonly signal: AbortSignal;
}

type Stage<T> = (at: InWorkspace) => Promise<T>;

/** Whole or not at all: a stage that is tried again must not read half of what an earlier try wrote. */
async function write(work: string, name: string, value: object): Promise<void> {
  const path = join(work, `${name}.json`);
  await writeFile(`${path}.part`, JSON.stringify(value));
  await rename(`${path}.part`, path);
}

async function read<T>(work: string, name: string): Promise<T> {
  return JSON.parse(await readFile(join(work, `${name}.json`), 'utf8')) as T;
}
