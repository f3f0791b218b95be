import {
  isAllowed,
  readGitAddress,
  isSafeGit,
  readGitRef,
  readRemoteRefs,
  readTreeEntries,
} from '../../../src/core/docs/git-source.ts';

test.each([
  ['git version 2.39.3', false],
  ['git version 2.39.4', true],
  ['git version 2.39.5 (Apple Git-154)', true],
  ['git version 2.38.9', false],
  ['git version 2.45.0', false],
  ['git version 2.45.1', true],
  ['git version 2.46.0', true],
  ['git version 3.0.0', true],
  ['git version 1.9.1', false],
  ['nonsense', false],
])('%s is safe: %p', (version, safe) => {
  expect(isSafeGit(version)).toBe(safe);
});

test('what is allowed is a folder and what is below it, not what begins with its name', () => {
  expect(isAllowed('/srv/app', ['/srv/app'])).toBe(true);
  expect(isAllowed('/srv/app/docs', ['/srv/app'])).toBe(true);
  expect(isAllowed('/srv/apple', ['/srv/app'])).toBe(false);
  for (const climbing of [
    '/srv/app/../evil',
    '/srv/app/..',
    '/srv/app/./x',
    '/srv/app/%2E%2e/evil',
    '/srv/app/..\\evil',
    '/srv/app/x%2f..',
  ])
    expect([climbing, isAllowed(climbing, ['/srv/app'])]).toEqual([climbing, false]);
  expect(isAllowed('/srv/app/a..b/.x', ['/srv/app'])).toBe(true);
  for (const twofold of [
    'https://93.184.216.34\\@127.0.0.1/x.git',
    'https://git.example.com/acme/../app.git',
    'https://git.example.com/%2e%2e/app.git',
  ])
    expect([twofold, readGitAddress(twofold, ['https://git.example.com/acme']).kind]).toEqual([twofold, 'bad']);
  expect(isAllowed('https://git.example.com/acme/app.git', ['https://git.example.com'])).toBe(true);
  expect(isAllowed('https://git.example.com.evil.test/x', ['https://git.example.com'])).toBe(false);
});

test('a full commit needs no asking; a short one is a name', () => {
  expect(readGitRef('a'.repeat(40))).toEqual({ kind: 'commit', commit: 'a'.repeat(40) });
  expect(readGitRef('abc123')).toMatchObject({ kind: 'names' });
});

test('of an annotated tag the commit counts, in whichever order the lines come', () => {
  const [tag, commit] = ['1'.repeat(40), '2'.repeat(40)];
  expect(readRemoteRefs(`${tag}\trefs/tags/v1\n${commit}\trefs/tags/v1^{}\nrubbish\n`).get('refs/tags/v1')).toBe(
    commit,
  );
});

test('reads entries with sizes, links and submodules, and names with blanks and line ends', () => {
  const id = 'c'.repeat(40);
  const output = [
    `100644 blob ${id}      12\ta b\nc.txt`,
    `120000 blob ${id}       4\tlink`,
    `160000 commit ${id}       -\tmodule`,
  ];
  expect(readTreeEntries(output.join('\0'))).toEqual([
    { kind: 'file', bytes: 12, path: 'a b\nc.txt' },
    { kind: 'link', bytes: 4, path: 'link' },
    { kind: 'submodule', bytes: 0, path: 'module' },
  ]);
});
