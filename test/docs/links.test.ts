/** What the documentation leads to is there: files, sections, and the tests that it cites. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../src/cli/program.ts';

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

test('the game day types commands that there are', async () => {
  const [, script = ''] = /## Game day[\s\S]*?```sh\n([\s\S]*?)```/.exec(read('docs/operating.md')) ?? [];
  const lines = script.split('\n').filter((line) => line.startsWith('./switchyard '));
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const args = (line.replace(/ #.*$/, '').match(/'[^']*'|\S+/g) ?? [])
      .slice(1)
      .map((word) => word.replaceAll("'", ''));
    let written = '';
    const write = (text: string): void => void (written += text);
    const streams = { stdout: { write, isTTY: false }, stderr: { write } };
    // One flag too many: whatever else were wrong would be said instead of it, or beside it.
    await runProgram([...args, '--one-too-many'], { streams, env: {}, cwd: root });
    expect(written).toContain('--one-too-many');
    expect(written.match(/unknown option/g)).toHaveLength(1);
  }
});
