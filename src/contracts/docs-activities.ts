import type { Finding } from './doctor.ts';
import type { Diagnostics, GateFinding, ReleaseFacts, SiteFacts } from './docs.ts';
import type { DocsCollection, DocsDecision, DocsListing, DocsMove, ResolvedSource, SiteSpec } from './docs-runs.ts';

/** A folder that belongs to one build, on one worker. */
export interface ClaimedWorkspace {
  /** The queue of that worker alone. */
  readonly queue: string;
  readonly workspace: string;
}

/** What a stage works on. */
export interface StageInput {
  readonly spec: SiteSpec;
  readonly version: string;
  readonly workspace: string;
  readonly source: ResolvedSource;
}

/** What a build of a source depends on, as far as its tree says. */
export interface FetchedTree {
  readonly buildKey: string;
  readonly files: number;
  readonly bytes: number;
  /** Whether the worker's operator trusts this source (A4, P4). */
  readonly trusted: boolean;
}

/** A version whose source may have moved, and the ref that it is built from; null: the ref of the site. */
export interface WantedVersion {
  readonly version: string;
  readonly ref: string | null;
}

/** What is told of a site; the links themselves are in its manifest. */
export type SiteCounts = Pick<SiteFacts, 'pages' | 'reachable' | 'files' | 'bytes' | 'brokenLinkCount'>;

export interface Judgement {
  readonly findings: readonly GateFinding[];
  /** The release that the version shows; null: none. */
  readonly stands: string | null;
}

/** What every docs worker does. */
export interface DocsActivities {
  resolveSource(input: { readonly spec: SiteSpec; readonly ref: string | null }): Promise<ResolvedSource>;
  claimWorkspace(input: { readonly spec: SiteSpec; readonly version: string }): Promise<ClaimedWorkspace>;
  judgeRelease(input: {
    readonly spec: SiteSpec;
    readonly version: string;
    readonly release: string;
  }): Promise<Judgement>;
  activateRelease(input: {
    readonly spec: SiteSpec;
    readonly version: string;
    readonly release: string;
    readonly by: string;
    readonly askedAt: string;
  }): Promise<DocsDecision>;
  moveVersion(input: DocsMove): Promise<DocsDecision>;
  listSite(input: { readonly spec: SiteSpec }): Promise<DocsListing>;
  collectReleases(input: { readonly spec: SiteSpec }): Promise<DocsCollection>;
  wantedVersions(input: { readonly spec: SiteSpec }): Promise<readonly WantedVersion[]>;
  /** What `doctor` asks: source, generator and publish root of a site. */
  diagnoseDocs(input: { readonly spec: SiteSpec }): Promise<readonly Finding[]>;
}

/** What only the worker with the workspace does. */
export interface StageActivities {
  fetchSource(input: StageInput): Promise<FetchedTree>;
  findRelease(input: { readonly spec: SiteSpec; readonly buildKey: string }): Promise<ReleaseFacts | null>;
  installDependencies(input: StageInput): Promise<{ readonly packages: number }>;
  generateDocs(input: StageInput): Promise<Pick<Diagnostics, 'errors' | 'warnings' | 'shown'>>;
  verifySite(input: StageInput): Promise<SiteCounts>;
  stageRelease(input: StageInput): Promise<ReleaseFacts>;
  closeWorkspace(input: { readonly spec: SiteSpec; readonly workspace: string }): Promise<void>;
}
