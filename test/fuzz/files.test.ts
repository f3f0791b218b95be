/** Files that people, other programs or a disk may have broken: read, or refused with a reason; never a fault, and never without an end (A2, A3). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ApplicationFailure } from '@temporalio/common';
import { parse } from 'yaml';
import { readPage } from '../../src/activities/docs/read-page.ts';
import { mustBeWhole, readManifest } from '../../src/activities/docs/read-manifest.ts';
import { releaseFacts } from '../../src/activities/docs/release-facts.ts';
import { newestMove } from '../../src/activities/docs/pointer-journal.ts';
import { siteLayout } from '../../src/activities/docs/site-layout.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { readPlanFile } from '../../src/cli/plan-file.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { asSentence, Stop } from '../../src/cli/stop.ts';
import { readUpFile } from '../../src/cli/up-file.ts';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import { findLink } from '../../src/core/docs/find-link.ts';
import { readGitAddress, readGitRef, readRemoteRefs, readTreeEntries } from '../../src/core/docs/git-source.ts';
import { readApi } from '../../src/core/docs/read-api.ts';
import { readLock } from '../../src/core/docs/read-lock.ts';
import { isReleaseId } from '../../src/core/docs/release-id.ts';
import { wishFromElsewhere } from '../../src/core/docs/read-manifest-wishes.ts';
import { readVersionName } from '../../src/core/docs/version-name.ts';
import { readKeptSignIn } from '../../src/sign-in/kept-sign-in.ts';
import { brokenBytes, brokenJson, brokenJsonText, brokenText, fuzzing, nastyText } from '../support/broken.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-broken-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXAMPLES = ['switchyard', 'gates', 'guard', 'notifications'].map((name) =>
  readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), 'utf8'),
);

/** Refused as a user's mistake: every problem a sentence on one line. */
function mustBeStop(cause: unknown): void {
  if (!(cause instanceof Stop)) throw cause;
  expect(cause.exit).toBe(EXIT.usage);
  expect(cause.problems.length).toBeGreaterThan(0);
  for (const line of cause.problems.map(asSentence)) expect(line).not.toMatch(/\p{Cc}/u);
}

/** Refused as activities refuse. */
function mustBeFailure(cause: unknown): void {
  if (!(cause instanceof ApplicationFailure)) throw cause;
  expect(cause.type).toMatch(/^[A-Z]\w+$/);
}

const check = (text: string): Promise<void> =>
  checkSwitchyardFile(text, 'switchyard.yaml').then(() => undefined, mustBeStop);

test('switchyard.yaml, its text broken', () =>
  fc.assert(fc.asyncProperty(brokenText(...EXAMPLES), check), fuzzing(80)));

test('switchyard.yaml, its values broken', () => {
  const values = EXAMPLES.map((text) => parse(text) as unknown);
  return fc.assert(fc.asyncProperty(brokenJsonText(...values), check), fuzzing(150));
});

test.each([
  [
    'aliases that grow',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.replaceAll(/./g, (key) => `${key}: &${key} [${`*${String.fromCharCode(key.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
  ],
  ['nesting without end', '['.repeat(50_000)],
  ['nested maps', `${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['a key twice', 'version: 1\nversion: 1\n'],
  ['a map as a key', '? {a: 1}\n: 2\n'],
  ['a tag of another language', 'version: !!js/function "function () {}"\n'],
  ['a merge key', 'version: 1\nrecords: {<<: *nothing}\n'],
  ['a document after it', 'version: 1\n---\nversion: 1\n'],
])('switchyard.yaml with %s is refused in no time', async (_, text) => {
  const began = performance.now();
  await expect(checkSwitchyardFile(text, 'switchyard.yaml')).rejects.toBeInstanceOf(Stop);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('plan files, whether or not somebody sealed them again', async () => {
  const path = join(folder, 'plan.json');
  const request = { record: 'www.example.com', to: { kind: 'addresses', values: ['192.0.2.1'] }, gates: [], pace: {} };
  const plan = { hash: '7f3a91c0', steps: [{ share: 100 }], snapshot: { sets: [] } };
  const file = { schemaVersion: 1, kind: 'switchyard-plan', request, plan, seal: '' };
  const sealed = (value: unknown): string => {
    const { request: asked, plan: planned } = (value ?? {}) as { request?: unknown; plan?: unknown };
    try {
      const seal = createHash('sha256')
        .update(canonicalJson({ request: asked, plan: planned }))
        .digest('hex');
      return JSON.stringify({ ...(value as object), seal });
    } catch {
      return JSON.stringify(value ?? null);
    }
  };
  const text = fc.oneof(brokenText(sealed(file)), brokenJsonText(file), brokenJson(file).map(sealed));
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      writeFileSync(path, written);
      await readPlanFile(path).then(({ record }) => expect(typeof record).toBe('string'), mustBeStop);
    }),
    fuzzing(150),
  );
});

const RELEASE = '20261130T120000Z-0123abcd';
const FACTS = { pages: 1, reachable: 1, files: 1, bytes: 1, brokenLinks: [], brokenLinkCount: 0, brokenLinkKeys: [] };
const MANIFEST = {
  schemaVersion: 1,
  release: RELEASE,
  version: 'main',
  source: { revision: 'a'.repeat(40) },
  generator: { name: 'typedoc', version: '0.28.0', typescript: '6.0.0' },
  finishedAt: '2026-11-30T12:00:00Z',
  site: FACTS,
  diagnostics: { errors: 0, warnings: 0, shown: [], warningKeys: [] },
  coverage: { exports: 1, documented: 1, percent: 100 },
  changes: null,
  files: [{ path: 'index.html', bytes: 2, sha256: 'b'.repeat(64) }],
};

test('the manifest of a release', async () => {
  const release = join(folder, RELEASE);
  mkdirSync(release, { recursive: true });
  const text = fc.oneof(brokenJsonText(MANIFEST), brokenText(JSON.stringify(MANIFEST)));
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      writeFileSync(join(release, 'manifest.json'), written);
      const manifest = await readManifest(release);
      if (manifest !== null) releaseFacts(siteLayout(folder), manifest);
      await mustBeWhole(release).then(() => undefined, mustBeFailure);
    }),
    fuzzing(150),
  );
});

test('the journal of a pointer leads to releases alone (P2)', async () => {
  const layout = siteLayout(join(folder, 'site'));
  const journal = join(layout.state, 'main');
  mkdirSync(journal, { recursive: true });
  const move = {
    schemaVersion: 1,
    seq: 1,
    version: 'main',
    release: RELEASE,
    action: 'publish',
    pinnedSince: null,
    askedAt: '2026-11-30T12:00:00Z',
    at: '2026-11-30T12:00:00Z',
    by: 'ci',
  };
  const text = fc.oneof(brokenJsonText(move), brokenText(JSON.stringify(move)));
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      writeFileSync(join(journal, '00000001.json'), written);
      await newestMove(layout, 'main').then((read) => {
        if (read === undefined) throw new Error('the entry was passed over');
        expect([isReleaseId(read.release), read.version]).toEqual([true, 'main']);
      }, mustBeFailure);
    }),
    fuzzing(150),
  );
});

test('lock files and manifests of a tree', () => {
  const lock = {
    lockfileVersion: 3,
    packages: {
      '': { name: 'x' },
      'node_modules/a': {
        version: '1.0.0',
        resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz',
        integrity: 'sha512-AAAA',
      },
    },
  };
  const manifest = { dependencies: { a: '^1.0.0' }, overrides: { a: { b: '1' } }, devDependencies: { c: 'npm:d@1' } };
  fc.assert(
    fc.property(brokenJsonText(lock), brokenText(JSON.stringify(lock)), brokenJson(manifest), (json, text, wishes) => {
      for (const one of [json, text]) {
        const read = readLock(one, 'https://registry.example.com');
        if (read.kind === 'bad') expect(read.why).not.toBe('');
      }
      if (typeof wishes === 'object' && wishes !== null) wishFromElsewhere(wishes as Record<string, unknown>);
    }),
    fuzzing(200),
  );
});

test('what TypeDoc, git and pages say', () => {
  const model = {
    name: 'x',
    kind: 1,
    children: [
      {
        name: 'f',
        kind: 64,
        flags: {},
        signatures: [{ comment: { summary: [{ text: 'a' }] }, type: { declaration: {} } }],
      },
    ],
  };
  const page = '<html><base href="x/"><a id="a" href="b.html#c">b</a><img src=d.png><a name=e>';
  const refs = `${'a'.repeat(40)}\trefs/heads/main\n${'b'.repeat(40)}\trefs/tags/v1^{}\n`;
  const tree = `100644 blob ${'a'.repeat(40)}      12\tREADME.md\x00120000 blob ${'b'.repeat(40)}       3\tlink\0`;
  const address = 'https://git.example.com:8443/acme/app.git';
  fc.assert(
    fc.property(
      brokenJson(model),
      brokenText(page, refs, tree, address, '../a/b.html?x#y'),
      nastyText(),
      (value, text, nasty) => {
        try {
          readApi(value);
        } catch (cause) {
          expect(cause).toBeInstanceOf(TypeError); // `readModel` takes what throws for no model
        }
        for (const link of readPage(text).links) findLink('guide/index.html', link);
        findLink(nasty, text);
        readRemoteRefs(text);
        readTreeEntries(text);
        readGitRef(text);
        readVersionName(text);
        const read = readGitAddress(text, []);
        if (read.kind === 'ok') expect(read.origin).toMatch(/^https:\/\//);
      },
    ),
    fuzzing(200),
  );
});

test('the files that tell of a sign-in and of a running `up`', async () => {
  const signIn = JSON.stringify({
    account: 'me@example.com',
    homeAccountId: 'x.y',
    signedInAt: 1,
    clientId: 'c',
    authority: 'https://a',
    cache: '{}',
  });
  const sealed = JSON.stringify({
    v: 1,
    alg: 'A256GCM',
    iv: 'AAAAAAAAAAAAAAAA',
    tag: 'AAAAAAAAAAAAAAAAAAAAAA==',
    data: 'AAAA',
    sealed: true,
  });
  const up = JSON.stringify({
    schemaVersion: 1,
    pid: 1,
    began: 'x',
    address: 'localhost:7233',
    namespace: 'default',
    ui: null,
  });
  const key = Buffer.alloc(32);
  await fc.assert(
    fc.asyncProperty(brokenText(signIn, sealed, up), brokenBytes(Buffer.from(signIn)), async (text, bytes) => {
      for (const one of [text, Buffer.from(bytes).toString('utf8')])
        expect(['kept', 'locked', 'damaged']).toContain(readKeptSignIn(one, key).kind);
      writeFileSync(join(folder, 'up.json'), text);
      await readUpFile(folder);
    }),
    fuzzing(150),
  );
});
