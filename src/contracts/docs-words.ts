/** What each stage of a build saw, in words for whoever follows it: counts and names, nothing of the tree's own text. */
import type { Diagnostics, ReleaseFacts } from './docs.ts';
import type { FetchedTree, Judgement, SiteCounts } from './docs-activities.ts';
import type { DocsCollection, DocsDecision, ResolvedSource } from './docs-runs.ts';
import { megabytes } from '../core/docs/byte-size.ts';

export const source = (found: ResolvedSource): string =>
  found.kind === 'git' ? `${found.ref} is ${found.commit.slice(0, 12)}` : found.path;

export const tree = ({ files, bytes, trusted }: Pick<FetchedTree, 'files' | 'bytes' | 'trusted'>): string =>
  `${files} files, ${megabytes(bytes)}, ${trusted ? 'trusted' : 'not trusted'}`;

export const known = (release: Pick<ReleaseFacts, 'id'> | null): string =>
  release?.id ?? 'no release of this source yet';

export const packages = (installed: { readonly packages: number }): string => `${installed.packages} packages`;

export const diagnostics = ({ errors, warnings }: Pick<Diagnostics, 'errors' | 'warnings'>): string =>
  errors === 0 ? `${warnings} warnings` : `${warnings} warnings, ${errors} errors let through`;

export const site = ({ pages, files, bytes, brokenLinkCount }: SiteCounts): string =>
  `${pages} pages, ${files} files, ${megabytes(bytes)}, ${brokenLinkCount} broken links`;

export const release = ({ id }: ReleaseFacts): string => id;

export const findings = ({ findings: found }: Pick<Judgement, 'findings'>): string =>
  found.length === 0 ? 'no gate is asked for' : found.map(({ sentence }) => sentence).join(' ');

export const decision = ({ kind }: DocsDecision): string => ACTIVATED[kind];

export const collection = ({ collect, kept }: DocsCollection): string =>
  `${collect.length} old releases removed, ${kept.length} kept`;

const ACTIVATED: Readonly<Record<DocsDecision['kind'], string>> = {
  move: 'the pointer was moved and read back',
  already: 'it stands already',
  pinned: 'left, the version is pinned',
  overtaken: 'left, a newer one stands',
  refused: 'left',
};
