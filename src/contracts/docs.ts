/** What a build of documentation is asked for and what it reports. Plain values: they travel through workflow histories, too. */

import type { DocCoverage } from '../core/docs/doc-coverage.ts';
import type { Finding, GateRules } from '../core/docs/judge-gates.ts';

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

/** As TypeDoc finds it all by itself. */
export const DEFAULT_TYPEDOC: TypedocOptions = {
  name: null,
  entryPoints: [],
  strategy: 'resolve',
  typeErrors: 'fail',
};

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
  /** A short hash of each warning, up to 5,000, without the line that it is said of. */
  readonly warningKeys: readonly string[];
}

export interface SphinxOptions {
  /** The folder with `conf.py`, relative to the tree. */
  readonly dir: string;
}

/** What makes the pages of a site. */
export type Generator =
  | { readonly kind: 'typedoc'; readonly options: TypedocOptions }
  | { readonly kind: 'sphinx'; readonly options: SphinxOptions };

export type GeneratorVersion =
  | { readonly name: 'typedoc'; readonly version: string; readonly typescript: string }
  | { readonly name: 'sphinx'; readonly version: string; readonly python: string };

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
  /** A short hash of each, up to 5,000. */
  readonly brokenLinkKeys: readonly string[];
}

/** What a build has to be before it is published. */
export type Gates = GateRules;

export const NO_GATES: Gates = {
  warnings: 'ignore',
  links: 'ignore',
  coverage: { minPercent: null, mayFall: true },
  size: { maxBytes: null },
};

export type GateFinding = Finding;
export type Coverage = DocCoverage;

/** What has changed in the exports against the release that stood when it was built; `changes.json` has all of it. */
export interface ApiChanges {
  readonly against: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** The first twenty, in words. */
  readonly shown: readonly string[];
}

/** A release in numbers: what travels and is shown. */
export interface ReleaseFacts {
  readonly id: string;
  /** Where it lies, on the worker. */
  readonly folder: string;
  readonly version: string;
  /** The commit, or the hash of a folder's files. */
  readonly revision: string | null;
  readonly generator: GeneratorVersion;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly pages: number;
  readonly files: number;
  readonly bytes: number;
  readonly warnings: number;
  readonly brokenLinks: number;
  /** Percent; null where the generator gives no model of the exports. */
  readonly coverage: number | null;
  readonly changes: ApiChanges | null;
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
  /** Null: the generator gives no model of what is exported. */
  readonly coverage: Coverage | null;
  /** Null: nothing stood that it could be compared with. */
  readonly changes: ApiChanges | null;
  /** As judged when it was built. */
  readonly gates: readonly GateFinding[];
  /** Where readers find the site; null: not known. */
  readonly baseUrl: string | null;
  readonly files: readonly FileHash[];
}
