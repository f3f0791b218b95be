import type { GeneratorPolicy, SiteGatePolicy, SitePolicy, TypedocPolicy } from '../contracts/file.ts';
import { NO_GATES, type Gates, type Generator, type TypedocOptions } from '../contracts/docs.ts';
import type { SiteSource, SiteSpec } from '../contracts/docs-runs.ts';
import { byteSize } from '../core/docs/byte-size.ts';
import { parseDuration } from '../core/duration.ts';
import type { ReadFile } from './read-file.ts';

/** A site out of `switchyard.yaml`, with every default in it. */
export interface DeclaredSite {
  readonly spec: SiteSpec;
  /** Null: only when somebody asks. */
  readonly everyMs: number | null;
}

/** Every site that the file declares, by its name. */
export function declaredSites({ file }: Pick<ReadFile, 'file'>): ReadonlyMap<string, DeclaredSite> {
  return new Map(
    Object.entries(file.docs ?? {}).map(([site, policy]) => [
      site,
      { spec: specOf(site, policy), everyMs: everyOf(policy) },
    ]),
  );
}

/** The schema has seen that it is an interval. */
function everyOf({ every }: SitePolicy): number | null {
  const read = every === undefined ? null : parseDuration(every);
  return read?.kind === 'ok' ? read.ms : null;
}

const DAY_MS = 86_400_000;

function specOf(site: string, policy: SitePolicy): SiteSpec {
  const { generator, versions, gates, baseUrl, keep } = policy;
  return {
    site,
    source: sourceOf(policy),
    generator: generator === undefined ? null : generatorOf(generator),
    dependencies: policy.dependencies ?? 'none',
    tags: versions?.tags ?? null,
    gates: gatesOf(gates),
    baseUrl: baseUrl?.replace(/\/+$/, '') ?? null,
    keep: { releases: keep?.releases ?? 10, graceMs: (keep?.days ?? 30) * DAY_MS },
  };
}

/** The schema has seen that there is one. */
function sourceOf({ source, versions }: SitePolicy): SiteSource {
  const { git, ref, secret, folder } = source;
  if (git === undefined) return { kind: 'folder', path: folder ?? '' };
  return { kind: 'git', url: git, ref: versions?.latest ?? ref ?? 'HEAD', secret: secret ?? null };
}

function generatorOf(policy: GeneratorPolicy): Generator {
  if (policy === 'typedoc') return { kind: 'typedoc', options: typedocOf({}) };
  if (policy === 'sphinx') return { kind: 'sphinx', options: { dir: 'docs' } };
  if (policy.sphinx !== undefined) return { kind: 'sphinx', options: { dir: policy.sphinx.dir ?? 'docs' } };
  return { kind: 'typedoc', options: typedocOf(policy.typedoc ?? {}) };
}

function typedocOf({ name, entryPoints, strategy, typeErrors }: TypedocPolicy): TypedocOptions {
  return {
    name: name ?? null,
    entryPoints: entryPoints ?? [],
    strategy: strategy ?? 'resolve',
    typeErrors: typeErrors ?? 'fail',
  };
}

function gatesOf({ warnings, links, coverage, size }: SiteGatePolicy = {}): Gates {
  return {
    warnings: warnings ?? NO_GATES.warnings,
    links: links ?? NO_GATES.links,
    coverage: {
      minPercent: coverage?.min === undefined ? null : Number(coverage.min.replace('%', '')),
      mayFall: coverage?.mayFall ?? true,
    },
    size: { maxBytes: size === undefined ? null : byteSize(size) },
  };
}
