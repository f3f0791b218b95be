/** What the documentation leads to is there: files, sections, and the tests that it cites. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

interface Link {
  readonly words: string;
  readonly file: string;
  readonly section: string | null;
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Links into the repository, code left out. */
function linksOf(page: string): readonly Link[] {
  const prose = read(page).replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\[([^\][]+)\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, words = '', path = '', section]) => ({
      words,
      file: path === '' ? page : resolve('/', dirname(page), path).slice(1),
      section: section ?? null,
    }),
  );
}

/** As GitHub makes them out of headings. */
const sectionsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

test.each(PAGES)('%s leads to files and sections that are there', (page) => {
  const dead = linksOf(page).filter(
    ({ file, section }) =>
      !existsSync(join(root, file)) || (section !== null && file.endsWith('.md') && !sectionsOf(file).has(section)),
  );
  expect(dead).toEqual([]);
});

test('every fault of the table is there, and a test has the words that are cited of it', () => {
  const page = 'docs/when-it-fails.md';
  const rows = read(page)
    .split('\n')
    .filter((line) => /^\| F\d+ /.test(line));
  expect(rows.map((line) => /^\| (F\d+) /.exec(line)?.[1])).toEqual(
    Array.from({ length: 22 }, (_, at) => `F${at + 1}`),
  );
  const cited = linksOf(page).filter(({ file }) => file.endsWith('.test.ts'));
  expect(cited.length).toBeGreaterThanOrEqual(22);
  const wrong = cited.filter(({ words, file }) => !read(file).replaceAll('\\', '').includes(words));
  expect(wrong).toEqual([]);
});
