import type { Decision, PointerMove } from '../core/docs/pointer-move.ts';
import type { Collection } from '../core/docs/plan-collection.ts';
import type { Gates, GateFinding, Generator, ReleaseFacts } from './docs.ts';

/** Workflow types as strings, so that the client need not load workflow code. */
export const DOCS_WORKFLOW = 'buildDocs';
/** What a Schedule starts: asks for a build of every version that its source may have moved. */
export const DOCS_TICK_WORKFLOW = 'tickDocs';
/** Rolls a version back, or lifts its pin. */
export const DOCS_MOVE_WORKFLOW = 'moveDocs';
/** What stands, and which releases are kept. */
export const DOCS_LIST_WORKFLOW = 'listDocs';
/** Removes releases that nothing needs. */
export const DOCS_COLLECT_WORKFLOW = 'collectDocs';
/** What `doctor` starts. */
export const DOCS_DOCTOR_WORKFLOW = 'diagnoseDocs';
export const DOCS_QUEUE = 'switchyard-docs';

/** The workflow id is the lock: one build of a version at a time. A preview has one of its own, so that it ends no build that publishes. */
export const docsId = ({ site, version, publish }: BuildName): string =>
  `docs:${site}:${version}${publish ? '' : ':preview'}`;

/** Of a site: its Schedule in Temporal. */
export const docsScheduleId = (site: string): string => `switchyard:docs:${site}`;

export interface BuildName {
  readonly site: string;
  readonly version: string;
  readonly publish: boolean;
}

/** Where a site is built from. */
export type SiteSource =
  | {
      readonly kind: 'git';
      readonly url: string;
      /** A branch, a tag, or a full commit. */
      readonly ref: string;
      /** Name of the secret of the worker that it is fetched with; null: anybody may. */
      readonly secret: string | null;
    }
  /** A folder of the worker. */
  | { readonly kind: 'folder'; readonly path: string };

/** A site out of `switchyard.yaml`, every default filled in. */
export interface SiteSpec {
  readonly site: string;
  readonly source: SiteSource;
  /** Null: as the tree shows. */
  readonly generator: Generator | null;
  /** `install`: what the lock file of the tree names is fetched for the types in it; none of it runs. */
  readonly dependencies: 'install' | 'none';
  /** Tags that are versions of their own: `v*`; null: none are. */
  readonly tags: string | null;
  readonly gates: Gates;
  /** `https://docs.example.com/handbook`, without a final slash; null: not known. */
  readonly baseUrl: string | null;
  readonly keep: { readonly releases: number; readonly graceMs: number };
}

/** What somebody wants to be built. */
export interface DocsWish {
  /** Instead of the one of the version; null: that one. */
  readonly ref: string | null;
  /** What the ref stood for when it was asked, where that is known: of two wishes for one commit the second changes nothing. */
  readonly commit: string | null;
  readonly trigger: 'manual' | 'schedule' | 'event';
  /** Not authenticated. */
  readonly by: string;
}

/** Every pace and limit of a run, in milliseconds: part of the request, so that a history explains itself. */
export interface DocsPace {
  /** Events that come so soon one after the other give one build. */
  readonly debounceMs: number;
  readonly heartbeatMs: number;
  /** How long a worker may take to begin a stage before it counts as lost. */
  readonly lostAfterMs: number;
  /** How long a source may be away. */
  readonly giveUpAfterMs: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
}

export const DEFAULT_DOCS_PACE: DocsPace = {
  debounceMs: 2_000,
  heartbeatMs: 20_000,
  lostAfterMs: 30_000,
  giveUpAfterMs: 15 * 60_000,
  retry: { firstMs: 1_000, maxMs: 30_000 },
};

export interface DocsRequest {
  readonly spec: SiteSpec;
  readonly version: string;
  /** False: built and checked, and kept as a preview. */
  readonly publish: boolean;
  readonly pace: DocsPace;
  /** Null: it comes as a signal, with the start or later. */
  readonly wish: DocsWish | null;
  /** What the execution before this one handed over, where the history had grown long; null in a first one. */
  readonly carried: CarriedDocs | null;
}

export interface CarriedDocs {
  readonly startedAt: number;
  readonly superseded: number;
  readonly wish: AskedWish;
}

/** With the time at which the run heard of it, ISO 8601: so all wishes of a version are in one order. */
export type AskedWish = DocsWish & { readonly askedAt: string };

export type DocsOutcome =
  /** The version shows what was asked for. */
  | 'published'
  /** It did so before. */
  | 'unchanged'
  /** Built and checked, as was asked. */
  | 'preview'
  /** Built, and the version is pinned, or something newer stands. */
  | 'not-published'
  /** Built, and a gate refused it: a preview. */
  | 'gates-failed'
  | 'failed'
  | 'cancelled';

export interface DocsStage {
  readonly name: string;
  /** What it saw, with counts; null while it runs, or where it failed. */
  readonly facts: string | null;
  readonly beganAt: number;
  readonly tookMs: number | null;
}

/** Answer of the query `status`, and what a run ends with. */
export interface DocsStatus {
  readonly schemaVersion: 1;
  readonly site: string;
  readonly version: string;
  readonly publish: boolean;
  readonly baseUrl: string | null;
  /** What is being built, or was built last. */
  readonly wish: AskedWish | null;
  /** Null while it runs. */
  readonly outcome: DocsOutcome | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Builds that a newer wish has ended. */
  readonly superseded: number;
  /** Of the build under way, in order. */
  readonly stages: readonly DocsStage[];
  readonly source: ResolvedSource | null;
  readonly release: ReleaseFacts | null;
  /** True: no build was needed. */
  readonly reused: boolean;
  readonly findings: readonly GateFinding[];
  /** The release that the version shows now; null where that is not known, or it shows none. */
  readonly stands: string | null;
  /** Why it was not published. */
  readonly why: string | null;
  readonly failure: DocsFailure | null;
}

export interface DocsFailure {
  readonly type: string;
  readonly sentence: string;
  readonly next: string | null;
  /** The first of what the generator said. */
  readonly shown: readonly string[];
}

export type DocsReport = DocsStatus & { readonly outcome: DocsOutcome };

/** What a ref stood for when it was asked, once for the whole build. */
export type ResolvedSource = ResolvedGit | Extract<SiteSource, { kind: 'folder' }>;

export type ResolvedGit = Extract<SiteSource, { kind: 'git' }> & {
  readonly commit: string;
  /** The full name of the ref on the server; null where a commit was named. */
  readonly name: string | null;
};

/** Names of the query and the signal. */
export const DOCS_MESSAGES = { status: 'status', buildRequested: 'buildRequested' } as const;

/** The memo of every run: what `ls` and `status` show without a worker. */
export interface DocsMemo {
  readonly site: string;
  readonly version: string;
  readonly by: string;
  readonly trigger: DocsWish['trigger'];
  readonly outcome?: DocsOutcome;
  readonly sentence?: string | null;
}

/** A move of the pointer of a version, without a build. */
export interface DocsMove {
  readonly spec: Pick<SiteSpec, 'site' | 'baseUrl'>;
  readonly version: string;
  readonly by: string;
  /** ISO 8601. */
  readonly askedAt: string;
  readonly move: { readonly kind: 'rollback'; readonly to: string | null } | { readonly kind: 'unpin' };
}

export type DocsDecision = Decision;
export type DocsCollection = Collection;

/** What stands in a site, without the lists of files. */
export interface DocsListing {
  /** The folder, on the worker. */
  readonly out: string;
  readonly versions: readonly {
    readonly version: string;
    readonly stands: PointerMove;
    /** Where the pointer really leads; null where there is none. */
    readonly pointsAt: string | null;
  }[];
  readonly releases: readonly {
    readonly id: string;
    /** Null: its manifest cannot be read. */
    readonly facts: ReleaseFacts | null;
  }[];
}
