import type { FolderReport } from '../activities/docs/publish-docs.ts';
import { assertNever } from '../core/assert-never.ts';
import type { DocsCollection, DocsListing } from '../contracts/docs-runs.ts';
import type { DocsSubject } from './docs-desk.ts';
import type { DocsOrder } from './docs-here.ts';
import type { DocsFailure } from '../contracts/docs-runs.ts';
import { changeLines, findingLines, pageWords } from './render-docs-run.ts';
import type { Style, Terminal } from './terminal.ts';
import { day, outside, table } from './words.ts';

type Paint = Terminal['paint'];

const LABEL = 13;
const line = (label: string, text: string): string => `${label.padEnd(LABEL)}  ${text}`;

/** How a build ends: what stands now, why, and where to look. */
export function reportLines(order: DocsOrder, report: FolderReport, paint: Paint): readonly string[] {
  const { manifest, stands, reused, outcome } = report;
  const [head, style] = headOf(report);
  const built = `release ${manifest.release}${reused ? ', built before' : ''}`;
  const preview = outcome === 'not-published' || outcome === 'gates-failed';
  return [
    paint(style, line(head, `${what(order)}  ${built}`)),
    line(
      'pages',
      pageWords({
        ...manifest.site,
        warnings: manifest.diagnostics.warnings,
        brokenLinks: manifest.site.brokenLinkCount,
        coverage: manifest.coverage?.percent ?? null,
      }),
    ),
    ...changeLines(manifest.changes),
    ...findingLines(report.findings),
    line('stands', stands === null ? 'nothing yet' : `release ${stands} at ${place(order)}`),
    ...(preview && !order.flat ? [line('built', `${order.out}/releases/${manifest.release}`)] : []),
    line('look', [command(here(order), { verb: 'serve' }), ...nextCommand(order, report)].join('    ')),
  ];
}

function headOf({ outcome, why }: FolderReport): readonly [string, Style] {
  switch (outcome) {
    case 'published':
    case 'unchanged':
      return [outcome, 'green'];
    case 'gates-failed':
      return ['gates failed', 'yellow'];
    case 'not-published':
      return [`built, not published (${outside(why ?? '')})`, 'yellow'];
    default:
      return assertNever(outcome);
  }
}

function nextCommand({ flat, out, ask }: DocsOrder, { outcome }: FolderReport): readonly string[] {
  if (flat || outcome === 'gates-failed') return [];
  const verb = outcome === 'not-published' ? 'unpin' : 'rollback';
  return [command({ kind: 'here', out }, { verb, version: ask.version })];
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
  const again = `correct it, then run this again; ${command(here(order), { verb: 'list' })}`;
  return [
    paint('red', line('failed', `${what(order)}  ${failure.type}`)),
    line('stands', before),
    line('why', failure.sentence),
    ...failure.shown.slice(0, 20).map((one) => line('', outside(one))),
    line('look', failure.next ?? again),
  ];
}

/** Versions and releases of a site. */
export function listLines({ out, versions, releases }: DocsListing): readonly string[] {
  if (releases.length === 0) return [`${out} has no release yet`];
  const stood = new Map(versions.map(({ version, stands }) => [stands.release, version]));
  return [
    ...table(versions.map((one) => [one.version, one.stands.release, pinWords(one), `by ${outside(one.stands.by)}`])),
    '',
    ...table([
      ['RELEASE', 'BUILT (UTC)', 'PAGES', 'REVISION', 'STANDS'],
      ...releases.map(({ id, facts }) =>
        facts === null
          ? [id, '', '', 'its manifest is unreadable', stood.get(id) ?? '']
          : [
              id,
              day(Date.parse(facts.finishedAt)),
              String(facts.pages),
              (facts.revision ?? '').slice(0, 12),
              stood.get(id) ?? '',
            ],
      ),
    ]),
  ];
}

function pinWords({ stands, pointsAt }: DocsListing['versions'][number]): string {
  if (pointsAt !== stands.release)
    return `POINTS AT ${pointsAt ?? 'nothing'}: the next build, rollback, unpin or gc puts it right`;
  return stands.pinnedSince === null
    ? `since ${day(Date.parse(stands.at))} UTC`
    : `pinned since ${day(Date.parse(stands.pinnedSince))} UTC`;
}

/** What a collection removed, and why the others stay. */
export const collectionLines = ({ collect, kept }: DocsCollection): readonly string[] => [
  line('removed', collect.length === 0 ? 'nothing' : collect.join(', ')),
  ...kept.map(({ id, why }) => line('kept', `${id}  ${why}`)),
];

/** A command for the same site; verbs that move a pointer name the version where it is not the usual one. */
export function command(
  subject: DocsSubject,
  { verb, version = 'latest' }: { readonly verb: string; readonly version?: string },
): string {
  const where = subject.kind === 'here' ? `--out ${shellWord(subject.out)}` : subject.site;
  return `./switchyard docs ${verb} ${where}${version === 'latest' ? '' : ` --version ${version}`}`;
}

/** To be typed as it is printed. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const here = ({ out }: DocsOrder): DocsSubject => ({ kind: 'here', out });
const what = ({ flat, ask }: DocsOrder): string => (flat ? 'flat site' : ask.version);
const place = ({ flat, out, ask }: DocsOrder): string => (flat ? out : `${out}/versions/${ask.version}`);
