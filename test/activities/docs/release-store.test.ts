import { chmod, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectReleases } from '../../../src/activities/docs/collect-releases.ts';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { swapPointer } from '../../../src/activities/docs/pointer.ts';
import { preflight } from '../../../src/activities/docs/preflight.ts';
import { publish, readSite, rollBack, unpin } from '../../../src/activities/docs/release-store.ts';
import { runFixture } from '../../embedded/fixtures/run-fixture.ts';
import type { DocsTools } from '../../../src/activities/docs/make-pages.ts';
import { publishDocs } from '../../../src/activities/docs/publish-docs.ts';
import { fakeTools, openScene, PAGES, published, quiet, readVersion, type Scene } from './sites.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const asked = () => ({ version: 'latest', by: 'me', askedAt: new Date().toISOString() });
const pointer = async (): Promise<string> =>
  (await readlink(join(scene.layout.versions, 'latest'))).slice('../releases/'.length);

/** Builds of different sources; ids tell seconds apart, the keys in them the rest. */
async function buildAll(...texts: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const text of texts) {
    await scene.says(text);
    ids.push((await scene.build()).manifest.release);
  }
  return ids;
}

async function oneVersion(): Promise<{ stands: string | undefined; points: string }> {
  const [version] = (await readSite(scene.layout)).versions;
  return { stands: version?.stands.release, points: await pointer() };
}

describe('publishing', () => {
  test('makes a complete, read-only release and a relative pointer to it', async () => {
    const [id = ''] = await buildAll('one');
    expect(await readVersion(scene.layout)).toEqual(PAGES.map((): unknown => expect.stringMatching(/^one\.+one$/)));
    expect(await readlink(join(scene.layout.versions, 'latest'))).toBe(`../releases/${id}`);
    const release = join(scene.layout.releases, id);
    for (const name of ['.', 'sub', 'index.html', 'api.json'])
      expect((await lstat(join(release, name))).mode & 0o222).toBe(0);
    expect(await readdir(scene.layout.work)).toEqual([]);
    expect(JSON.parse(await readFile(join(scene.layout.out, 'versions.json'), 'utf8'))).toMatchObject({
      default: 'latest',
      versions: [{ version: 'latest', release: id, pinnedSince: null }],
    });
    expect(await readFile(join(scene.layout.out, 'index.html'), 'utf8')).toContain('url=versions/latest/');
  });

  test('costs a look where the source is unchanged, and no build where it is as it was once', async () => {
    const [one] = await buildAll('one', 'two');
    const never = fakeTools({ generate: () => Promise.reject(new Error('built')) });
    expect(await scene.build(never)).toMatchObject({ outcome: 'unchanged', reused: true });
    await scene.says('one');
    expect(await scene.build(never)).toMatchObject({ outcome: 'published', reused: true, stands: one });
    expect(await pointer()).toBe(one);
  });

  test('builds again where the release of the same source is damaged, and never points at it', async () => {
    const [one = ''] = await buildAll('one', 'two');
    await chmod(join(scene.layout.releases, one, 'a.html'), 0o644);
    await writeFile(join(scene.layout.releases, one, 'a.html'), 'edited by hand');
    await expect(rollBack(scene.layout, { ...asked(), to: one })).rejects.toThrow(/damaged: a\.html/);
    await sleep(1_000); // ids tell seconds apart
    const [again] = await buildAll('one');
    expect(again).not.toBe(one);
    expect(await pointer()).toBe(again);
  });
});

describe('readers', () => {
  test('see one whole release at every moment of 300 moves (P1)', async () => {
    const [one = '', two = ''] = await buildAll('one', 'two');
    const reader = runFixture(
      '../../activities/docs/fixtures/read-site.ts',
      join(scene.layout.versions, 'latest'),
      ...PAGES,
    );
    expect(await reader.nextLine()).toBe('reading');
    for (let move = 0; move < 150; move += 1) {
      await rollBack(scene.layout, { ...asked(), to: one });
      await swapPointer(scene.layout, { version: 'latest', release: two }); // so that the next rollback has something to move
    }
    reader.write('stop');
    const seen = JSON.parse(await reader.nextLine()) as { reads: number };
    await reader.kill();
    expect(seen).toMatchObject({ misses: 0, mixtures: 0, releases: 2 });
    expect(seen.reads).toBeGreaterThan(1_000);
  });
});

describe('a failure leaves the published site as it was (P2)', () => {
  const cases: readonly (readonly [string, RegExp, (scene: Scene) => Promise<unknown>])[] = [
    [
      'of the generator',
      /^no pages$/,
      ({ build }) => build(fakeTools({ generate: () => Promise.reject(new Error('no pages')) })),
    ],
    [
      'of the check of its pages',
      /^no check$/,
      ({ build }) => build(fakeTools({ verify: () => Promise.reject(new Error('no check')) })),
    ],
    [
      'of the source, which changes meanwhile',
      /^The source changed while it was built/,
      ({ build, says }) =>
        build(
          fakeTools({
            verify: fakeTools().verify,
            generate: async (task, context) => {
              const made = await fakeTools().generate(task, context);
              await says('three');
              return made;
            },
          }),
        ),
    ],
    [
      'of staging, because there is no folder for releases any more',
      /ENOTDIR/,
      async ({ build, layout }) => {
        const aside = `${layout.releases}.aside`;
        const verify = async (...args: Parameters<DocsTools['verify']>) => {
          const found = await fakeTools().verify(...args);
          await rename(layout.releases, aside);
          await writeFile(layout.releases, 'a file');
          return found;
        };
        try {
          await build(fakeTools({ verify }));
        } finally {
          await rm(layout.releases);
          await rename(aside, layout.releases);
        }
      },
    ],
    [
      'of activating, because the release is not what its manifest says',
      /a\.html is not what its manifest says/,
      ({ build }) =>
        build(
          fakeTools({
            verify: async (folder, limits) => {
              const found = await fakeTools().verify(folder, limits);
              await writeFile(join(folder, 'a.html'), 'other bytes');
              return found;
            },
          }),
        ),
    ],
  ];

  test.each(cases)('%s', async (_name, why, fails) => {
    await buildAll('one');
    const before = await oneVersion();
    const pages = await readVersion(scene.layout);
    await scene.says('two');
    await expect(fails(scene)).rejects.toThrow(why);
    expect(await oneVersion()).toEqual(before);
    expect(await readVersion(scene.layout)).toEqual(pages);
    expect(await readdir(scene.layout.work)).toEqual([]);
  });
});

describe('a rollback', () => {
  test('needs no build and goes one further back each time (P3)', async () => {
    const [one, two] = await buildAll('one', 'two', 'three');
    await rm(scene.source, { recursive: true });
    expect(await rollBack(scene.layout, { ...asked(), to: null })).toMatchObject({ kind: 'move' });
    expect(await pointer()).toBe(two);
    await rollBack(scene.layout, { ...asked(), to: null });
    expect(await pointer()).toBe(one);
    expect(await rollBack(scene.layout, { ...asked(), to: null })).toMatchObject({ kind: 'refused' });
    expect(await readVersion(scene.layout)).toEqual(PAGES.map((): unknown => expect.stringMatching(/^one\.+one$/)));
  });

  test('is not undone by the next build, until somebody unpins it', async () => {
    const [one] = await buildAll('one', 'two');
    await rollBack(scene.layout, { ...asked(), to: null });
    await scene.says('three');
    const report = await scene.build();
    expect(report).toMatchObject({
      outcome: 'not-published',
      why: expect.stringMatching(/^pinned since .* by me$/) as unknown,
      stands: one,
    });
    expect(await pointer()).toBe(one);
    await unpin(scene.layout, asked());
    expect(await pointer()).toBe(one);
    const never = fakeTools({ generate: () => Promise.reject(new Error('built')) });
    expect(await scene.build(never)).toMatchObject({ outcome: 'published', reused: true });
    expect(await pointer()).toBe(report.manifest.release);
  });
});

describe('several at once', () => {
  test('agree with the journal, whichever is last', async () => {
    const ids = await buildAll('one', 'two', 'three');
    await Promise.all(ids.map((to) => rollBack(scene.layout, { ...asked(), to })));
    const { stands, points } = await oneVersion();
    expect(points).toBe(stands);
    const journal = (await readSite(scene.layout)).journals[0]?.map(({ seq }) => seq) ?? [];
    expect(journal).toEqual(journal.map((_, at) => at + 1));
  });

  test('an older build never replaces a newer one, and the same activation twice is one', async () => {
    const [one = '', two = ''] = await buildAll('one', 'two');
    const old = { version: 'latest', by: 'zombie', askedAt: '2020-01-01T00:00:00.000Z' };
    expect(await publish(scene.layout, { ...old, release: one })).toMatchObject({ kind: 'overtaken' });
    expect(await publish(scene.layout, { ...old, release: two })).toMatchObject({ kind: 'already' });
    expect(await pointer()).toBe(two);
  });

  test('a zombie that wakes up between its claim and its rename puts right what it did', async () => {
    const [one = '', two = ''] = await buildAll('one', 'two');
    const claimed = async () => {
      await rollBack(scene.layout, { ...asked(), to: two }); // made while it sleeps
    };
    await publish(scene.layout, { ...asked(), release: one }, { claimed });
    expect(await pointer()).toBe(two);
  });

  test('a release that is collected while somebody points at it leaves the version on the one before, and says so', async () => {
    const [one = '', two = ''] = await buildAll('one', 'two');
    const claimed = () => removeTree(join(scene.layout.releases, one));
    await expect(publish(scene.layout, { ...asked(), release: one }, { claimed })).rejects.toThrow(
      /latest is to lead to release \S+, and that release is not there/,
    );
    expect(await pointer()).toBe(two);
    expect(await oneVersion()).toMatchObject({ stands: two });
  });

  test('a version whose pointer is not ours keeps no other version waiting', async () => {
    await buildAll('one');
    await rm(join(scene.layout.versions, 'latest'));
    await mkdir(join(scene.layout.versions, 'latest'));
    await scene.says('two');
    const { ask, ...rest } = scene.publication();
    const other = { ...rest, ask: { ...ask, version: 'v2' } };
    expect(await publishDocs(other, quiet())).toMatchObject({ outcome: 'published' });
    await expect(scene.build()).rejects.toThrow(/is a folder, not a pointer/);
  });

  test('a zombie that is killed right after its late rename is put right by the next build', async () => {
    const [one = '', two] = await buildAll('one', 'two');
    await swapPointer(scene.layout, { version: 'latest', release: one });
    expect((await readSite(scene.layout)).versions).toMatchObject([{ stands: { release: two }, pointsAt: one }]);
    await scene.build();
    expect(await pointer()).toBe(two);
  });
});

describe('a process that is killed', () => {
  const child = (...stopAfter: readonly string[]) =>
    runFixture('../../activities/docs/fixtures/build-site.ts', scene.source, scene.layout.out, ...stopAfter);

  async function killAfter(stage: string, delayMs = 0): Promise<void> {
    const running = child(delayMs === 0 ? stage : '');
    while ((await running.nextLine()) !== stage);
    await sleep(delayMs);
    await running.kill();
  }

  test('between staging and activating changes nothing, and a rerun publishes without a build', async () => {
    const [one] = await buildAll('one');
    await scene.says('two');
    await killAfter('staging');
    expect(await pointer()).toBe(one);
    const never = fakeTools({ generate: () => Promise.reject(new Error('built')) });
    expect(await scene.build(never)).toMatchObject({ outcome: 'published', reused: true });
    expect(await readdir(scene.layout.work)).toEqual([]);
  });

  test.each([1, 10, 30, 60])('%i ms into staging leaves no half release, and a rerun clears away', async (delayMs) => {
    const [one] = await buildAll('one');
    await scene.says('two');
    await killAfter('verifying', delayMs);
    expect([one, ...(await readdir(scene.layout.releases))]).toContain(await pointer());
    const { outcome } = await scene.build();
    expect(['published', 'unchanged']).toContain(outcome);
    expect(await readdir(scene.layout.work)).toEqual([]);
    for (const { manifest } of (await readSite(scene.layout)).releases) expect(manifest).not.toBeNull();
  });
});

describe('a folder that cannot be published to is refused before a build', () => {
  const never = fakeTools({ generate: () => Promise.reject(new Error('built')) });
  const refuses = async (why: RegExp) => {
    await scene.says('two');
    await expect(scene.build(never)).rejects.toThrow(why);
  };

  test('because it holds other things', async () => {
    await mkdir(scene.layout.out);
    await writeFile(join(scene.layout.out, 'thesis.txt'), 'mine');
    await refuses(/holds things that this program did not put there\. Choose an empty folder/);
    expect(await published(scene.layout.out)).toMatchObject({ 'thesis.txt': expect.any(String) as unknown });
  });

  test('because it is a file, or below one', async () => {
    await writeFile(scene.layout.out, '');
    await refuses(/is not a folder\. Choose another --out/);
  });

  test('because a folder was put in the place of a pointer, which is left as it is', async () => {
    await buildAll('one');
    const path = join(scene.layout.versions, 'latest');
    await rm(path);
    await mkdir(path);
    await refuses(/latest is a folder, not a pointer to a release\. Move it away/);
    expect((await lstat(path)).isDirectory()).toBe(true);
    await rm(path, { recursive: true });
    await symlink('/etc', path);
    await refuses(/is something else, not a pointer/);
  });

  test('because there is too little space', async () => {
    await expect(preflight(scene.layout.out, { spaceBytes: Number.MAX_SAFE_INTEGER })).rejects.toThrow(
      /MB free, and a build may need .* Free some space/,
    );
  });

  test('because this user may not write there', async () => {
    await mkdir(scene.layout.out);
    await chmod(scene.folder, 0o755);
    await chmod(scene.layout.out, 0o555);
    const before = process.geteuid?.();
    if (before === 0) process.seteuid?.(65_534); // a superuser may write anywhere
    try {
      await expect(preflight(scene.layout.out, { spaceBytes: 1 })).rejects.toThrow(
        /cannot be written to \(EACCES\)\. Give/,
      );
    } finally {
      if (before === 0) process.seteuid?.(0);
    }
  });
});

describe('collecting', () => {
  test('removes what nothing needs, and never what stands, is pinned, or is the way back', async () => {
    const [one = '', two = '', three = ''] = await buildAll('one', 'two', 'three');
    await rollBack(scene.layout, { ...asked(), to: two });
    const { collect, kept } = await collectReleases(scene.layout, { keep: 1, graceMs: 0 });
    expect(collect).toEqual([one]);
    expect(kept).toEqual(
      expect.arrayContaining([
        { id: two, why: 'it stands' },
        { id: three, why: 'a rollback may want it' },
      ]),
    );
    expect(await readdir(scene.layout.trash)).toEqual([]);
    expect((await readdir(scene.layout.releases)).sort()).toEqual([two, three].sort());
  });

  test('keeps what was served until just now, and what it cannot judge', async () => {
    const [one = ''] = await buildAll('one', 'two');
    expect((await collectReleases(scene.layout, { keep: 0, graceMs: 60_000 })).collect).toEqual([]);
    await chmod(join(scene.layout.releases, one), 0o755);
    await rm(join(scene.layout.releases, one, 'manifest.json'), { force: true });
    expect((await collectReleases(scene.layout, { keep: 0, graceMs: 0 })).collect).toEqual([]);
  });

  test('puts back what is wanted again, where a collection was killed before it saw that (P1)', async () => {
    const [one = '', two = ''] = await buildAll('one', 'two');
    await mkdir(scene.layout.trash, { recursive: true });
    await chmod(join(scene.layout.releases, two), 0o755);
    await rename(join(scene.layout.releases, two), join(scene.layout.trash, `${two}.0badcafe`));
    expect((await collectReleases(scene.layout, { keep: 5, graceMs: 0 })).collect).toEqual([]);
    expect(await readdir(scene.layout.releases)).toEqual([one, two].sort());
    expect(await readVersion(scene.layout)).toEqual(expect.arrayContaining([expect.stringContaining('two')]));
  });

  test('two at once remove each release once', async () => {
    const ids = await buildAll('one', 'two', 'three', 'four');
    const both = await Promise.all([0, 1].map(() => collectReleases(scene.layout, { keep: 0, graceMs: 0 })));
    expect(both.flatMap(({ collect }) => collect).sort()).toEqual(ids.slice(0, 3).sort());
  });

  test('touches no folder that is no site', async () => {
    await expect(
      collectReleases({ ...scene.layout, state: scene.source, out: scene.source }, { keep: 0, graceMs: 0 }),
    ).rejects.toThrow(/no site of this program/);
  });
});
