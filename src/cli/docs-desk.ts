import type { DocsCollection, DocsDecision, DocsListing, SiteSpec } from '../contracts/docs-runs.ts';
import {
  DOCS_COLLECT_WORKFLOW,
  DOCS_LIST_WORKFLOW,
  DOCS_MOVE_WORKFLOW,
  DOCS_QUEUE,
  type DocsMove,
} from '../contracts/docs-runs.ts';
import { EXIT } from './exit-codes.ts';
import { quoted } from './parse/parsed.ts';
import { docsFolder } from './docs-folder.ts';
import { runShort } from './run-short.ts';
import { mustReadSite } from './sites.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import type { PlaceFlags } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';
import { withTemporal } from './with-temporal.ts';

/** Where a verb acts: a folder of this machine, or a site of switchyard.yaml, through Temporal. */
export type DocsSubject =
  { readonly kind: 'here'; readonly out: string } | { readonly kind: 'site'; readonly site: string };

/** What can be done with a published site, wherever it lies. */
export interface DocsDesk {
  readonly subject: DocsSubject;
  list(): Promise<DocsListing>;
  move(asked: Omit<DocsMove, 'spec'>): Promise<DocsDecision>;
  collect(asked: AskedRetention): Promise<DocsCollection>;
}

/** Null: as the site says; of a folder, which no file speaks for, `FOLDER_RETENTION`. */
export interface AskedRetention {
  readonly keep: number | null;
  readonly graceMs: number | null;
}

export interface DeskFlags extends PlaceFlags {
  readonly out?: string | undefined;
  readonly config?: string | undefined;
}

/** Works at the site that was named, or at the folder of `--out`. @throws Stop with exit 2 where both or neither are given. */
export async function atDesk<T>(
  terminal: Terminal,
  { site, flags }: { readonly site: string | undefined; readonly flags: DeskFlags },
  work: (desk: DocsDesk) => Promise<T>,
): Promise<T> {
  const subject = subjectOf(terminal, site, flags.out);
  if (subject.kind === 'here') return work(await deskHere(subject));
  const { spec } = await mustReadSite(terminal, subject.site, flags.config);
  return withTemporal(terminal, flags, (temporal) => work(deskOfSite(subject, temporal, spec)));
}

/** @throws Stop with exit 2. */
export function subjectOf(terminal: Terminal, site: string | undefined, out: string | undefined): DocsSubject {
  if (site !== undefined && out === undefined) return { kind: 'site', site };
  if (site === undefined && out !== undefined) return { kind: 'here', out: docsFolder(terminal, out) };
  const found = site === undefined ? 'neither a site nor --out is given' : `${quoted(site)} and --out are given`;
  throw new Stop(EXIT.usage, [problem(found, 'a site of switchyard.yaml, or --out FOLDER')]);
}

async function deskHere(subject: Extract<DocsSubject, { kind: 'here' }>): Promise<DocsDesk> {
  const { collectHere, listHere, moveHere } = await import('./docs-here.ts');
  const { out } = subject;
  return {
    subject,
    list: () => listHere(out),
    move: (asked) => moveHere(out, asked),
    collect: ({ keep, graceMs }) =>
      collectHere(out, { keep: keep ?? FOLDER_RETENTION.keep, graceMs: graceMs ?? FOLDER_RETENTION.graceMs }),
  };
}

export const FOLDER_RETENTION = { keep: 5, graceMs: 3_600_000 };

/** The desk of a site, through Temporal. */
export function deskOfSite(subject: DocsSubject, temporal: TemporalClient, spec: SiteSpec): DocsDesk {
  const short = <T>(type: string, input: unknown): Promise<T> =>
    runShort<T>(temporal, { type, id: `${type}:${spec.site}`, taskQueue: DOCS_QUEUE, input, withinMs: 10 * 60_000 });
  return {
    subject,
    list: () => short(DOCS_LIST_WORKFLOW, { spec }),
    move: (asked) => short(DOCS_MOVE_WORKFLOW, { ...asked, spec } satisfies DocsMove),
    collect: ({ keep: releases, graceMs }) => {
      const keep = { releases: releases ?? spec.keep.releases, graceMs: graceMs ?? spec.keep.graceMs };
      return short(DOCS_COLLECT_WORKFLOW, { spec: { ...spec, keep } });
    },
  };
}
