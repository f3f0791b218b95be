import { isSiteName } from '../../core/docs/site-name.ts';
import { readVersionName, VERSION_NAMES } from '../../core/docs/version-name.ts';
import { EXIT } from '../exit-codes.ts';
import { problem, Stop } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

const IN_FRONT = 'docs/';

export interface DocsName {
  readonly site: string;
  readonly version: string;
}

/** Whether it is `docs/SITE[/VERSION]`, where verbs take records as well. */
export const isDocsName = (text: string): boolean => text.startsWith(IN_FRONT);

/** `docs/SITE[/VERSION]`, with or without `docs/` in front; the version is latest where none is named. */
export function parseDocsName(text: string): Parsed<DocsName> {
  const [site = '', version = 'latest', ...more] = (isDocsName(text) ? text.slice(IN_FRONT.length) : text).split('/');
  if (!isSiteName(site) || more.length > 0)
    return rejected(
      problem(`${quoted(text)} is no name of a site`, 'small letters, digits and -, such as docs/handbook'),
    );
  const read = readVersionName(version);
  if (read.kind === 'bad') return rejected(problem(`${quoted(text)}: the version ${read.why}`, VERSION_NAMES));
  return parsed({ site, version: read.version });
}

/** How a version of a site is called where records are called by their names. */
export const asDocsSubject = ({ site, version }: DocsName): string =>
  `${IN_FRONT}${site}${version === 'latest' ? '' : `/${version}`}`;

/** The value of `--version`. @throws Stop with exit 2. */
export function mustBeDocsVersion(text: string): string {
  const read = readVersionName(text);
  if (read.kind === 'ok') return read.version;
  throw new Stop(EXIT.usage, [problem(`--version: ${quoted(text)} ${read.why}`, VERSION_NAMES)]);
}
