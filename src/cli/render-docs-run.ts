import type { ApiChanges, GateFinding, ReleaseFacts } from '../contracts/docs.ts';
import type { DocsMemo, DocsOutcome, DocsStage, DocsStatus } from '../contracts/docs-runs.ts';
import { formatDuration } from '../core/duration.ts';
import { withNext } from '../core/with-next.ts';
import { explain } from './explain.ts';
import type { ChainLook } from './look-at-chain.ts';
import type { Ended } from './look-at-run.ts';
import { troubleWords } from './notice-trouble.ts';
import { asDocsSubject } from './parse/docs-name.ts';
import type { View } from './render.ts';
import type { Style } from './terminal.ts';
import { about, clock, count, outside } from './words.ts';

export type DocsLook = ChainLook<DocsStatus, DocsMemo>;

const LABEL = 13;
const line = (label: string, text: string): string => `${label.padEnd(LABEL)}  ${text}`;

export const DOCS_WORDS: Readonly<Record<DocsOutcome, string>> = {
  published: 'published',
  unchanged: 'unchanged',
  preview: 'preview',
  'not-published': 'built, not published',
  'gates-failed': 'gates failed',
  failed: 'failed',
  cancelled: 'cancelled',
};

const STYLES: Readonly<Record<DocsOutcome, Style>> = {
  published: 'green',
  unchanged: 'green',
  preview: 'green',
  'not-published': 'yellow',
  'gates-failed': 'yellow',
  failed: 'red',
  cancelled: 'yellow',
};

/** A build that is under way, as `status` and the live view draw it. */
export function docsRunLines({ status, trouble }: Pick<DocsLook, 'status' | 'trouble'>, view: View): readonly string[] {
  return [
    ...(status === null ? [] : [headLine(status, view), ...status.stages.map((stage) => stageLine(stage, view.now))]),
    ...(trouble === null ? [] : [view.paint('yellow', line('retrying', troubleWords(trouble)))]),
  ];
}

function headLine(status: DocsStatus, { paint, now }: View): string {
  const { outcome, wish, startedAt, endedAt, superseded } = status;
  const where = outcome === null ? 'building' : DOCS_WORDS[outcome];
  const whose = wish === null ? '' : `  ${wish.trigger}, by ${outside(wish.by)} (not authenticated)`;
  const ended = superseded === 0 ? '' : `  ${count(superseded, 'older build')} ended for it`;
  return `${paint('bold', subjectOf(status))}  ${where}  ${about((endedAt ?? now) - startedAt)}${whose}${ended}`;
}

function stageLine({ name, facts, beganAt, tookMs }: DocsStage, now: number): string {
  if (tookMs === null) return line(name, `under way for ${formatDuration(Math.max(0, now - beganAt))}`);
  return line(name, `${outside(facts ?? '')}  ${formatDuration(tookMs)}`);
}

/** The last lines of every run: what stands now; why; what was built; where to look. */
export function docsClosingLines(status: Ended<DocsStatus>, view: View): readonly string[] {
  const { outcome, release, stands, why, publish } = status;
  const built = release === null ? '' : `  release ${release.id}${status.reused ? ', built before' : ''}`;
  return [
    `${view.paint(STYLES[outcome], DOCS_WORDS[outcome].padEnd(LABEL))}  ${subjectOf(status)}${built}`,
    ...(why === null ? [] : [line('why', outside(why))]),
    ...whyLines(status),
    ...(release === null ? [] : [line('pages', pageWords(release)), ...changeLines(release.changes)]),
    ...findingLines(status.findings),
    line(
      'stands',
      stands !== null
        ? standsWords(status, stands)
        : publish
          ? 'what stood before'
          : 'what stood before; a preview moves nothing',
    ),
    ...previewLines(status),
    line('look', [view.link, nextStep(status)].filter((part) => part !== null).join('    ')),
  ];
}

const subjectOf = (status: Pick<DocsStatus, 'site' | 'version'>): string => asDocsSubject(status);

function whyLines({ failure }: DocsStatus): readonly string[] {
  if (failure === null) return [];
  const sentence = failure.sentence === '' ? explain(failure.type).sentence : failure.sentence;
  return [
    line('why', outside(withNext({ ...failure, sentence }))),
    ...failure.shown.slice(0, MOST_SHOWN).map((one) => line('', outside(one))),
  ];
}

const MOST_SHOWN = 20;

/** `437 pages, 2 warnings, 0 broken links, 81.5 % documented`. */
export function pageWords({ pages, warnings, brokenLinks, coverage }: PageFacts): string {
  return [
    count(pages, 'page'),
    count(warnings, 'warning'),
    count(brokenLinks, 'broken link'),
    ...(coverage === null ? [] : [`${coverage} % documented`]),
  ].join(', ');
}

type PageFacts = Pick<ReleaseFacts, 'pages' | 'warnings' | 'brokenLinks' | 'coverage'>;

/** What has changed in the exports, in words. */
export function changeLines(changes: ApiChanges | null): readonly string[] {
  if (changes === null) return [];
  const { added, removed, changed, shown } = changes;
  if (added + removed + changed === 0) return [line('exports', 'none added, removed or changed')];
  return [
    line('exports', `${added} added, ${removed} removed, ${changed} changed`),
    ...shown.map((one) => line('', outside(one))),
  ];
}

/** Every gate, and whether it passed. */
export function findingLines(findings: readonly GateFinding[]): readonly string[] {
  return findings.map(({ passed, sentence }) => line(passed ? 'gate' : 'GATE FAILED', outside(sentence)));
}

function standsWords({ baseUrl, version }: DocsStatus, stands: string): string {
  return `release ${stands}${baseUrl === null ? '' : ` at ${baseUrl}/versions/${version}/`}`;
}

/** Where a release lies that no pointer leads to. */
function previewLines({ release, stands, baseUrl }: DocsStatus): readonly string[] {
  if (release === null || release.id === stands) return [];
  return [line('built', baseUrl === null ? `${release.folder} on the worker` : `${baseUrl}/releases/${release.id}/`)];
}

function nextStep({ outcome, site, version }: DocsStatus): string {
  const at = version === 'latest' ? '' : ` --version ${version}`;
  if (outcome === 'not-published') return `./switchyard docs unpin ${site}${at}`;
  if (outcome === 'published') return `./switchyard docs rollback ${site}${at}`;
  if (outcome === 'preview') return `./switchyard docs publish ${site}${at}`;
  return `./switchyard status ${asDocsSubject({ site, version })}`;
}

/** The same for a run that ended without a word of its own: terminated, timed out, or lost by its server. */
export function speechlessDocsLines(
  name: { readonly site: string; readonly version: string },
  { why }: { readonly why: string },
  view: View,
): readonly string[] {
  const list = `./switchyard docs list ${name.site}`;
  return [
    `${view.paint('red', 'NOT SURE'.padEnd(LABEL))}  ${asDocsSubject(name)}  whole releases only: what it was building, or what stood before`,
    line('why', outside(why)),
    line('look', [view.link, list].filter((part) => part !== null).join('    ')),
  ];
}

/** What is new since the look before, for logs: a line for each stage that has ended. */
export function docsChangeLines(before: DocsStatus | null, after: DocsStatus): readonly string[] {
  const wish = after.wish !== null && before?.wish?.askedAt !== after.wish.askedAt ? [wishLine(after.wish)] : [];
  const known = new Set((before?.stages ?? []).filter(isEnded).map(stageKey));
  const ended = after.stages.filter((stage) => isEnded(stage) && !known.has(stageKey(stage)));
  return [
    ...wish,
    ...ended.map(
      ({ name, facts, beganAt, tookMs }) =>
        `${clock(beganAt + (tookMs ?? 0))}  ${name.padEnd(8)}  ${outside(facts ?? '')}  ${formatDuration(tookMs ?? 0)}`,
    ),
  ];
}

const wishLine = ({ askedAt, ref, trigger, by }: NonNullable<DocsStatus['wish']>): string =>
  `${clock(Date.parse(askedAt))}  building${ref === null ? '' : ` ${outside(ref)}`}, ${trigger}, by ${outside(by)} (not authenticated)`;
const isEnded = ({ tookMs }: DocsStage): boolean => tookMs !== null;
const stageKey = ({ name, beganAt }: DocsStage): string => `${name} ${beganAt}`;
