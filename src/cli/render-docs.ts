import type { DocsReport } from '../activities/docs/publish-docs.ts';
import type { SiteState } from '../activities/docs/release-store.ts';
import type { Collection } from '../core/docs/plan-collection.ts';
import type { DocsOrder } from './docs-here.ts';
import type { DocsFailure } from './docs-stop.ts';
import type { Terminal } from './terminal.ts';
import { count, day, outside, table } from './words.ts';

type Paint = Terminal['paint'];

/** How a build ends: what stands now, why, and where to look. */
export function reportLines(order: DocsOrder, report: DocsReport, paint: Paint): readonly string[] {
  const { manifest, stands, why, reused } = report;
  const [head, style] = {
    published: ['published', 'green'] as const,
    unchanged: ['unchanged', 'green'] as const,
    'not-published': [`built, not published (${outside(why ?? '')})`, 'yellow'] as const,
  }[report.outcome];
  const facts = `${count(manifest.site.pages, 'page')}, ${count(manifest.diagnostics.warnings, 'warning')}, ${count(manifest.site.brokenLinkCount, 'broken link')}`;
  return [
    paint(style, `${head.padEnd(9)}  ${what(order)}  release ${manifest.release}${reused ? ', built before' : ''}`),
    `${'pages'.padEnd(9)}  ${facts}`,
    `${'stands'.padEnd(9)}  release ${stands} at ${place(order)}`,
    `${'look'.padEnd(9)}  ${command(siteOf(order), 'serve')}${order.flat ? '' : `    ${command(siteOf(order), report.outcome === 'not-published' ? 'unpin' : 'rollback')}`}`,
  ];
}

/** How a build that failed ends. */
export function failedLines(
  order: DocsOrder,
  { failure, stands }: { readonly failure: DocsFailure; readonly stands: string | null },
  paint: Paint,
): readonly string[] {
  const before = order.flat
    ? `${order.out} is as it was`
    : stands === null
      ? 'nothing was published yet'
      : `release ${stands}, as before`;
  return [
    paint('red', `failed     ${what(order)}  ${failure.type}`),
    `stands     ${before}`,
    `why        ${failure.sentence}`,
    ...failure.shown.slice(0, 20).map((line) => `           ${outside(line)}`),
    `look       ${failure.next ?? `correct it, then run this again; ${command(siteOf(order), 'list')}`}`,
  ];
}

/** Versions and releases of a site. */
export function listLines(out: string, { versions, releases }: SiteState): readonly string[] {
  if (releases.length === 0) return [`${out} has no release yet`];
  const stood = new Map(versions.map(({ version, stands }) => [stands.release, version]));
  return [
    ...table(versions.map((one) => [one.version, one.stands.release, pinWords(one), `by ${outside(one.stands.by)}`])),
    '',
    ...table([
      ['RELEASE', 'BUILT (UTC)', 'PAGES', 'SOURCE', 'STANDS'],
      ...releases.map(({ id, manifest }) =>
        manifest === null
          ? [id, '', '', 'its manifest is unreadable', stood.get(id) ?? '']
          : [
              id,
              day(Date.parse(manifest.finishedAt)),
              String(manifest.site.pages),
              `${manifest.source.kind} ${(manifest.source.revision ?? '').slice(0, 12)}`,
              stood.get(id) ?? '',
            ],
      ),
    ]),
  ];
}

function pinWords({ stands, pointsAt }: SiteState['versions'][number]): string {
  if (pointsAt !== stands.release)
    return `POINTS AT ${pointsAt ?? 'nothing'}: the next build, rollback, unpin or gc puts it right`;
  return stands.pinnedSince === null
    ? `since ${day(Date.parse(stands.at))} UTC`
    : `pinned since ${day(Date.parse(stands.pinnedSince))} UTC`;
}

/** What a collection removed, and why the others stay. */
export const collectionLines = ({ collect, kept }: Collection): readonly string[] => [
  `removed    ${collect.length === 0 ? 'nothing' : collect.join(', ')}`,
  ...kept.map(({ id, why }) => `kept       ${id}  ${why}`),
];

/** A command for the same folder. */
export const command = ({ out, version }: SiteVersion, verb: string): string =>
  `./switchyard docs ${verb} --out ${out}${version === 'latest' || !MOVES.has(verb) ? '' : ` --version ${version}`}`;

interface SiteVersion {
  readonly out: string;
  readonly version: string;
}

const MOVES: ReadonlySet<string> = new Set(['rollback', 'unpin']);

const siteOf = ({ out, ask }: DocsOrder): SiteVersion => ({ out, version: ask.version });
const what = ({ flat, ask }: DocsOrder): string => (flat ? 'flat site' : ask.version);
const place = ({ flat, out, ask }: DocsOrder): string => (flat ? out : `${out}/versions/${ask.version}`);
