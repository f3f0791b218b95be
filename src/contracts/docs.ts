/** What a build of documentation is asked for and what it reports. Plain values: they travel through workflow histories, too. */

export type EntryPointStrategy = 'resolve' | 'expand' | 'packages';

/** What a site may say of its TypeDoc build; nothing else of a tree's own configuration counts in an untrusted build. */
export interface TypedocOptions {
  /** Title of the site; null: the name in package.json. */
  readonly name: string | null;
  /** Relative to the tree; empty: as TypeDoc finds them by package.json. */
  readonly entryPoints: readonly string[];
  readonly strategy: EntryPointStrategy;
  /** `fail`: a type error ends the build; `report`: it is counted, and what could not be resolved is shown as a plain name. */
  readonly typeErrors: 'fail' | 'report';
}

export interface BuildLimits {
  readonly timeMs: number;
  /** Of the generator's heap. */
  readonly memoryMb: number;
  readonly files: number;
  readonly bytes: number;
}

export const DEFAULT_BUILD_LIMITS: BuildLimits = {
  timeMs: 15 * 60_000,
  memoryMb: 4_096,
  files: 100_000,
  bytes: 2_000_000_000,
};

/** What the generator said: counts of all, and the first of them, without colours, frames of source text cut. */
export interface Diagnostics {
  readonly errors: number;
  readonly warnings: number;
  readonly shown: readonly string[];
}

export interface GeneratorVersion {
  readonly name: 'typedoc';
  readonly version: string;
  readonly typescript: string;
}

export interface BrokenLink {
  /** The page, relative to the site. */
  readonly from: string;
  /** As it is written there. */
  readonly to: string;
}

/** What was found in what a generator left: the same for all generators. */
export interface SiteFacts {
  readonly pages: number;
  /** Pages to which a way leads from index.html. */
  readonly reachable: number;
  readonly files: number;
  readonly bytes: number;
  /** The first hundred, and how many there are. */
  readonly brokenLinks: readonly BrokenLink[];
  readonly brokenLinkCount: number;
}

export interface FileHash {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** `manifest.json` of a release. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly release: string;
  readonly version: string;
  /** What it was built from: a commit, or the hash of a folder's files. */
  readonly source: { readonly kind: 'git' | 'folder'; readonly revision: string | null };
  /** What makes two builds the same: source, generator, options. */
  readonly buildKey: string;
  readonly generator: GeneratorVersion;
  readonly trusted: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly diagnostics: Diagnostics;
  readonly site: SiteFacts;
  readonly files: readonly FileHash[];
}
